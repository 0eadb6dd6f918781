import { randomUUID } from 'node:crypto'
import type { Bus } from '#kernel/bus/bus.ts'
import type { Database } from '#kernel/db/database.ts'
import { Fault, isFault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import { outcomeOfFailure, stopping } from './outcome.ts'
import type { Job, JobEvents, JobHandler } from './job.ts'
import { claimJobs, insertJob, nextDue, reclaimJobs, recordProgress, renewLeases, settleJob } from './store.ts'
import type { JobChange, Outcome } from './store.ts'

/** A kind of job with every option filled in. */
export interface Definition {
  readonly kind: string
  readonly concurrency: number
  readonly attempts: number
  readonly retryDelayMs: number
  readonly timeoutMs: number
  readonly everyMs: number | undefined
  readonly handler: JobHandler<unknown, unknown>
}

/** The worker's rhythm, in milliseconds. */
export interface WorkerTimes {
  /** How often the table is looked at when nothing wakes us: what a lost event costs. */
  readonly poll: number
  /** How long a job stays ours without a heartbeat. With `poll` it is what a killed worker costs. */
  readonly lease: number
  readonly heartbeat: number
  /** How often progress is written. */
  readonly progress: number
}

const USUAL_TIMES: WorkerTimes = { poll: 5_000, lease: 20_000, heartbeat: 5_000, progress: 500 }
const SETTLE_TRIES = 5
/** How long a handler may go on once its signal is aborted, before its job is settled without it. */
const ABANDON_MS = 10_000

interface Run {
  readonly job: Job
  readonly abort: AbortController
  readonly done: Promise<void>
}

/** Works on the defined kinds of jobs, in this process, until stopped. */
export interface Worker {
  start(): Promise<void>
  stop(graceMs: number): Promise<void>
}

export interface WorkerOptions {
  readonly db: Database
  readonly bus: Bus<JobEvents>
  readonly log: Log
  readonly definitions: ReadonlyMap<string, Definition>
  readonly times?: Partial<WorkerTimes> | undefined
}

/** A worker over the kinds in `definitions`; idle, it costs two small statements a poll. */
export function createWorker({ db, bus, log, definitions, times }: WorkerOptions): Worker {
  const rhythm = { ...USUAL_TIMES, ...times }
  const worker = randomUUID()
  const runs = new Map<number, Run>()
  const progress = new Map<number, number>()
  let state: 'idle' | 'running' | 'stopped' = 'idle'
  let looking: Promise<void> | undefined
  let lookAgain = false
  let lookTimer: NodeJS.Timeout | undefined
  let heartbeatTimer: NodeJS.Timeout | undefined
  let progressTimer: NodeJS.Timeout | undefined
  let lastReclaim = 0
  let unsubscribe = (): void => {}

  const tell = (change: JobChange): void => bus.publish('jobs.job.changed', change)
  const runningOf = (kind: string): number => [...runs.values()].filter((run) => run.job.kind === kind).length

  /** Looks for due jobs now, or once more after the look that is under way. */
  const look = (): void => {
    if (state !== 'running') return
    if (looking) {
      lookAgain = true
      return
    }
    clearTimeout(lookTimer)
    looking = takeDue()
      .catch((error: unknown) => {
        log.warn({ err: error }, 'looking for jobs failed')
        return rhythm.poll
      })
      .then((waitMs) => {
        looking = undefined
        if (state !== 'running') return
        lookTimer = setTimeout(look, lookAgain ? 0 : waitMs)
        lookAgain = false
      })
  }

  /** Starts what is due and fits; returns after how long to look again. */
  const takeDue = async (): Promise<number> => {
    if (Date.now() - lastReclaim >= rhythm.poll) {
      await reclaim(false)
      lastReclaim = Date.now()
    }
    let waitMs = rhythm.poll
    for (const { kind, inMs } of await nextDue(db, [...definitions.keys()])) {
      if (inMs > 0) {
        waitMs = Math.min(waitMs, Math.ceil(inMs))
        continue
      }
      const definition = definitions.get(kind)
      const limit = (definition?.concurrency ?? 0) - runningOf(kind)
      // A full kind is looked at again when one of its runs ends.
      if (!definition || limit <= 0) continue
      for (const job of await claimJobs(db, { kind, limit, worker, leaseMs: rhythm.lease })) begin(definition, job)
    }
    return waitMs
  }

  const reclaim = async (all: boolean): Promise<void> => {
    for (const change of await reclaimJobs(db, [...definitions.values()], all)) {
      log.warn({ jobId: change.jobId, kind: change.kind, state: change.state }, 'a job was left by its worker')
      tell(change)
    }
  }

  const begin = (definition: Definition, job: Job): void => {
    const abort = new AbortController()
    tell({ jobId: job.id, kind: job.kind, accountId: job.accountId, state: 'processing', progress: 0 })
    const done = attempt(definition, job, abort)
      .then((outcome) => settle(definition, job, outcome))
      .catch((error: unknown) => log.error({ err: error, jobId: job.id }, 'the end of a job could not be recorded'))
      .finally(() => {
        runs.delete(job.id)
        look()
      })
    runs.set(job.id, { job, abort, done })
  }

  const attempt = async (definition: Definition, job: Job, abort: AbortController): Promise<Outcome> => {
    const late = new Fault('unavailable', 'jobs.timed-out', `It took longer than ${definition.timeoutMs / 1000} s.`)
    const timer = setTimeout(() => abort.abort(late), definition.timeoutMs)
    let abandonTimer: NodeJS.Timeout | undefined
    const abandonment = Promise.withResolvers<never>()
    const onAbort = (): void => {
      abandonTimer = setTimeout(() => {
        log.error({ jobId: job.id, kind: job.kind }, 'a job goes on although it was aborted')
        abandonment.reject(new Error('it did not stop when told to'))
      }, ABANDON_MS)
    }
    abort.signal.addEventListener('abort', onAbort)
    try {
      const context = {
        jobId: job.id,
        accountId: job.accountId,
        input: job.input,
        attempt: job.attempts,
        signal: abort.signal,
        progress: (percent: number) => note(job.id, percent),
      }
      const output = await Promise.race([definition.handler(context), abandonment.promise])
      return { state: 'completed', output }
    } catch (thrown) {
      // What a handler throws once aborted is of no interest; why it was aborted is.
      const error: unknown = abort.signal.aborted ? abort.signal.reason : thrown
      if (!(error instanceof Fault)) log.error({ err: error, jobId: job.id, kind: job.kind }, 'a job failed')
      return outcomeOfFailure(error, definition, job.attempts)
    } finally {
      // An abort that comes while the outcome is recorded has nothing to wait for, and must not hold the process.
      abort.signal.removeEventListener('abort', onAbort)
      clearTimeout(timer)
      clearTimeout(abandonTimer)
    }
  }

  const settle = async (definition: Definition, job: Job, outcome: Outcome): Promise<void> => {
    progress.delete(job.id)
    for (let tries = 1; ; tries++) {
      try {
        const change = await settleJob(db, job.id, worker, outcome)
        if (change) tell(change)
        if (definition.everyMs !== undefined && outcome.state !== 'queued') await comeRound(definition)
        return
      } catch (error) {
        if (tries >= SETTLE_TRIES || !isFault(error)) throw error
        await new Promise((next) => setTimeout(next, 200 * 2 ** tries))
      }
    }
  }

  const comeRound = async ({ kind, everyMs = 0 }: Definition, first = false): Promise<void> => {
    const runAt = first ? {} : { runAt: new Date(Date.now() + everyMs) }
    await insertJob(db, kind, null, { key: 'every', ...runAt })
  }

  const note = (jobId: number, percent: number): void => {
    if (!runs.has(jobId) || !Number.isFinite(percent)) return
    progress.set(jobId, Math.round(Math.min(100, Math.max(0, percent))))
    progressTimer ??= setTimeout(() => {
      progressTimer = undefined
      const noted = new Map(progress)
      progress.clear()
      if (noted.size === 0) return
      recordProgress(db, worker, noted).then(
        (changes) => changes.forEach(tell),
        (error: unknown) => log.warn({ err: error }, 'progress could not be recorded'),
      )
    }, rhythm.progress)
  }

  const beat = async (): Promise<void> => {
    const ids = [...runs.keys()]
    if (ids.length === 0) return
    const ours = new Set(await renewLeases(db, { ids, worker, leaseMs: rhythm.lease }))
    for (const id of ids) if (!ours.has(id)) takeAway(id)
  }

  const takeAway = (jobId: number): void =>
    runs.get(jobId)?.abort.abort(new Fault('conflict', 'jobs.cancelled', 'It was cancelled.'))

  return {
    start: async () => {
      state = 'running'
      unsubscribe = bus.subscribe('jobs.job.changed', (change) => {
        if (change.state === 'queued' && definitions.has(change.kind)) look()
        if (change.state === 'cancelled') takeAway(change.jobId)
      })
      // The embedded database serves one process, so whatever is under way was left by one that is gone.
      await reclaim(db.origin === 'embedded')
      lastReclaim = Date.now()
      for (const definition of definitions.values())
        if (definition.everyMs !== undefined) await comeRound(definition, true)
      heartbeatTimer = setInterval(() => {
        beat().catch((error: unknown) => log.warn({ err: error }, 'the leases of jobs could not be renewed'))
      }, rhythm.heartbeat)
      look()
    },
    stop: async (graceMs) => {
      if (state !== 'running') return
      state = 'stopped'
      unsubscribe()
      clearTimeout(lookTimer)
      await looking
      for (const run of runs.values()) run.abort.abort(stopping())
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, graceMs)))
      await Promise.race([Promise.all([...runs.values()].map((run) => run.done)), late])
      clearTimeout(timer)
      clearInterval(heartbeatTimer)
      clearTimeout(progressTimer)
      // A handler that does not let go goes on in vain: the job is no longer its own.
      for (const { job } of runs.values()) {
        const change = await settleJob(db, job.id, worker, { state: 'queued', error: null, inMs: 0, counted: false })
        if (change) tell(change)
      }
    },
  }
}
