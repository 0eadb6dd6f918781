import { describe, expect, test, vi } from 'vitest'
import { allocate } from './allocator.ts'
import type { AllocationRequest } from './allocator.ts'
import { SendSideEstimator } from './send-side-estimator.ts'

/** A line with a bottleneck, a queue of 300 ms and a delay of 20 ms: what is sent into it comes out as feedback. */
function simulate(options: {
  seconds: number
  capacityAt: (second: number) => number
  lossAt?: (second: number) => number
  /** What there is to send, given the estimate. */
  demand: (estimate: number) => number
}): { estimates: number[]; queueMs: number[] } {
  const estimator = new SendSideEstimator()
  let now = 0
  let random = 1
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  const inFlight: { sequence: number; arrivalMs: number | null; knownAt: number }[] = []
  let lineFreeAt = 0
  let owed = 0
  const estimates: number[] = []
  const queueMs: number[] = []
  for (; now < options.seconds * 1000; now += 5) {
    const second = now / 1000
    const rate = options.demand(estimator.available(now) ?? Infinity)
    owed += (rate * 5) / 8000
    while (owed >= 1200) {
      owed -= 1200
      const sequence = estimator.next(1200)
      const serialise = (1200 * 8000) / options.capacityAt(second)
      const waiting = Math.max(0, lineFreeAt - now)
      random = (random * 48_271) % 2_147_483_647
      const lost = waiting > 300 || (random % 1000) / 1000 < (options.lossAt?.(second) ?? 0)
      if (waiting <= 300) lineFreeAt = Math.max(now, lineFreeAt) + serialise
      inFlight.push({ sequence, arrivalMs: lost ? null : lineFreeAt + 20, knownAt: Math.max(now, lineFreeAt) + 40 })
    }
    if (now % 100 === 0) {
      const known = inFlight.filter((each) => each.knownAt <= now)
      inFlight.splice(0, known.length)
      if (known.length > 0) estimator.onFeedback({ feedbackCount: 0, packets: known }, now)
      estimates.push(estimator.available(now) ?? Infinity)
      queueMs.push(Math.max(0, lineFreeAt - now))
    }
  }
  vi.restoreAllMocks()
  return { estimates, queueMs }
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

describe('the bandwidth estimate', () => {
  test('finds a bottleneck below its start and keeps the queue short', () => {
    const { estimates, queueMs } = simulate({
      seconds: 30,
      capacityAt: () => 600_000,
      demand: (estimate) => Math.min(estimate, 3_000_000),
    })
    const settled = mean(estimates.slice(-100))
    expect(settled).toBeGreaterThan(300_000)
    expect(settled).toBeLessThan(720_000)
    expect(mean(queueMs.slice(-100))).toBeLessThan(120)
  })

  test('follows the line down and up again', () => {
    const { estimates } = simulate({
      seconds: 60,
      capacityAt: (second) => (second > 15 && second < 30 ? 400_000 : 2_000_000),
      demand: (estimate) => Math.min(estimate, 3_000_000),
    })
    expect(mean(estimates.slice(100, 150))).toBeGreaterThan(1_000_000)
    expect(mean(estimates.slice(200, 300))).toBeLessThan(500_000)
    expect(mean(estimates.slice(-50))).toBeGreaterThan(900_000)
  })

  test('does not fall for the reason that there is little to send', () => {
    const { estimates } = simulate({ seconds: 20, capacityAt: () => 5_000_000, demand: () => 100_000 })
    expect(Math.min(...estimates)).toBeGreaterThanOrEqual(900_000)
  })

  test('gives way to heavy loss, not to a little', () => {
    const demand = (estimate: number) => Math.min(estimate, 2_000_000)
    const heavy = simulate({ seconds: 20, capacityAt: () => 10_000_000, lossAt: () => 0.25, demand })
    const light = simulate({ seconds: 20, capacityAt: () => 10_000_000, lossAt: () => 0.01, demand })
    expect(heavy.estimates.at(-1)).toBeLessThan(400_000)
    expect(light.estimates.at(-1)).toBeGreaterThan(1_000_000)
  })
})

describe('sharing bandwidth', () => {
  const three = [
    { layer: 0, bitrate: 150_000 },
    { layer: 1, bitrate: 500_000 },
    { layer: 2, bitrate: 1_500_000 },
  ]
  const request = (id: string, more: Partial<AllocationRequest> = {}): AllocationRequest => ({
    id,
    priority: 0,
    wanted: 2,
    live: three,
    current: -1,
    ...more,
  })
  const layers = (requests: AllocationRequest[], budget: number | null) =>
    Object.fromEntries([...allocate(requests, budget)].map(([id, { layer, reason }]) => [id, `${layer} ${reason}`]))

  test('with enough everybody gets what they want, and no more', () => {
    expect(layers([request('a'), request('b', { wanted: 0 })], null)).toEqual({ a: '2 wanted', b: '0 wanted' })
  })

  test('when short everybody gets something before anybody gets more, the important first', () => {
    expect(layers([request('a'), request('b', { priority: 1 })], 800_000)).toEqual({
      b: '1 bandwidth',
      a: '0 bandwidth',
    })
    expect(layers([request('a'), request('b', { priority: 1 })], 200_000)).toEqual({
      b: '0 bandwidth',
      a: '-1 bandwidth',
    })
    expect(layers([request('a')], 10_000)).toEqual({ a: '0 bandwidth' })
  })

  test('a layer in use is kept where a new one would not be taken up', () => {
    expect(layers([request('a', { current: 1 })], 520_000)).toEqual({ a: '1 bandwidth' })
    expect(layers([request('a', { current: 0 })], 520_000)).toEqual({ a: '0 bandwidth' })
  })

  test('what does not arrive is not chosen, and what is not wanted not sent', () => {
    expect(layers([request('a', { live: three.slice(0, 2) })], null)).toEqual({ a: '1 unavailable' })
    expect(layers([request('a', { live: [] }), request('b', { wanted: -1 })], null)).toEqual({
      a: '-1 unavailable',
      b: '-1 wanted',
    })
    expect(layers([request('a', { wanted: 0, live: three.slice(2) })], null)).toEqual({ a: '2 wanted' })
  })
})
