import { once } from 'node:events'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createBus } from '#kernel/bus/bus.ts'
import { Fault } from '#kernel/fault.ts'
import { silentLog } from '#kernel/log.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { JobEvents, JobState } from './job.ts'
import { createJobs, requireJob } from './jobs.ts'
import type { Jobs } from './jobs.ts'
import type { WorkerTimes } from './worker.ts'

const db = await createTestDatabase({ poolSize: 20 })
afterAll(() => db.close())

const ends: (() => Promise<void>)[] = []
beforeEach(() => db.query('DELETE FROM jobs'))
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** Jobs as one process has them. A long poll, so that a test passes by being woken and not by waiting. */
async function createProcess(
  times: Partial<WorkerTimes> = {},
): Promise<{ jobs: Jobs; changes: JobEvents['jobs.job.changed'][] }> {
  const bus = await createBus<JobEvents>({ log: silentLog })
  const changes: JobEvents['jobs.job.changed'][] = []
  bus.subscribe('jobs.job.changed', (change) => void changes.push(change))
  const jobs = createJobs({ db, bus, log: silentLog, times: { poll: 60_000, progress: 10, ...times } })
  ends.push(async () => {
    await jobs.stop(0)
    await bus.close()
  })
  return { jobs, changes }
}

const reaches = (jobs: Jobs, id: number, state: JobState) =>
  expect.poll(async () => (await jobs.get(id))?.state, { timeout: 5_000, interval: 10 }).toBe(state)

/** A handler's wait that its signal ends. */
const untilAborted = async (signal: AbortSignal): Promise<never> => {
  if (!signal.aborted) await once(signal, 'abort')
  throw new Error('aborted')
}

describe('a job', () => {
  test('is done, with its progress and its output', async () => {
    const { jobs, changes } = await createProcess()
    const double = jobs.define<{ n: number }, { result: number }>('test.double', {}, async ({ input, progress }) => {
      progress(150)
      await expect.poll(() => changes.some((change) => change.progress === 100)).toBe(true)
      return { result: input.n * 2 }
    })
    await jobs.start()
    const id = await double.enqueue({ n: 21 }, { accountId: 7 })
    await reaches(jobs, id, 'completed')
    expect(await jobs.get(id)).toMatchObject({
      kind: 'test.double',
      accountId: 7,
      progress: 100,
      input: { n: 21 },
      output: { result: 42 },
      error: null,
      attempts: 1,
      startedAt: expect.any(Date),
      completedAt: expect.any(Date),
    })
    const states = changes.filter((change) => change.jobId === id).map((change) => change.state)
    expect([...new Set(states)]).toEqual(['queued', 'processing', 'completed'])
  })

  test('exists only if the transaction it was added in commits', async () => {
    const { jobs } = await createProcess()
    const done: string[] = []
    const note = jobs.define<string, null>('test.note', {}, async ({ input }) => {
      done.push(input)
      return null
    })
    await jobs.start()
    await db
      .transaction(async (tx) => {
        await note.enqueue('rolled back', { tx })
        throw new Error('no')
      })
      .catch(() => {})
    const id = await db.transaction((tx) => note.enqueue('committed', { tx }))
    await reaches(jobs, id, 'completed')
    expect(done).toEqual(['committed'])
  })

  test('is tried again when it fails, and fails when that does not help', async () => {
    const { jobs } = await createProcess()
    let runs = 0
    const flaky = jobs.define<number, string>(
      'test.flaky',
      { retries: 2, retryDelayMs: 1 },
      async ({ input, attempt }) => {
        runs++
        if (attempt <= input) throw new Error(`attempt ${attempt} broke`)
        return 'well'
      },
    )
    await jobs.start()
    const cured = await flaky.enqueue(2)
    await reaches(jobs, cured, 'completed')
    expect(await jobs.get(cured)).toMatchObject({ attempts: 3, output: 'well' })
    const hopeless = await flaky.enqueue(99)
    await reaches(jobs, hopeless, 'failed')
    expect(await jobs.get(hopeless)).toMatchObject({
      attempts: 3,
      error: { code: 'jobs.crashed', message: 'attempt 3 broke' },
    })
    expect(runs).toBe(6)
  })

  test('that can never succeed is not tried again', async () => {
    const { jobs } = await createProcess()
    const picky = jobs.define<null, null>('test.picky', { retries: 5 }, () =>
      Promise.reject(new Fault('invalid', 'test.not-a-film', 'This is not a film.')),
    )
    await jobs.start()
    const id = await picky.enqueue(null)
    await reaches(jobs, id, 'failed')
    expect(await jobs.get(id)).toMatchObject({
      attempts: 1,
      error: { code: 'test.not-a-film', message: 'This is not a film.' },
    })
  })

  test('that takes too long is aborted', async () => {
    const { jobs } = await createProcess()
    const slow = jobs.define<null, null>('test.slow', { timeoutMs: 20, retries: 0 }, ({ signal }) =>
      untilAborted(signal),
    )
    await jobs.start()
    const id = await slow.enqueue(null)
    await reaches(jobs, id, 'failed')
    expect((await jobs.get(id))?.error?.code).toBe('jobs.timed-out')
  })

  test('waits for its time', async () => {
    const { jobs } = await createProcess()
    const later = jobs.define<null, number>('test.later', {}, async () => Date.now())
    await jobs.start()
    const runAt = new Date(Date.now() + 150)
    const id = await later.enqueue(null, { runAt })
    await reaches(jobs, id, 'completed')
    expect((await jobs.get(id))?.output).toBeGreaterThanOrEqual(runAt.getTime() - 5)
  })

  test('with a key is added once while it is unfinished', async () => {
    const { jobs } = await createProcess()
    const sync = jobs.define<null, null>('test.sync', {}, async () => null)
    const [first, second, other] = await Promise.all([
      sync.enqueue(null, { key: 'a' }),
      sync.enqueue(null, { key: 'a' }),
      sync.enqueue(null, { key: 'b' }),
    ])
    expect(second).toBe(first)
    expect(other).not.toBe(first)
    await jobs.start()
    await reaches(jobs, first, 'completed')
    expect(await sync.enqueue(null, { key: 'a' })).not.toBe(first)
  })

  test('comes round when it is defined to', async () => {
    const { jobs } = await createProcess()
    let runs = 0
    jobs.define('test.tick', { everyMs: 10 }, async () => ++runs)
    await jobs.start()
    await expect.poll(() => runs).toBeGreaterThanOrEqual(3)
  })
})

describe('cancelling', () => {
  test('ends a job that waits, and one that is under way', async () => {
    const { jobs } = await createProcess()
    const aborted: string[] = []
    const stuck = jobs.define<string, null>('test.stuck', { concurrency: 1 }, async ({ input, signal }) => {
      await untilAborted(signal).catch(() => aborted.push(input))
      throw signal.reason
    })
    await jobs.start()
    const first = await stuck.enqueue('first')
    await reaches(jobs, first, 'processing')
    const second = await stuck.enqueue('second')
    expect(await jobs.cancel(second)).toBe(true)
    expect(await jobs.cancel(first)).toBe(true)
    await expect.poll(() => aborted).toEqual(['first'])
    expect(await jobs.cancel(first)).toBe(false)
    expect((await jobs.list({ kind: 'test.stuck' })).map((job) => job.state)).toEqual(['cancelled', 'cancelled'])
  })

  test('reaches another process by its next heartbeat, without an event', async () => {
    const worker = await createProcess({ heartbeat: 20 })
    const web = await createProcess()
    let aborted = false
    worker.jobs.define('test.remote', {}, ({ signal }) => untilAborted(signal).finally(() => (aborted = true)))
    await worker.jobs.start()
    const id = await worker.jobs.enqueue('test.remote', null)
    await reaches(web.jobs, id, 'processing')
    await web.jobs.cancel(id)
    await expect.poll(() => aborted).toBe(true)
    expect((await web.jobs.get(id))?.state).toBe('cancelled')
  })
})

describe('workers', () => {
  test('share the jobs: each is done once, never more at once than allowed', async () => {
    const processes = await Promise.all([
      createProcess({ poll: 20 }),
      createProcess({ poll: 20 }),
      createProcess({ poll: 20 }),
    ])
    const done: number[] = []
    const most = new Map<Jobs, number>()
    for (const { jobs } of processes) {
      let now = 0
      jobs.define<number, null>('test.shared', { concurrency: 4 }, async ({ input }) => {
        now++
        most.set(jobs, Math.max(most.get(jobs) ?? 0, now))
        await db.query('SELECT 1')
        done.push(input)
        now--
        return null
      })
    }
    const ids = Array.from({ length: 200 }, (_, n) => n)
    for (const n of ids) await processes[0]?.jobs.enqueue('test.shared', n)
    await Promise.all(processes.map(({ jobs }) => jobs.start()))
    await expect.poll(() => done.length, { timeout: 10_000 }).toBe(200)
    expect(done.toSorted((a, b) => a - b)).toEqual(ids)
    for (const count of most.values()) expect(count).toBeLessThanOrEqual(4)
  })

  test('that die leave their jobs to others once the lease is over, and cannot record anything after', async () => {
    // A process that claims and then is silent: no heartbeat, no settling in time.
    const dead = await createProcess({ heartbeat: 60_000, lease: 50 })
    let letGo = (): void => {}
    dead.jobs.define('test.orphan', {}, async () => {
      await new Promise<void>((resolve) => (letGo = resolve))
      return 'by the dead'
    })
    await dead.jobs.start()
    const id = await dead.jobs.enqueue('test.orphan', null)
    await reaches(dead.jobs, id, 'processing')
    const heir = await createProcess({ poll: 20 })
    heir.jobs.define('test.orphan', {}, async () => 'by the heir')
    await heir.jobs.start()
    await reaches(heir.jobs, id, 'completed')
    letGo()
    await dead.jobs.stop()
    expect(await heir.jobs.get(id)).toMatchObject({ output: 'by the heir', attempts: 2 })
  })

  test('give up a job that keeps killing them', async () => {
    const { jobs } = await createProcess({ poll: 20 })
    jobs.define('test.poison', { retries: 1 }, async () => null)
    const id = await jobs.enqueue('test.poison', null)
    await db.query(
      "UPDATE jobs SET state = 'processing', attempts = 2, worker = gen_random_uuid(), lease_until = now() - interval '1s' WHERE id = $1",
      [id],
    )
    await jobs.start()
    await reaches(jobs, id, 'failed')
    expect((await jobs.get(id))?.error?.code).toBe('jobs.worker-lost')
  })

  test('that stop hand back what they have not finished, uncounted', async () => {
    const { jobs } = await createProcess()
    jobs.define('test.heeds', {}, ({ signal }) => untilAborted(signal))
    jobs.define('test.deaf', {}, () => new Promise(() => {}))
    await jobs.start()
    const heeds = await jobs.enqueue('test.heeds', null)
    const deaf = await jobs.enqueue('test.deaf', null)
    await reaches(jobs, heeds, 'processing')
    await reaches(jobs, deaf, 'processing')
    await jobs.stop(50)
    for (const id of [heeds, deaf]) {
      expect(await jobs.get(id)).toMatchObject({ state: 'queued', attempts: 0, error: null })
    }
  })

  test('keep the lease of a long job by heartbeats', async () => {
    const first = await createProcess({ lease: 200, heartbeat: 20 })
    const second = await createProcess({ poll: 20 })
    let runs = 0
    let finish = (): void => {}
    const handler = async () => {
      runs++
      await new Promise<void>((resolve) => (finish = resolve))
      return null
    }
    first.jobs.define('test.long', {}, handler)
    second.jobs.define('test.long', {}, handler)
    await first.jobs.start()
    const id = await first.jobs.enqueue('test.long', null)
    await reaches(first.jobs, id, 'processing')
    await second.jobs.start()
    const leaseOf = async () =>
      (await db.query<{ t: Date }>('SELECT lease_until AS t FROM jobs WHERE id = $1', [id]))[0]?.t.getTime() ?? 0
    const begun = await leaseOf()
    await expect.poll(leaseOf).toBeGreaterThan(begun + 300)
    finish()
    await reaches(first.jobs, id, 'completed')
    expect(runs).toBe(1)
  })
})

test('lists narrow by account, kind and state, newest first, by pages', async () => {
  const { jobs } = await createProcess()
  const ids: number[] = []
  for (const accountId of [1, 2, 1, 1]) ids.push(await jobs.enqueue('test.listed', null, { accountId }))
  await jobs.cancel(ids[0] ?? 0)
  const of = async (filter: Parameters<Jobs['list']>[0]) => (await jobs.list(filter)).map((job) => job.id)
  expect(await of({ accountId: 1 })).toEqual([ids[3], ids[2], ids[0]])
  expect(await of({ accountId: 1, states: ['queued'] })).toEqual([ids[3], ids[2]])
  expect(await of({ limit: 1, beforeId: ids[3] ?? 0 })).toEqual([ids[2]])
  expect(await of({ kind: 'test.other' })).toEqual([])
})

test('a job that is not there is a fault', async () => {
  const { jobs } = await createProcess()
  await expect(requireJob(jobs, 999_999)).rejects.toMatchObject({ code: 'jobs.missing' })
})
