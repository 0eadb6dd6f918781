import type { CallStatus } from '../schemas/call.ts'

/** What happens to phone calls. */
export interface CallEvents {
  /** A call came or changed; enough of it to tell its account without reading it again. */
  'calls.call.changed': {
    accountId: number
    callId: string
    status: CallStatus
    /** Milliseconds since the Unix epoch. */
    ts: number
    reason: string | null
    sipCode: number | null
    durationMs: number | null
    transcript: string | null
    digits: string | null
    notBefore: number | null
  }
  /** There may be something to dial. */
  'calls.queue.filled': Record<string, never>
  /** A call under way is to be ended by whoever makes it. */
  'calls.call.cancel': { id: number }
}
