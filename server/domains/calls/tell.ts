import type { Events } from '#contracts/events.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import { durationOf, heldUntil, transcriptOf } from './call.ts'
import type { CallRow } from './call.ts'

/** Tells sockets and workers what happened to calls; after the commit. */
export interface TellChange {
  /** A new call: its account is told how it stands where it does not simply wait, and workers may look. */
  placed(call: CallRow): void
  changed(call: CallRow): void
}

/** Tells over the bus. */
export function createTellChange(bus: Pick<Bus<Events>, 'publish'>): TellChange {
  const changed = (call: CallRow): void =>
    bus.publish('calls.call.changed', {
      accountId: call.accountId,
      callId: call.callId,
      status: call.status,
      ts: call.updatedAt.getTime(),
      reason: call.reason,
      sipCode: call.sipCode,
      durationMs: durationOf(call),
      transcript: transcriptOf(call),
      digits: call.digits,
      notBefore: heldUntil(call),
    })
  return {
    changed,
    placed: (call) => {
      changed(call)
      bus.publish('calls.queue.filled', {})
    },
  }
}
