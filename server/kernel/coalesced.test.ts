import { expect, test } from 'vitest'
import { coalesced } from './coalesced.ts'

function gated() {
  const begun: string[] = []
  const gates: (() => void)[] = []
  const work = coalesced(async (key: string) => {
    begun.push(key)
    await new Promise<void>((resolve) => gates.push(resolve))
  })
  return { begun, gates, work }
}

test('calls that come while one runs share one more run; other keys do not wait', async () => {
  const { begun, gates, work } = gated()
  const first = work('a')
  const others = Array.from({ length: 100 }, () => work('a'))
  const elsewhere = work('b')
  expect(begun).toEqual(['a', 'b'])
  gates[0]?.()
  await first
  await expect.poll(() => begun).toEqual(['a', 'b', 'a'])
  const late = work('a')
  gates[1]?.()
  gates[2]?.()
  await Promise.all([...others, elsewhere])
  await expect.poll(() => begun).toEqual(['a', 'b', 'a', 'a'])
  gates[3]?.()
  await late
  const anew = work('a')
  expect(begun).toHaveLength(5)
  gates[4]?.()
  await anew
})

test('a run that fails fails its callers alone, and the next run goes on', async () => {
  let runs = 0
  const work = coalesced(async (_key: string) => {
    if (++runs === 1) throw new Error('first')
  })
  const first = work('a')
  const second = work('a')
  await expect(first).rejects.toThrow('first')
  await second
  expect(runs).toBe(2)
})
