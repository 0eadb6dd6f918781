import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import type { CallRow } from './call.ts'
import { changeCall } from './call-store.ts'
import type { CallOutcome, Notices } from './ports.ts'
import type { TellChange } from './tell.ts'

/** How a call ended. */
export interface CallEnd {
  readonly outcome: CallOutcome
  readonly reason?: string
  readonly code?: number
  /** When, where that was before now. */
  readonly at?: Date
}

/** How often, and after what wait, a number that was busy or did not answer is tried again. */
export interface RetryPolicy {
  readonly times: number
  readonly afterMs: number
}

/** Nothing else is tried again: a number that was refused once would be refused twice. */
const TRIED_AGAIN: ReadonlySet<CallOutcome> = new Set<CallOutcome>(['busy', 'no_answer'])

/** Writes down how a call ended, or that it will be tried again; an end is also told where the account looks. */
export async function finishCall(
  parts: { db: Database; clock: Clock; worker: string; notices: Notices; tell: TellChange; retry: RetryPolicy },
  call: Pick<CallRow, 'id' | 'attempts'>,
  end: CallEnd,
): Promise<void> {
  const now = end.at ?? new Date(parts.clock.now())
  const sipCode = end.code === undefined ? {} : { sipCode: end.code }
  const again = TRIED_AGAIN.has(end.outcome) && call.attempts <= parts.retry.times
  await parts.db.transaction(async (tx) => {
    const at = { id: call.id, worker: parts.worker, now }
    const changed = await changeCall(
      tx,
      at,
      again
        ? {
            status: 'queued',
            reason: end.outcome,
            dueAt: new Date(now.getTime() + parts.retry.afterMs),
            ...sipCode,
          }
        : { status: end.outcome, reason: end.reason ?? null, endedAt: now, ...sipCode },
    )
    // Somebody else ended it meanwhile: then it is told already.
    if (changed === undefined) return
    if (!again) await parts.notices.ended(changed, tx)
    tx.afterCommit(() => (again ? parts.tell.placed(changed) : parts.tell.changed(changed)))
  })
}
