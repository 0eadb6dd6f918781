import { Fault, isFault } from '#kernel/fault.ts'
import type { FaultKind } from '#kernel/fault.ts'
import type { JobError } from './job.ts'
import type { Outcome } from './store.ts'

const LONGEST_DELAY_MS = 60 * 60_000

/** Faults that time may cure; the others would only happen again. */
const PASSING: ReadonlySet<FaultKind> = new Set(['busy', 'unavailable'])

/** Why a signal aborts when the server stops. */
export function stopping(): Fault {
  return new Fault('unavailable', 'jobs.stopping', 'The server stops.')
}

/** What becomes of a job whose attempt number `attempt` ended with `error`. */
export function outcomeOfFailure(
  error: unknown,
  { attempts, retryDelayMs }: { attempts: number; retryDelayMs: number },
  attempt: number,
): Outcome {
  if (isFault(error, 'jobs.stopping')) return { state: 'queued', error: null, inMs: 0, counted: false }
  const described = describe(error)
  const hopeless = error instanceof Fault && !PASSING.has(error.kind)
  if (hopeless || attempt >= attempts) return { state: 'failed', error: described }
  const inMs = Math.min(retryDelayMs * 2 ** (attempt - 1), LONGEST_DELAY_MS)
  return { state: 'queued', error: described, inMs, counted: true }
}

function describe(error: unknown): JobError {
  if (error instanceof Fault) return { code: error.code, message: error.message }
  return { code: 'jobs.crashed', message: error instanceof Error ? error.message : String(error) }
}
