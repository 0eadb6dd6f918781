import { parseParams } from './address.ts'
import type { SipRequest, SipResponse } from './message.ts'

/** What both ends agreed on: the call ends unless it is refreshed in time (RFC 4028). */
export interface SessionAgreement {
  readonly seconds: number
  /** Whether it is us who refreshes. */
  readonly isOurs: boolean
}

/** The least interval the RFC allows, in seconds. */
export const LEAST_SESSION_SECONDS = 90

/** Reads Session-Expires. `weAsked`: the message answers a request of ours. Undefined where there is none. */
export function agreementOf(
  message: SipRequest | SipResponse,
  weAsked: boolean,
  leastSeconds: number,
): SessionAgreement | undefined {
  const found = /^(\d{1,9})\s*(;.*)?$/.exec(message.headers.get('Session-Expires') ?? '')
  if (found === null) return undefined
  const refresher = parseParams(found[2] ?? '').get('refresher')
  // `uac` is whoever sent the request; where nobody is named, that one (section 7.2 and table 2).
  const isRequester = refresher !== 'uas'
  return { seconds: Math.max(leastSeconds, Number(found[1])), isOurs: isRequester === weAsked }
}

/** Watches over an agreement: refreshes at half time, or ends the call when the other side does not. */
export class SessionTimer {
  private timer: NodeJS.Timeout | undefined
  private readonly refresh: () => void
  private readonly expired: () => void

  constructor(handlers: { refresh: () => void; expired: () => void }) {
    this.refresh = handlers.refresh
    this.expired = handlers.expired
  }

  /** Begins anew; without an agreement it just ends. */
  set(agreement: SessionAgreement | undefined): void {
    clearTimeout(this.timer)
    if (agreement === undefined) return
    const { seconds, isOurs } = agreement
    // Before the very end, so that our BYE still means something (section 10).
    const wait = isOurs ? seconds / 2 : seconds - Math.min(32, seconds / 3)
    this.timer = setTimeout(isOurs ? this.refresh : this.expired, wait * 1000)
  }

  stop(): void {
    clearTimeout(this.timer)
  }
}
