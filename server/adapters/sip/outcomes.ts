import type { CallOutcome } from '#domains/calls/ports.ts'

/** How a call ended, in the words of the port. */
export interface CallEnding {
  readonly outcome: CallOutcome
  readonly reason?: string
  readonly code?: number
}

/** What a final refusal of an INVITE means (RFC 3261, section 21). */
export function endingOfStatus(code: number): CallEnding {
  const failed = (reason: string): CallEnding => ({ outcome: 'failed', reason, code })
  if (code < 400) return failed('redirected')
  switch (code) {
    case 486:
    case 600:
      return { outcome: 'busy', code }
    case 408:
    case 480:
    case 487:
      return { outcome: 'no_answer', code }
    case 401:
    case 407:
      return failed('unauthorized')
    case 403:
      return failed('forbidden')
    case 404:
    case 410:
    case 484:
    case 485:
    case 604:
      return failed('unknown_number')
    case 415:
    case 488:
    case 606:
      return failed('no_codec')
    case 603:
    case 607:
    case 608:
      return failed('rejected')
    default:
      return failed(code >= 500 && code < 600 ? 'server_error' : 'refused')
  }
}

/** The other side said nothing at all, or cannot be sent to. */
export function endingOfSilence(why: 'timeout' | 'transport'): CallEnding {
  return why === 'timeout'
    ? { outcome: 'failed', reason: 'unreachable', code: 408 }
    : { outcome: 'failed', reason: 'unreachable', code: 503 }
}
