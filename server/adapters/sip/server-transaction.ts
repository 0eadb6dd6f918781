import { writeMessage } from './message.ts'
import type { SipRequest, SipResponse } from './message.ts'
import type { SipTimers } from './client-transaction.ts'

/** A request that came in, and our answer to it. */
export interface ServerTransaction {
  readonly request: SipRequest
  /** Answers it; a final answer to an INVITE is repeated until its ACK comes. */
  respond(response: SipResponse): void
  /** The request came again: so does our answer. */
  repeated(): void
  /** The ACK came. */
  acknowledged(): void
  end(): void
}

/** RFC 3261, section 17.2, with the core's repetition of 2xx (section 13.3.1.4) for INVITE. */
export function createServerTransaction(parts: {
  request: SipRequest
  timers: SipTimers
  send: (bytes: Buffer) => Promise<void>
  /** No ACK came to a 2xx of ours. */
  onUnacknowledged: () => void
  onGone: () => void
}): ServerTransaction {
  const { request, timers } = parts
  const isInvite = request.method === 'INVITE'
  let last: Buffer | undefined
  let isFinal = false
  let isOver = false
  let timer: NodeJS.Timeout | undefined

  const send = (): void => {
    if (last !== undefined) parts.send(last).catch(() => {})
  }
  const over = (): void => {
    if (isOver) return
    isOver = true
    clearTimeout(timer)
    clearTimeout(end)
    parts.onGone()
  }
  let isWaitingForAck = false
  const end = setTimeout(() => {
    const unacknowledged = isWaitingForAck
    over()
    if (unacknowledged) parts.onUnacknowledged()
  }, 64 * timers.t1)
  const repeatUntilAck = (pause: number): void => {
    timer = setTimeout(() => {
      send()
      repeatUntilAck(Math.min(pause * 2, timers.t2))
    }, pause)
  }

  return {
    request,
    respond: (response) => {
      if (isFinal || isOver) return
      isFinal = response.status >= 200
      last = writeMessage(response)
      send()
      if (isInvite && isFinal) {
        isWaitingForAck = true
        repeatUntilAck(timers.t1)
      }
    },
    repeated: send,
    acknowledged: () => {
      isWaitingForAck = false
      clearTimeout(timer)
    },
    end: over,
  }
}
