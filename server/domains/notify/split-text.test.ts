import { describe, expect, it } from 'vitest'
import { splitText } from './split-text.ts'

const utf16 = (max: number) => ({ max, unit: 'utf16' }) as const

describe('splitText', () => {
  it('leaves what fits alone, and makes nothing of nothing', () => {
    expect(splitText('你好', utf16(10))).toEqual(['你好'])
    expect(splitText(' \n ', utf16(10))).toEqual([])
  })

  it('cuts at the end of a sentence', () => {
    expect(splitText('第一句話。第二句話！第三句話？', utf16(11))).toEqual(['第一句話。第二句話！', '第三句話？'])
    expect(splitText('「說完了。」他走了', utf16(7))).toEqual(['「說完了。」', '他走了'])
  })

  it('never cuts inside a character as people see it', () => {
    const family = '👨‍👩‍👧‍👦'
    for (const part of splitText(family.repeat(5), utf16(family.length * 2 + 3))) {
      expect(part.length % family.length).toBe(0)
    }
  })

  it('counts bytes where the service does', () => {
    const parts = splitText('字'.repeat(30_000), { max: 40_000, unit: 'bytes' })
    expect(parts.map((part) => Buffer.byteLength(part) <= 40_000)).toEqual([true, true, true])
    expect(parts.join('')).toBe('字'.repeat(30_000))
  })

  it('keeps every character of any text, and every part within the limit', () => {
    const alphabet = ['你', '好', '。', '\n', ' ', 'a', '😀', '👩‍🚀', 'é', '，', '\u0301']
    let seed = 3
    const next = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff
      return (seed >> 8) % below
    }
    for (let round = 0; round < 200; round++) {
      const text = Array.from({ length: next(400) }, () => alphabet[next(alphabet.length)]).join('')
      const limit = { max: 20 + next(60), unit: round % 2 === 0 ? ('utf16' as const) : ('bytes' as const) }
      const parts = splitText(text, limit)
      const solid = (one: string): string => one.replace(/\s/g, '')
      expect(solid(parts.join(''))).toBe(solid(text))
      for (const part of parts) {
        const size = limit.unit === 'utf16' ? part.length : Buffer.byteLength(part)
        expect(size).toBeLessThanOrEqual(limit.max)
        expect(part.isWellFormed()).toBe(true)
      }
    }
  })

  it('cuts even a single character that is longer than a message', () => {
    const stack = `e${'\u0301'.repeat(500)}`
    const parts = splitText(stack, utf16(100))
    expect(parts.join('')).toBe(stack)
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(100)
  })
})
