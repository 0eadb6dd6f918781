import type { Bus } from '#kernel/bus/bus.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Executor, Transaction } from '#kernel/db/executor.ts'
import { Fault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import type { EnqueueOptions, Job, JobEvents, JobHandler, JobOptions } from './job.ts'
import { cancelJob, countJobs, findJob, insertJob, listJobs, pruneJobs } from './store.ts'
import type { JobChange, JobCount, JobFilter } from './store.ts'
import { createWorker } from './worker.ts'
import type { Definition, WorkerTimes } from './worker.ts'

/** Work that outlives a request and a process: written down, leased, retried, and looked at while it runs. */
export interface Jobs {
  /** Says how jobs of `kind` are done; before `start`. Returns the typed way to add one. */
  define<Input, Output>(
    kind: string,
    options: JobOptions,
    handler: JobHandler<Input, Output>,
  ): { enqueue(input: Input, options?: EnqueueOptions & { tx?: Transaction }): Promise<number> }
  /**
   * Adds a job and returns its id. With `tx` it exists if and when that transaction commits. The process that does it
   * may be another one.
   */
  enqueue(kind: string, input: unknown, options?: EnqueueOptions & { tx?: Transaction }): Promise<number>
  /** Ends a job that is not over; one under way has its signal aborted. False when there was nothing to end. */
  cancel(jobId: number): Promise<boolean>
  get(jobId: number): Promise<Job | undefined>
  list(filter?: JobFilter): Promise<Job[]>
  /** How many wait, run, or failed within the last 24 hours, by kind. */
  counts(): Promise<JobCount[]>
  /** Begins to work on the kinds that are defined. */
  start(): Promise<void>
  /** Aborts what is under way, waits for it for `graceMs` (default 5,000), and hands back what is not finished. */
  stop(graceMs?: number): Promise<void>
}

export interface JobsOptions {
  readonly db: Database
  readonly bus: Bus<JobEvents>
  readonly log: Log
  /** Shorter ones for tests. */
  readonly times?: Partial<WorkerTimes>
}

const KEPT_DAYS = 30
const PRUNE_EVERY_MS = 60 * 60_000

/** Jobs over the table `jobs`; the bus wakes workers and tells everybody how jobs are getting on. */
export function createJobs({ db, bus, log, times }: JobsOptions): Jobs {
  const definitions = new Map<string, Definition>()
  const worker = createWorker({ db, bus, log, definitions, times })
  const tell = (change: JobChange): void => bus.publish('jobs.job.changed', change)

  const enqueue: Jobs['enqueue'] = async (kind, input, { tx, ...options } = {}) => {
    const executor: Executor = tx ?? db
    const change = await insertJob(executor, kind, input, options)
    if (tx) tx.afterCommit(() => tell(change))
    else tell(change)
    return change.jobId
  }

  const jobs: Jobs = {
    define: (kind, options, handler) => {
      if (definitions.has(kind)) throw new Error(`jobs of kind ${kind} are defined twice`)
      definitions.set(kind, {
        kind,
        concurrency: options.concurrency ?? 1,
        attempts: 1 + (options.retries ?? 2),
        retryDelayMs: options.retryDelayMs ?? 5_000,
        timeoutMs: options.timeoutMs ?? 60 * 60_000,
        everyMs: options.everyMs,
        handler: handler as JobHandler<unknown, unknown>,
      })
      return { enqueue: (input, more) => enqueue(kind, input, more) }
    },
    enqueue,
    cancel: async (jobId) => {
      const change = await cancelJob(db, jobId)
      if (change) tell(change)
      return change !== undefined
    },
    get: (jobId) => findJob(db, jobId),
    list: (filter = {}) => listJobs(db, filter),
    counts: () => countJobs(db),
    start: () => worker.start(),
    stop: (graceMs = 5_000) => worker.stop(graceMs),
  }
  jobs.define('jobs.prune', { everyMs: PRUNE_EVERY_MS }, async () => ({ pruned: await pruneJobs(db, KEPT_DAYS) }))
  return jobs
}

/** The job, or the fault `jobs.missing`. */
export async function requireJob(jobs: Pick<Jobs, 'get'>, jobId: number): Promise<Job> {
  const job = await jobs.get(jobId)
  if (!job) throw new Fault('missing', 'jobs.missing', `There is no job ${jobId}`)
  return job
}
