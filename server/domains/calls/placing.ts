import type { CallLimits } from '#contracts/schemas/call.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import { Fault } from '#kernel/fault.ts'
import type { CallRow } from './call.ts'
import { findCall, insertCall, usageSince } from './call-store.ts'
import type { Usage } from './call-store.ts'
import type { Limits } from './limits.ts'
import { isNeverCalled } from './never-call.ts'
import { checkNumber } from './phone-number.ts'
import { nextCallableTime } from './quiet-hours.ts'
import type { TellChange } from './tell.ts'

/** What an account asks for. */
export interface CallRequest {
  readonly callId: string
  readonly to: string
  readonly message: string
  /** Pressed once somebody answers. */
  readonly keys?: string | undefined
}

/** In any span of this length the daily limits hold. */
export const DAY_MS = 24 * 60 * 60_000

/**
 * Takes a call into the queue. The same `callId` again is the call it was the first time, whatever else is asked.
 * @throws Fault `calls.switched-off`, `calls.number-invalid`, `calls.country-refused`,
 *   `calls.number-refused`, `calls.never-call`, `calls.account-limit`, `calls.destination-limit`, `calls.total-limit`,
 *   `calls.message-empty`, `calls.call-id-invalid`
 */
export async function placeCall(
  parts: { db: Database; clock: Clock; limits: Limits; tell: TellChange; hasCarrier: boolean },
  accountId: number,
  request: CallRequest,
): Promise<CallRow> {
  const { db, clock } = parts
  const before = await findCall(db, accountId, request.callId)
  if (before !== undefined) return before
  const limits = await parts.limits.get()
  if (!limits.enabled) throw new Fault('unavailable', 'calls.switched-off', 'Calls are switched off here')
  requireText(request)
  const { number, country } = checkNumber(request.to, limits.countries)

  return db.transaction(async (tx) => {
    // Whoever asks for the same account or number at the same moment waits, so that both are counted.
    await tx.lock('calls.place', [accountId, number])
    const meanwhile = await findCall(tx, accountId, request.callId)
    if (meanwhile !== undefined) return meanwhile
    if (await isNeverCalled(tx, number)) {
      throw new Fault('forbidden', 'calls.never-call', 'This number asked not to be called')
    }
    const now = clock.now()
    const usage = await usageSince(tx, { accountId, to: number }, new Date(now - DAY_MS))
    // Without a carrier nobody is rung, at whatever hour and however often: the call fails, and says so at once.
    const { hasCarrier } = parts
    checkUsage(hasCarrier ? usage : { ...usage, toDestination: 0 }, limits)
    const dueAt = hasCarrier ? nextCallableTime(now, country, limits) : now
    const call = await insertCall(tx, {
      accountId,
      callId: request.callId,
      to: number,
      country,
      message: request.message,
      keys: request.keys ?? null,
      reason: dueAt > now ? 'quiet_hours' : null,
      dueAt: new Date(dueAt),
      at: new Date(now),
    })
    tx.afterCommit(() => parts.tell.placed(call))
    return call
  })
}

function requireText({ callId, message }: CallRequest): void {
  // Control characters have no place in a name that goes through logs and addresses.
  if (/\p{Cc}/u.test(callId)) throw new Fault('invalid', 'calls.call-id-invalid', 'callId has control characters')
  if (message.trim() === '') throw new Fault('invalid', 'calls.message-empty', 'The message says nothing')
}

/** The daily limits; the one over all accounts may be passed by as many calls as are asked for at the same instant. */
function checkUsage(usage: Usage, limits: CallLimits): void {
  if (usage.byAccount >= limits.dailyPerAccount) {
    throw new Fault('busy', 'calls.account-limit', 'This account has made all its calls of today')
  }
  if (usage.toDestination >= limits.dailyPerDestination) {
    throw new Fault('busy', 'calls.destination-limit', 'This number has been called often enough today')
  }
  if (usage.inAll >= limits.dailyInAll) {
    throw new Fault('busy', 'calls.total-limit', 'No more calls are made here today')
  }
}
