import { expect, test } from 'vitest'
import { createRateLimiter } from './rate-limit.ts'

test('a window allows its limit, then refuses until it is over', () => {
  let now = 1_000
  const limiter = createRateLimiter({ now: () => now })
  for (const remaining of [2, 1, 0]) {
    expect(limiter.use('a', 3, 60_000)).toEqual({ allowed: true, limit: 3, remaining, resetSeconds: 60 })
  }
  now += 30_500
  expect(limiter.use('a', 3, 60_000)).toEqual({ allowed: false, limit: 3, remaining: 0, resetSeconds: 30 })
  expect(limiter.use('b', 3, 60_000).allowed).toBe(true)
  now += 29_500
  expect(limiter.use('a', 3, 60_000)).toMatchObject({ allowed: true, remaining: 2 })
})

test('a flood of keys forgets old ones, never the newest, and stays fast', () => {
  const limiter = createRateLimiter({ now: () => 0 }, 1_000)
  for (let i = 0; i < 200_000; i++) limiter.use(`key ${i}`, 1, 60_000)
  expect(limiter.use('key 199999', 1, 60_000).allowed).toBe(false)
  expect(limiter.use('key 0', 1, 60_000).allowed).toBe(true)
})
