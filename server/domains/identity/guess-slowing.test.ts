import { describe, expect, test } from 'vitest'
import { isFault } from '#kernel/fault.ts'
import { createGuessSlowing, neighbourhood } from './guess-slowing.ts'
import type { GuessSlowing } from './guess-slowing.ts'

const MINUTE = 60_000

function setUp() {
  const clock = { time: 1_000_000, now: () => clock.time }
  return { clock, guesses: createGuessSlowing(clock) }
}

/** Seconds to wait, 0 where a try is let through (and then counts as wrong). */
function tryOnce(guesses: GuessSlowing, account: string, address: string): number {
  try {
    guesses.begin(account, address)
    return 0
  } catch (error) {
    if (isFault(error, 'auth.slowed')) return error.data['retryAfterSeconds'] as number
    throw error
  }
}

function fail(guesses: GuessSlowing, times: number, account: string, address: string): void {
  for (let i = 0; i < times; i++) expect(tryOnce(guesses, account, address)).toBe(0)
}

describe('guessing at one account from one address', () => {
  test('is free ten times, then waits twice as long each time, a quarter of an hour at most', () => {
    const { clock, guesses } = setUp()
    fail(guesses, 10, 'ann', '192.0.2.1')
    const waits: number[] = []
    for (let i = 0; i < 12; i++) {
      const wait = tryOnce(guesses, 'ann', '192.0.2.1')
      waits.push(wait)
      clock.time += wait * 1000
      expect(tryOnce(guesses, 'ann', '192.0.2.1')).toBe(0)
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900])
  })

  test('keeps nobody out who comes from elsewhere', () => {
    const { guesses } = setUp()
    fail(guesses, 10, 'ann', '192.0.2.1')
    expect(tryOnce(guesses, 'ann', '192.0.2.1')).toBeGreaterThan(0)
    expect(tryOnce(guesses, 'ann', '198.51.100.1')).toBe(0)
    expect(tryOnce(guesses, 'bob', '192.0.2.1')).toBe(0)
  })

  test('is the same account however its name is written', () => {
    const { guesses } = setUp()
    fail(guesses, 5, 'Ann', '192.0.2.1')
    fail(guesses, 5, 'aNN', '192.0.2.1')
    expect(tryOnce(guesses, 'ann', '192.0.2.1')).toBeGreaterThan(0)
  })

  test('is forgotten when the password was right, and an hour after the last try', () => {
    const { clock, guesses } = setUp()
    fail(guesses, 9, 'ann', '192.0.2.1')
    guesses.begin('ann', '192.0.2.1').right()
    fail(guesses, 10, 'ann', '192.0.2.1')
    expect(tryOnce(guesses, 'ann', '192.0.2.1')).toBeGreaterThan(0)
    clock.time += 61 * MINUTE
    fail(guesses, 10, 'ann', '192.0.2.1')
  })

  test('counts tries that are still under way', () => {
    const { guesses } = setUp()
    const underWay = Array.from({ length: 10 }, () => guesses.begin('ann', '192.0.2.1'))
    expect(tryOnce(guesses, 'ann', '192.0.2.1')).toBeGreaterThan(0)
    underWay.at(-1)?.undo()
    expect(tryOnce(guesses, 'ann', '192.0.2.1')).toBe(0)
  })
})

describe('guessing from one address', () => {
  test('at ever other accounts waits after sixty', () => {
    const { guesses } = setUp()
    for (let i = 0; i < 60; i++) expect(tryOnce(guesses, `account ${i}`, '192.0.2.1')).toBe(0)
    expect(tryOnce(guesses, 'one more', '192.0.2.1')).toBeGreaterThan(0)
    expect(tryOnce(guesses, 'one more', '192.0.2.2')).toBe(0)
  })

  test('is not made free again by signing in to an account of one’s own', () => {
    const { guesses } = setUp()
    for (let i = 0; i < 60; i++) {
      guesses.begin('mine', '192.0.2.1').right()
      expect(tryOnce(guesses, `account ${i}`, '192.0.2.1')).toBe(0)
    }
    expect(tryOnce(guesses, 'one more', '192.0.2.1')).toBeGreaterThan(0)
  })
})

test('of hundreds of thousands of names the first are forgotten, and it takes no longer for them', () => {
  const { guesses } = setUp()
  fail(guesses, 10, 'ann', '192.0.2.1')
  expect(tryOnce(guesses, 'ann', '192.0.2.1')).toBeGreaterThan(0)
  const started = performance.now()
  for (let i = 0; i < 200_000; i++) tryOnce(guesses, `account ${i}`, `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`)
  expect(performance.now() - started).toBeLessThan(8_000)
  expect(tryOnce(guesses, 'ann', '192.0.2.1')).toBe(0)
})

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
])('%s lives in %s', (address, home) => expect(neighbourhood(address)).toBe(home))
