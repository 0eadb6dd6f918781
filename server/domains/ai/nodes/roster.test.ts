import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { silentLog } from '#kernel/log.ts'
import type { NodeRow, NodeStore } from './node-store.ts'
import type { NodeTokens } from './node-tokens.ts'
import { createRoster } from './roster.ts'

const REPORT = { cpu: 1, memory: 1, memory_total: 1, active: 0, queue_limit: 2, models: ['m'], loaded: [] }

let rows: NodeRow[]
let told: string[]
let roster: ReturnType<typeof createRoster>

beforeEach(() => {
  vi.useFakeTimers()
  rows = [
    {
      id: 'n',
      kind: 'confab',
      name: 'n',
      address: 'http://n',
      key: 'k',
      tokenId: 1,
      model: null,
      version: '1',
      report: REPORT,
      seenAt: new Date(),
    },
  ]
  told = []
  const store = { list: async () => rows } as unknown as NodeStore
  roster = createRoster({
    store,
    tokens: {} as NodeTokens,
    clock: { now: () => Date.now() },
    log: silentLog,
    reserved: ['local'],
    onChange: (id, status) => told.push(`${id} ${status}`),
  })
  roster.start()
})
afterEach(() => {
  roster.stop()
  vi.useRealTimers()
})

const heard = (report = REPORT): void => void (rows = rows.map((row) => ({ ...row, report, seenAt: new Date() })))
const statusOf = async (): Promise<string> => (await roster.see('n')).status

test('a node that falls silent is offline, and what it was working on is handed back', async () => {
  expect(await statusOf()).toBe('online')
  const errand = roster.send('n')
  await vi.advanceTimersByTimeAsync(12_000)
  expect(errand.signal.aborted).toBe(false)
  await vi.advanceTimersByTimeAsync(6_000)
  expect(await statusOf()).toBe('offline')
  expect(errand.signal.reason).toMatchObject({ code: 'ai.node-failed' })
  expect(await roster.ableTo('m')).toEqual([])
  heard()
  await vi.advanceTimersByTimeAsync(3_000)
  expect(await statusOf()).toBe('online')
  expect(told).toEqual(['n offline', 'n online'])
})

test('one that failed is left out until it is heard of again', async () => {
  await vi.advanceTimersByTimeAsync(1_000)
  roster.suspect('n', 'it died')
  expect(await roster.see('n')).toMatchObject({ status: 'offline', reason: 'it died' })
  await vi.advanceTimersByTimeAsync(1_000)
  heard()
  await vi.advanceTimersByTimeAsync(3_000)
  expect(await statusOf()).toBe('online')
})

test('it is busy with as much as it takes, of ours or of others', async () => {
  const errands = [roster.send('n'), roster.send('n')]
  expect(await roster.see('n')).toMatchObject({ status: 'busy', active: 2 })
  for (const errand of errands) errand.done()
  expect(await roster.see('n')).toMatchObject({ status: 'online', active: 0 })
  heard({ ...REPORT, active: 2 })
  await vi.advanceTimersByTimeAsync(1_100)
  expect(await statusOf()).toBe('busy')
})
