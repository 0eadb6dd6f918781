import type { Executor } from '#kernel/db/executor.ts'
import type { EnqueueOptions, Job, JobError, JobEvents, JobState } from './job.ts'

/** What a change tells about the job it changed. */
export type JobChange = JobEvents['jobs.job.changed']

/** How far a kind's jobs go before they are given up. */
export interface Limit {
  readonly kind: string
  readonly attempts: number
}

const CHANGE = `id AS "jobId", kind, account_id AS "accountId", state, progress`
const JOB = `id, kind, account_id AS "accountId", state, progress, input, output, error, attempts,
             created_at AS "createdAt", started_at AS "startedAt", completed_at AS "completedAt"`

/** Adds a job, or finds the unfinished one with the same key. */
export async function insertJob(
  db: Executor,
  kind: string,
  input: unknown,
  { accountId, runAt, key }: EnqueueOptions,
): Promise<JobChange> {
  const values = [kind, JSON.stringify(input ?? null), accountId ?? null, runAt ?? null, key ?? null]
  // The job with this key may finish between the two statements, hence again.
  for (;;) {
    const [added] = await db.query<JobChange>(
      `INSERT INTO jobs (kind, input, account_id, run_at, key) VALUES ($1, $2, $3, coalesce($4, now()), $5)
       ON CONFLICT (kind, key) WHERE key IS NOT NULL AND state IN ('queued', 'processing') DO NOTHING
       RETURNING ${CHANGE}`,
      values,
    )
    if (added) return added
    const [found] = await db.query<JobChange>(
      `SELECT ${CHANGE} FROM jobs WHERE kind = $1 AND key = $2 AND state IN ('queued', 'processing')`,
      [kind, key],
    )
    if (found) return found
  }
}

export async function findJob(db: Executor, id: number): Promise<Job | undefined> {
  const [job] = await db.query<Job>(`SELECT ${JOB} FROM jobs WHERE id = $1`, [id])
  return job
}

/** Which jobs to list; what is not given does not narrow. */
export interface JobFilter {
  readonly accountId?: number
  readonly kind?: string
  readonly states?: readonly JobState[]
  /** Only jobs older than this id, for the next page. */
  readonly beforeId?: number
  /** Default 50. */
  readonly limit?: number
}

/** How many jobs of a kind are in a state. */
export interface JobCount {
  readonly kind: string
  readonly state: JobState
  readonly count: number
}

/** Unfinished jobs, and those that failed within a day: what operators look at. */
export function countJobs(db: Executor): Promise<JobCount[]> {
  return db.query<JobCount>(
    // Three statements in one, each of which has an index: the table keeps a month of finished jobs.
    `SELECT kind, state, count(*) AS count FROM jobs WHERE state = 'queued' GROUP BY kind, state
     UNION ALL
     SELECT kind, state, count(*) AS count FROM jobs WHERE state = 'processing' GROUP BY kind, state
     UNION ALL
     SELECT kind, state, count(*) AS count FROM jobs
     WHERE completed_at > now() - interval '24 hours' AND state = 'failed' GROUP BY kind, state
     ORDER BY kind, state`,
  )
}

/** Jobs, newest first. */
export function listJobs(db: Executor, filter: JobFilter): Promise<Job[]> {
  return db.query<Job>(
    `SELECT ${JOB} FROM jobs
     WHERE ($1::bigint IS NULL OR account_id = $1) AND ($2::text IS NULL OR kind = $2)
       AND ($3::text[] IS NULL OR state = ANY ($3)) AND ($4::bigint IS NULL OR id < $4)
     ORDER BY id DESC LIMIT $5`,
    [filter.accountId ?? null, filter.kind ?? null, filter.states ?? null, filter.beforeId ?? null, filter.limit ?? 50],
  )
}

/** Ends an unfinished job; undefined when it was over or never was. */
export async function cancelJob(db: Executor, id: number): Promise<JobChange | undefined> {
  const [change] = await db.query<JobChange>(
    `UPDATE jobs SET state = 'cancelled', completed_at = now(), worker = NULL, lease_until = NULL
     WHERE id = $1 AND state IN ('queued', 'processing') RETURNING ${CHANGE}`,
    [id],
  )
  return change
}

/** In how many milliseconds the next job of each kind is due (0 or less: now); kinds with none are left out. */
export function nextDue(db: Executor, kinds: readonly string[]): Promise<{ kind: string; inMs: number }[]> {
  return db.query(
    `SELECT kind, extract(epoch FROM next - clock_timestamp()) * 1000 AS "inMs"
     FROM (SELECT k.kind, (SELECT min(run_at) FROM jobs j WHERE j.state = 'queued' AND j.kind = k.kind) AS next
           FROM unnest($1::text[]) AS k (kind)) AS due
     WHERE next IS NOT NULL`,
    [kinds],
  )
}

/** Takes up to `limit` due jobs of `kind` for `worker`. */
export function claimJobs(
  db: Executor,
  claim: { kind: string; limit: number; worker: string; leaseMs: number },
): Promise<Job[]> {
  return db.query<Job>(
    `WITH due AS (
       SELECT id AS due_id FROM jobs WHERE state = 'queued' AND kind = $1 AND run_at <= clock_timestamp()
       ORDER BY run_at, id LIMIT $2 FOR UPDATE SKIP LOCKED)
     UPDATE jobs SET state = 'processing', attempts = attempts + 1, progress = 0, worker = $3, started_at = now(),
                     lease_until = now() + $4 * interval '1 millisecond'
     FROM due WHERE id = due_id RETURNING ${JOB}`,
    [claim.kind, claim.limit, claim.worker, claim.leaseMs],
  )
}

/** Renews the leases of `worker`; returns the ids that are still its own. */
export async function renewLeases(
  db: Executor,
  { ids, worker, leaseMs }: { ids: readonly number[]; worker: string; leaseMs: number },
): Promise<number[]> {
  const rows = await db.query<{ id: number }>(
    `UPDATE jobs SET lease_until = now() + $3 * interval '1 millisecond'
     WHERE id = ANY ($1) AND worker = $2 AND state = 'processing' RETURNING id`,
    [ids, worker, leaseMs],
  )
  return rows.map((row) => row.id)
}

/** Writes how far jobs of `worker` are. */
export function recordProgress(
  db: Executor,
  worker: string,
  progress: ReadonlyMap<number, number>,
): Promise<JobChange[]> {
  return db.query<JobChange>(
    `UPDATE jobs SET progress = p.percent FROM unnest($1::bigint[], $2::int[]) AS p (job_id, percent)
     WHERE id = p.job_id AND worker = $3 AND state = 'processing' RETURNING ${CHANGE}`,
    [[...progress.keys()], [...progress.values()], worker],
  )
}

/** How an attempt ended. */
export type Outcome =
  | { readonly state: 'completed'; readonly output: unknown }
  | { readonly state: 'failed'; readonly error: JobError }
  /** Again later; `counted` when the attempt was the job's fault and not the server's. */
  | { readonly state: 'queued'; readonly error: JobError | null; readonly inMs: number; readonly counted: boolean }

/** Records how the attempt of `worker` ended; undefined when the job was no longer its own. */
export async function settleJob(
  db: Executor,
  id: number,
  worker: string,
  outcome: Outcome,
): Promise<JobChange | undefined> {
  const again = outcome.state === 'queued'
  const [change] = await db.query<JobChange>(
    `UPDATE jobs SET state = $3, output = $4, error = coalesce($5, error), worker = NULL, lease_until = NULL,
                     progress = CASE WHEN $3 = 'completed' THEN 100 WHEN $3 = 'queued' THEN 0 ELSE progress END,
                     attempts = attempts - $6, run_at = CASE WHEN $3 = 'queued' THEN now() + $7 * interval '1 millisecond' ELSE run_at END,
                     completed_at = CASE WHEN $3 = 'queued' THEN NULL ELSE now() END
     WHERE id = $1 AND worker = $2 AND state = 'processing' RETURNING ${CHANGE}`,
    [
      id,
      worker,
      outcome.state,
      outcome.state === 'completed' ? JSON.stringify(outcome.output ?? null) : null,
      outcome.state === 'completed' || outcome.error === null ? null : JSON.stringify(outcome.error),
      again && !outcome.counted ? 1 : 0,
      again ? outcome.inMs : 0,
    ],
  )
  return change
}

/**
 * Takes jobs away from workers that are gone: those whose lease ran out, or all when `all` (nobody else can be working).
 * A job that has used up its attempts fails: it may be what kills its workers.
 */
export function reclaimJobs(db: Executor, limits: readonly Limit[], all: boolean): Promise<JobChange[]> {
  const error: JobError = { code: 'jobs.worker-lost', message: 'The process that worked on it ended.' }
  return db.query<JobChange>(
    `UPDATE jobs SET state = CASE WHEN attempts >= l.most THEN 'failed' ELSE 'queued' END,
                     completed_at = CASE WHEN attempts >= l.most THEN now() END,
                     error = $3, worker = NULL, lease_until = NULL, run_at = now(), progress = 0
     FROM unnest($1::text[], $2::int[]) AS l (of_kind, most)
     WHERE kind = l.of_kind AND state = 'processing' AND ($4 OR lease_until < now()) RETURNING ${CHANGE}`,
    [limits.map((limit) => limit.kind), limits.map((limit) => limit.attempts), JSON.stringify(error), all],
  )
}

/** Forgets jobs that ended more than `days` ago. */
export async function pruneJobs(db: Executor, days: number): Promise<number> {
  const rows = await db.query(
    `DELETE FROM jobs WHERE id IN (
       SELECT id FROM jobs WHERE completed_at < now() - $1 * interval '1 day' LIMIT 5000) RETURNING id`,
    [days],
  )
  return rows.length
}
