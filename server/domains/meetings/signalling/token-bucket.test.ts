import { expect, test } from 'vitest'
import { createTokenBucket } from './token-bucket.ts'

test('a burst is taken, then so many a second; a long flood is the end', () => {
  let now = 0
  const bucket = createTokenBucket({ burst: 5, perSecond: 2 }, () => now)
  const take = (times: number) => Array.from({ length: times }, () => bucket.take())
  expect(take(6)).toEqual(['take', 'take', 'take', 'take', 'take', 'drop'])
  now += 1_000
  expect(take(3)).toEqual(['take', 'take', 'drop'])
  now += 60_000
  expect(take(6).filter((one) => one === 'take')).toHaveLength(5)
  expect(take(400).at(-1)).toBe('close')
})

test('who sends within the budget again is forgiven', () => {
  let now = 0
  const bucket = createTokenBucket({ burst: 10, perSecond: 10 }, () => now)
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < 110; i++) expect(bucket.take()).not.toBe('close')
    now += 60_000
  }
})
