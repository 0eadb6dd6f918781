import { SipHeaders, writeMessage } from './message.ts'
import type { SipRequest, SipResponse } from './message.ts'

/** RFC 3261's base times, in ms; shorter ones for tests. */
export interface SipTimers {
  readonly t1: number
  readonly t2: number
  readonly t4: number
}

/** The times of RFC 3261, section 17.1.1.1. */
export const SIP_TIMERS: SipTimers = { t1: 500, t2: 4_000, t4: 5_000 }

export interface TransactionParts {
  readonly request: SipRequest
  readonly timers: SipTimers
  /** Whether what is lost is repeated by what carries it; asked each time, since that may change. */
  readonly isReliable: () => boolean
  /** Hands bytes to the transport; rejects when they cannot be sent. */
  readonly send: (bytes: Buffer) => Promise<void>
  /** Provisional ones, the final one, and every repetition of a 2xx to an INVITE. */
  readonly onResponse: (response: SipResponse) => void
  /** Nothing final came in time, or the request could not be sent. */
  readonly onFailure: (why: 'timeout' | 'transport') => void
  /** The transaction is over and knows its branch no more. */
  readonly onGone: () => void
}

/** A request on its way and the responses to it. */
export interface ClientTransaction {
  readonly request: SipRequest
  receive(response: SipResponse): void
  /** Forgets it, without a word. */
  end(): void
}

/** Repeats a message with growing pauses until it is stopped. */
function repeat(send: () => void, first: number, most: number): () => void {
  let pause = first
  let timer = setTimeout(again, pause)
  function again(): void {
    send()
    pause = Math.min(pause * 2, most)
    timer = setTimeout(again, pause)
  }
  return () => clearTimeout(timer)
}

/**
 * An INVITE (RFC 3261, section 17.1.1, and RFC 6026): repeated over UDP until anything comes back (timers A and B); a
 * final refusal is acknowledged here, each time it comes (timer D); a 2xx is handed on, each time it comes, because its
 * ACK is the dialog's (timer M).
 */
export function startInvite(parts: TransactionParts): ClientTransaction {
  const { request, timers, isReliable } = parts
  const bytes = writeMessage(request)
  const whole = 64 * timers.t1
  let state: 'calling' | 'proceeding' | 'accepted' | 'completed' | 'over' = 'calling'
  let ack: Buffer | undefined
  let linger: NodeJS.Timeout | undefined

  const over = (): void => {
    if (state === 'over') return
    state = 'over'
    stopTimers()
    clearTimeout(linger)
    parts.onGone()
  }
  const fail = (why: 'timeout' | 'transport'): void => {
    if (state === 'over') return
    over()
    parts.onFailure(why)
  }
  const send = (what: Buffer): void => void parts.send(what).catch(() => state === 'calling' && fail('transport'))
  const stopRepeating = repeat(() => isReliable() || send(bytes), timers.t1, whole)
  const timerB = setTimeout(() => fail('timeout'), whole)
  const stopTimers = (): void => {
    stopRepeating()
    clearTimeout(timerB)
  }
  send(bytes)

  return {
    request,
    end: over,
    receive: (response) => {
      if (state === 'over') return
      if (response.status < 200) {
        if (state === 'calling') {
          state = 'proceeding'
          stopTimers()
        }
        if (state === 'proceeding') parts.onResponse(response)
        return
      }
      if (response.status < 300) {
        if (state === 'completed') return
        if (state !== 'accepted') {
          state = 'accepted'
          stopTimers()
          linger = setTimeout(over, whole)
        }
        return parts.onResponse(response)
      }
      if (state === 'accepted') return
      ack ??= writeMessage(ackOf(request, response))
      send(ack)
      if (state === 'completed') return
      state = 'completed'
      stopTimers()
      // 32 s over UDP whatever T1 is (RFC 3261, section 17.1.1.2), in proportion where tests run faster.
      linger = setTimeout(over, isReliable() ? 0 : whole)
      parts.onResponse(response)
    },
  }
}

/** Any other request (RFC 3261, section 17.1.2): repeated over UDP until a final response (timers E, F and K). */
export function startRequest(parts: TransactionParts): ClientTransaction {
  const { request, timers, isReliable } = parts
  const bytes = writeMessage(request)
  let state: 'trying' | 'completed' | 'over' = 'trying'
  let linger: NodeJS.Timeout | undefined

  const over = (): void => {
    if (state === 'over') return
    state = 'over'
    stopTimers()
    clearTimeout(linger)
    parts.onGone()
  }
  const fail = (why: 'timeout' | 'transport'): void => {
    if (state !== 'trying') return
    over()
    parts.onFailure(why)
  }
  const send = (): void => void parts.send(bytes).catch(() => fail('transport'))
  const stopRepeating = repeat(() => isReliable() || send(), timers.t1, timers.t2)
  const timerF = setTimeout(() => fail('timeout'), 64 * timers.t1)
  const stopTimers = (): void => {
    stopRepeating()
    clearTimeout(timerF)
  }
  send()

  return {
    request,
    end: over,
    receive: (response) => {
      if (state !== 'trying') return
      if (response.status >= 200) {
        state = 'completed'
        stopTimers()
        linger = setTimeout(over, isReliable() ? 0 : timers.t4)
      }
      parts.onResponse(response)
    },
  }
}

/** The ACK to a refusal: the INVITE's own branch and route, the response's To (RFC 3261, section 17.1.1.3). */
function ackOf(invite: SipRequest, response: SipResponse): SipRequest {
  const kept = invite.headers.entries().filter(([name]) => /^(via|from|call-id|route|max-forwards)$/i.test(name))
  const [number] = (invite.headers.get('CSeq') ?? '').split(' ')
  return {
    method: 'ACK',
    uri: invite.uri,
    headers: new SipHeaders([...kept, ['To', response.headers.get('To') ?? ''], ['CSeq', `${number} ACK`]]),
    body: '',
  }
}
