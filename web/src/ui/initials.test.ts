import { expect, test } from 'vitest'
import { hueOf, initials } from './initials.ts'

test.each([
  ['林怡君', '怡君'],
  ['歐陽致遠', '致遠'],
  ['王雅', '王雅'],
  ['林怡君 Yi-Jun', '怡君'],
  ['產品設計團隊', '產品'],
  ['Margaret Chen-Williams', 'MW'],
  ['yijun', 'Y'],
  ['chihming.chen', 'CC'],
  ['🦊 fox', '🦊F'],
  ['  ', '?'],
])('%s is %s', (name, expected) => {
  expect(initials(name)).toBe(expected)
})

test('the same id always has the same of ten hues', () => {
  const hues = new Set(Array.from({ length: 200 }, (_, id) => hueOf(id)))
  expect(hueOf(7)).toBe(hueOf(7))
  expect([...hues].every((hue) => hue >= 0 && hue < 10)).toBe(true)
  expect(hues.size).toBe(10)
})
