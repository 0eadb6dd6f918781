/** Where a job stands. `completed`, `failed` and `cancelled` are final. */
export type JobState = 'queued' | 'processing' | 'completed' | 'failed' | 'cancelled'

/** Why the last attempt failed; `code` is a fault's, or `jobs.crashed`, `jobs.timed-out`, `jobs.worker-lost`. */
export interface JobError {
  readonly code: string
  readonly message: string
}

/** A job as anybody may look at it. */
export interface Job<Input = unknown, Output = unknown> {
  readonly id: number
  readonly kind: string
  readonly accountId: number | null
  readonly state: JobState
  /** 0 to 100; half a second behind at most. */
  readonly progress: number
  readonly input: Input
  readonly output: Output | null
  readonly error: JobError | null
  readonly attempts: number
  readonly createdAt: Date
  readonly startedAt: Date | null
  readonly completedAt: Date | null
}

/** What jobs tell on the bus. */
export interface JobEvents {
  'jobs.job.changed': { jobId: number; kind: string; accountId: number | null; state: JobState; progress: number }
}

/** What a handler is given. */
interface JobContext<Input> {
  readonly jobId: number
  readonly accountId: number | null
  readonly input: Input
  /** 1 for the first. */
  readonly attempt: number
  /** Aborts when the job is cancelled, runs out of time or the server stops; let it end what the handler is waiting for. */
  readonly signal: AbortSignal
  /** Records how far it is, 0 to 100; cheap enough to call often. */
  readonly progress: (percent: number) => void
}

/**
 * Does the work of one job and returns its output as JSON. It may run more than once for one job (a killed worker), so
 * it must bear that.
 */
export type JobHandler<Input, Output> = (context: JobContext<Input>) => Promise<Output>

export interface JobOptions {
  /** How many of this kind run at once in one process. Default 1. */
  readonly concurrency?: number
  /** How often a failed job is tried again. Default 2. */
  readonly retries?: number
  /** The wait before the first retry; doubled with each further one, an hour at most. Default 5,000. */
  readonly retryDelayMs?: number
  /** When an attempt has taken too long and is aborted. Default one hour. */
  readonly timeoutMs?: number
  /** For work that comes round: such a job is always queued, this long after the end of the one before. Its input is null. */
  readonly everyMs?: number
}

export interface EnqueueOptions {
  readonly accountId?: number
  /** Not before this time. */
  readonly runAt?: Date
  /** While an unfinished job of this kind has the same key, nothing is added and that job's id is returned. */
  readonly key?: string
}
