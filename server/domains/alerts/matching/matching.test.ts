import { describe, expect, it } from 'vitest'
import { isFault } from '#kernel/fault.ts'
import { keyOf, matchesExpression, parseExpression } from './expression.ts'
import { fold } from './fold.ts'
import { createKeywordMatcher } from './keyword-matcher.ts'
import { requiredLiterals } from './required-literals.ts'
import { compilePattern } from './pattern.ts'
import { createTermAutomaton } from './term-automaton.ts'

const matches = (value: string, title: string): boolean => matchesExpression(parseExpression(value), fold(title))

describe('keyword expressions', () => {
  it.each([
    ['問卦', '[問卦] 有沒有八卦', true],
    ['iphone', '[情報] ＩＰｈｏｎｅ 降價', true],
    ['ＩＰＨＯＮＥ', '[情報] iphone 降價', true],
    ['a&b', 'xBxAx', true],
    ['a&b', 'only a', false],
    ['!廣告', '[問卦] 今天', true],
    ['!廣告', '[廣告] 今天', false],
    ['a&!b', 'a c', true],
    ['a&!b', 'a b', false],
    ['regexp:問卦|八卦', '八卦是什麼', true],
    ['regexp:^\\[公告\\]', '[公告] 板規', true],
    ['regexp:^\\[公告\\]', 'Re: [公告] 板規', false],
    ['regexp:IPHONE ?1[5-7]', '徵 iphone 16 pro', true],
  ])('%s on %s is %s', (value, title, expected) => {
    expect(matches(value, title)).toBe(expected)
  })

  it('refuses nothing and broken patterns', () => {
    const codeOf = (value: string): string => {
      try {
        parseExpression(value)
        return 'taken'
      } catch (error) {
        return isFault(error) ? error.code : 'bug'
      }
    }
    expect(codeOf('&')).toBe('alerts.value-missing')
    expect(codeOf('!')).toBe('alerts.value-missing')
    for (const bad of ['(', '[', '(?=a)b', '(a)\\1', '((a{30}){30}){30}', 'a'.repeat(201), '', '(x{500}y{500}){2}']) {
      expect([bad, codeOf(`regexp:${bad}`)]).toEqual([bad, 'alerts.pattern-invalid'])
    }
  })

  it('knows spellings that match alike', () => {
    const key = (value: string): string => keyOf(value, parseExpression(value))
    expect(key('B & a')).toBe(key('Ａ&b'))
    expect(key('a&!b')).not.toBe(key('a&b'))
  })

  it('stays linear on patterns made to explode', () => {
    const started = performance.now()
    for (const bad of ['(a+)+$', '(a*)*b', '(a|aa)+b', '(.*)*(.*)*(.*)*x']) {
      expect(compilePattern(bad).test('a'.repeat(5_000) + '!')).toBe(false)
    }
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})

describe('requiredLiterals', () => {
  it.each<[string, string[][], boolean?]>([
    ['問卦|八卦', [['問卦', '八卦']], true],
    ['有沒有.*八卦', [['有沒有'], ['八卦']]],
    ['(問卦|爆卦)+', [['問卦', '爆卦']], true],
    ['a?b', [['b']]],
    ['a*', []],
    ['問卦|', []],
    ['問.*卦|爆', [['問', '爆']]],
    ['[問卦]', [['問', '卦']], true],
    ['[^問卦]', []],
    ['[0-9]{4}', [['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']]],
    ['[一-龥]', []],
    ['[ks]', []],
    ['[\\w問]', []],
    ['[\\]\\-a]', [[']', '-', 'a']], true],
    ['[5-7-]', [['5', '6', '7', '-']], true],
    ['[]問]', [[']', '問']], true],
    ['(?i)abc', []],
    ['\\d+問', [['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'], ['問']]],
    ['x{0,3}', []],
    ['x{2}y', [['x'], ['y']]],
    ['\\[公告\\]', [['[公告]']], true],
    ['\\Qa|b\\E', []],
    ['^問卦', [['問卦']]],
    ['(問卦){2}', [['問卦']]],
    ['(問卦)?', []],
    ['(問卦)八', [['問卦'], ['八']]],
    ['kelvin', [['elvin']]],
  ])('%s needs %s', (source, needs, enough = false) => {
    expect(requiredLiterals(source)).toEqual({ needs, enough })
  })
})

describe('createTermAutomaton', () => {
  it('finds overlapping terms once each, and forgets removed ones', () => {
    const automaton = createTermAutomaton()
    const names = new Map(['he', 'she', 'hers', '她'].map((term) => [automaton.add(term), term]))
    const found = (text: string): string[] => {
      const count = automaton.scan(text)
      return Array.from(automaton.hits.subarray(0, count), (term) => names.get(term) ?? '?').toSorted()
    }
    expect(found('ushers she 她')).toEqual(['he', 'hers', 'she', '她'])
    automaton.remove('she')
    expect(found('ushers')).toEqual(['he', 'hers'])
    expect(automaton.size).toBe(3)
  })

  it('loses none of many terms as it grows', () => {
    const automaton = createTermAutomaton()
    const terms = Array.from({ length: 5_000 }, (_, n) => `詞${n * 7919}`)
    const numbers = terms.map((term) => automaton.add(term))
    const isFound = (term: string, number: number): boolean => {
      const count = automaton.scan(term)
      return automaton.found(number) && automaton.hits.subarray(0, count).includes(number)
    }
    expect(terms.filter((term, n) => !isFound(term, numbers[n] as number))).toEqual([])
  })
})

describe('createKeywordMatcher', () => {
  it('agrees with trying every subscription, through additions and removals', () => {
    // A small alphabet, so that terms meet often; a fixed sequence, so that a failure comes again.
    let seed = 7
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff
      return seed % below
    }
    const word = (): string =>
      Array.from({ length: 1 + random(3) }, () => '問卦八ab[ 1'[random(8)])
        .join('')
        .trim() || '問'
    const value = (): string => {
      const kinds = [
        () => word(),
        () => `${word()}&${word()}`,
        () => `!${word()}`,
        () => `${word()}&!${word()}`,
        () =>
          `regexp:${['問|卦', '(?i)A+b', '^八.*卦', 'a?b', '[ab]1', '(問|八)+卦', '.', '[問1]', '[^問]\\d', '八[a-b ]?'][random(10)]}`,
      ]
      return (kinds[random(kinds.length)] as () => string)()
    }
    const matcher = createKeywordMatcher()
    const plain = new Map<number, ReturnType<typeof parseExpression>>()
    for (let round = 0; round < 2_000; round++) {
      const id = random(300)
      if (random(3) === 0) {
        matcher.remove(id)
        plain.delete(id)
      } else {
        const text = value()
        const expression = parseExpression(text)
        matcher.add(id, keyOf(text, expression), expression)
        plain.set(id, expression)
      }
      if (round % 5 !== 0) continue
      const title = fold(Array.from({ length: 6 }, word).join(''))
      const found: number[] = []
      matcher.match(title, (subscriptions) => found.push(...subscriptions))
      const expected = [...plain].filter(([, expression]) => matchesExpression(expression, title)).map(([one]) => one)
      expect([title, found.toSorted((a, b) => a - b)]).toEqual([title, expected.toSorted((a, b) => a - b)])
    }
    expect(matcher.size).toBe(plain.size)
  })
})
