import type { Transaction } from '#kernel/db/executor.ts'
import type { CallRow } from './call.ts'

/** Sound as telephones carry it: signed 16-bit samples, mono. */
export interface Pcm {
  readonly samples: Int16Array
  /** Samples a second. */
  readonly rate: number
}

/** The rate of everything that is handed to a carrier (G.711). */
export const TELEPHONE_RATE = 8_000

/** Turns a text into speech. Voices of any engine join here. */
export interface Speech {
  /** What to call it: `openai`, `espeak-ng`. */
  readonly name: string
  /**
   * The text spoken, at 8,000 samples a second.
   * @throws Error when it cannot be spoken, with a sentence that says why
   */
  synthesise(text: string, signal: AbortSignal): Promise<Pcm>
}

/** What a carrier is to do. */
export interface OutgoingCall {
  /** Unique; a carrier may show it in its own records. */
  readonly id: number
  /** E.164, checked. */
  readonly to: string
  /** Keys to press after the answer, before anything is said: digits, `*`, `#`, and `,` for a second's pause. */
  readonly keys?: string
  /** Everything that is to be heard from the answer on, silences included. At 8,000 samples a second. */
  readonly sound: Pcm
  /** How long it may ring. */
  readonly ringMs: number
  /** How long it may last after the answer. */
  readonly talkMs: number
}

/** How a call came to its end, as far as a carrier can tell. */
export type CallOutcome = 'completed' | 'busy' | 'no_answer' | 'failed' | 'canceled'

/** What happens to a call, in this order; `ended` comes once and last. */
export type CarrierEvent =
  | { readonly type: 'ringing'; readonly code?: number }
  | { readonly type: 'answered'; readonly code?: number }
  | { readonly type: 'digit'; readonly digit: string }
  | { readonly type: 'ended'; readonly outcome: CallOutcome; readonly reason?: string; readonly code?: number }

/** A call under way. */
export interface PlacedCall {
  /** The carrier's own name for it (a Call-ID, a SID). */
  readonly ref: string
  /** Ends it, in whatever state; `ended` follows. */
  hangup(): void
}

/** Whoever really makes calls. */
export interface Carrier {
  /** What to call it: `sip`, `twilio`. */
  readonly name: string
  /**
   * Begins a call. Once it has resolved, `ended` is certain to come, within ring time, talk time and a minute.
   * @throws Fault `carrier.*` when it cannot even begin
   */
  place(call: OutgoingCall, onEvent: (event: CarrierEvent) => void): Promise<PlacedCall>
  start?(): Promise<void>
  /** Ends what is under way and closes what it opened. */
  stop?(): Promise<void>
}

/** Tells an account how its call ended, wherever it looks. */
export interface Notices {
  /** In the transaction that ends the call. */
  ended(call: CallRow, tx: Transaction): Promise<void>
}
