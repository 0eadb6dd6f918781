import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import { isFault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import type { CallRow } from './call.ts'
import { changeCall } from './call-store.ts'
import type { CallChange } from './call-store.ts'
import { finishCall } from './finish-call.ts'
import type { CallEnd, RetryPolicy } from './finish-call.ts'
import type { Carrier, CarrierEvent, Notices, PlacedCall, Speech } from './ports.ts'
import { twiceSpoken } from './spoken.ts'
import type { TellChange } from './tell.ts'

/** What making a call needs. */
export interface RunParts {
  readonly db: Database
  readonly clock: Clock
  readonly log: Log
  readonly worker: string
  readonly carrier: Carrier | undefined
  readonly speech: Speech | undefined
  readonly notices: Notices
  readonly tell: TellChange
  readonly retry: RetryPolicy
  readonly ringMs: number
  /** The longest a call may last, whatever is to be said. */
  readonly talkMs: number
}

/** A call being made. */
export interface RunningCall {
  readonly id: number
  /** Resolves when it is over and written down. */
  readonly done: Promise<void>
  /** Ends it: because its account asked for that, or because the process stops. */
  end(why: 'canceled' | 'interrupted'): void
}

const MOST_DIGITS = 64

/** Makes one call that was claimed: speech first, then the carrier, each step written down and told. Never throws. */
export function runCall(parts: RunParts, call: CallRow): RunningCall {
  const stopSpeech = new AbortController()
  let asked: 'canceled' | 'interrupted' | undefined
  let placed: PlacedCall | undefined

  const end: RunningCall['end'] = (why) => {
    asked ??= why
    stopSpeech.abort()
    placed?.hangup()
  }

  const write = async (change: CallChange): Promise<void> => {
    const at = { id: call.id, worker: parts.worker, now: new Date(parts.clock.now()) }
    const changed = await changeCall(parts.db, at, change)
    // A carrier's own name for a call is nobody else's news.
    if (changed !== undefined && change.carrierRef === undefined) parts.tell.changed(changed)
  }

  const make = async (): Promise<CallEnd> => {
    const { carrier, speech } = parts
    if (carrier === undefined) return { outcome: 'failed', reason: 'no_carrier' }
    if (speech === undefined) return { outcome: 'failed', reason: 'no_voice' }
    let sound
    try {
      sound = twiceSpoken(await speech.synthesise(call.message, stopSpeech.signal))
    } catch (error) {
      if (asked === undefined) parts.log.warn({ err: error, call: call.id }, 'a message could not be spoken')
      return { outcome: 'failed', reason: 'speech_failed' }
    }
    if (asked !== undefined) return { outcome: 'canceled' }

    const { ringMs, talkMs } = parts
    // Steps are written one after the other, in the order they happened.
    let steps: Promise<unknown> = Promise.resolve()
    let digits = ''
    const ended = new Promise<CallEnd>((resolve) => {
      const onEvent = (event: CarrierEvent): void => {
        const at = new Date(parts.clock.now())
        if (event.type === 'ended') {
          const { outcome, reason, code } = event
          return void steps.then(() => resolve({ outcome, ...(reason && { reason }), ...(code && { code }), at }))
        }
        if (event.type === 'digit') {
          if (digits.length >= MOST_DIGITS) return
          digits += event.digit
        }
        const change = changeOf(event, at, digits)
        steps = steps
          .then(() => write(change))
          .catch((error: unknown) => parts.log.error({ err: error, call: call.id }, 'a step was not written down'))
      }
      carrier
        .place(
          { id: call.id, to: call.to, sound, ringMs, talkMs, ...(call.keys !== null && { keys: call.keys }) },
          onEvent,
        )
        .then(
          (one) => {
            placed = one
            steps = steps.then(() => write({ carrierRef: one.ref })).catch(() => {})
            if (asked !== undefined) one.hangup()
          },
          (error: unknown) => {
            if (!isFault(error)) parts.log.error({ err: error, call: call.id }, 'a carrier failed unexpectedly')
            resolve({ outcome: 'failed', reason: isFault(error) ? reasonOf(error.code) : 'carrier_failed' })
          },
        )
    })
    return ended
  }

  const done = make()
    .then((result) => finishCall(parts, call, asked === undefined ? result : { ...result, ...askedEnd(asked) }))
    .catch((error: unknown) => parts.log.error({ err: error, call: call.id }, 'a call could not be brought to its end'))
  return { id: call.id, done, end }
}

function askedEnd(why: 'canceled' | 'interrupted'): Partial<CallEnd> {
  return why === 'canceled'
    ? { outcome: 'canceled', reason: 'by_caller' }
    : { outcome: 'failed', reason: 'interrupted' }
}

function changeOf(event: Exclude<CarrierEvent, { type: 'ended' }>, at: Date, digits: string): CallChange {
  if (event.type === 'digit') return { digits }
  const sipCode = event.code === undefined ? {} : { sipCode: event.code }
  return event.type === 'ringing'
    ? { status: 'ringing', ringingAt: at, ...sipCode }
    : { status: 'in_progress', answeredAt: at, ...sipCode }
}

/** `carrier.unreachable` as `carrier_unreachable`. */
function reasonOf(code: string): string {
  return code.replace(/[^a-z]+/g, '_')
}
