import type { Call, CallStatus } from '#contracts/schemas/call.ts'

/** A call as the table keeps it. */
export interface CallRow {
  readonly id: number
  readonly accountId: number
  readonly callId: string
  readonly to: string
  readonly country: string
  readonly message: string
  readonly keys: string | null
  readonly status: CallStatus
  readonly reason: string | null
  readonly sipCode: number | null
  readonly carrier: string | null
  readonly carrierRef: string | null
  readonly attempts: number
  readonly dueAt: Date
  readonly canceled: boolean
  readonly digits: string | null
  readonly transcript: string | null
  readonly createdAt: Date
  readonly dialingAt: Date | null
  readonly ringingAt: Date | null
  readonly answeredAt: Date | null
  readonly endedAt: Date | null
  readonly updatedAt: Date
}

/** The columns of a `CallRow`, named as its fields. */
export const CALL_COLUMNS = `id, account_id AS "accountId", call_id AS "callId", to_number AS "to", country, message, keys, status,
  reason, sip_code AS "sipCode", carrier, carrier_ref AS "carrierRef", attempts, due_at AS "dueAt", canceled, digits,
  transcript, created_at AS "createdAt", dialing_at AS "dialingAt", ringing_at AS "ringingAt",
  answered_at AS "answeredAt", ended_at AS "endedAt", updated_at AS "updatedAt"`

/** How long it was spoken on, once it is over; null where nobody answered. */
export function durationOf(call: CallRow): number | null {
  if (call.answeredAt === null || call.endedAt === null) return null
  return Math.max(0, call.endedAt.getTime() - call.answeredAt.getTime())
}

/** Silence after the answer, before anything is said. */
export const SPOKEN_AFTER_MS = 600

/**
 * What passed between the two sides, once it is over, as far as it is known for sure: `> ` went to the other side (keys
 * as `[1#]`), `< ` came from there. What was said by voice over there is not written down. Null where nothing passed.
 */
export function transcriptOf(call: CallRow): string | null {
  const lasted = durationOf(call)
  if (call.transcript !== null || lasted === null) return call.transcript
  const lines = [
    call.keys !== null && lasted > SPOKEN_AFTER_MS && `> [${call.keys}]`,
    lasted > SPOKEN_AFTER_MS && `> ${call.message}`,
    call.digits !== null && `< [${call.digits}]`,
  ].filter((line) => line !== false)
  return lines.length === 0 ? null : lines.join('\n')
}

/** Until when a queued call is held back; null where it waits for nothing but its turn. */
export function heldUntil(call: CallRow): number | null {
  if (call.status !== 'queued') return null
  return call.dueAt.getTime() > call.updatedAt.getTime() ? call.dueAt.getTime() : null
}

/** A call as its account is shown it. */
export function viewOf(call: CallRow): Call {
  const ms = (time: Date | null): number | null => time?.getTime() ?? null
  return {
    callId: call.callId,
    to: call.to,
    message: call.message,
    keys: call.keys,
    status: call.status,
    reason: call.reason,
    sipCode: call.sipCode,
    carrier: call.carrier,
    attempts: call.attempts,
    createdAt: call.createdAt.getTime(),
    notBefore: heldUntil(call),
    dialingAt: ms(call.dialingAt),
    ringingAt: ms(call.ringingAt),
    answeredAt: ms(call.answeredAt),
    endedAt: ms(call.endedAt),
    durationMs: durationOf(call),
    digits: call.digits,
    transcript: transcriptOf(call),
  }
}
