import { expect, it } from 'vitest'
import type { Database } from '#kernel/db/database.ts'
import { Fault } from '#kernel/fault.ts'
import { createLog } from '#kernel/log.ts'
import { createSiteState } from './site-state.ts'

const down = () => new Fault('unavailable', 'ptt.unreachable', 'PTT answered 503')

it('leaves a site alone for growing pauses, as long as it asks, and says so once', () => {
  let now = 1_000_000
  const logged: string[] = []
  const written: (readonly unknown[])[] = []
  const query = (_text: string, values: readonly unknown[] = []) => Promise.resolve(void written.push(values) as never)
  const state = createSiteState({
    db: { query } as Pick<Database, 'query'> as Database,
    clock: { now: () => now },
    log: createLog({ level: 'info', destination: { write: (line) => void logged.push(line) } }),
  })

  const pauses: number[] = []
  for (let failure = 0; failure < 10; failure++) {
    state.failed(down())
    const pause = state.pauseMs()
    // Looks that were under way fail too; that is the same failure.
    state.failed(down())
    expect(state.pauseMs()).toBe(pause)
    pauses.push(pause)
    now += pause
    expect([state.pauseMs(), state.isProbing]).toEqual([0, true])
  }
  for (const [at, pause] of pauses.entries()) {
    const usual = Math.min(5_000 * 2 ** at, 600_000)
    expect(pause).toBeGreaterThanOrEqual(usual * 0.9)
    expect(pause).toBeLessThanOrEqual(usual * 1.1)
  }
  expect(logged).toHaveLength(1)
  expect(written).toHaveLength(10)

  state.failed(new Fault('busy', 'ptt.busy', 'PTT answered 429', { data: { retryAfterSeconds: 1_800 } }))
  expect(state.pauseMs()).toBe(1_800_000)
  state.succeeded()
  expect([state.pauseMs(), state.isProbing, logged.length]).toEqual([0, false, 2])
  // A page of one board that cannot be read says nothing about the site.
  state.failed(new Fault('unavailable', 'ptt.unreadable', 'PTT answered something else'))
  expect([state.pauseMs(), state.isProbing]).toEqual([0, false])
})
