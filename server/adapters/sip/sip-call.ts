import { randomInt } from 'node:crypto'
import type { CarrierEvent, OutgoingCall, PlacedCall } from '#domains/calls/ports.ts'
import type { Log } from '#kernel/log.ts'
import type { SipDialog } from './dialog.ts'
import { EstablishedCall } from './established.ts'
import { sendInvite } from './invite.ts'
import type { CallLeg } from './invite.ts'
import { SipSyntaxError } from './message.ts'
import type { SipResponse } from './message.ts'
import type { CallEnding } from './outcomes.ts'
import type { MediaHost, SoundStream } from './rtp/host.ts'
import { answeredDirection, parseSdp, writeAnswer, writeOffer } from './sdp.ts'
import type { RemoteSound } from './sdp.ts'

/** After the last word, for a key or a goodbye. */
const TAIL_MS = 1_500

export interface SipCallOptions {
  readonly leg: CallLeg
  /** Our address in session descriptions. */
  readonly host: string
  /** The called and the calling address. */
  readonly to: string
  readonly from: string
  readonly media: MediaHost
  readonly log: Log
  readonly sessionSeconds: number
  readonly leastSessionSeconds: number
}

/** Makes one call: sound first, so that the offer can name its port, then the INVITE. Rejects when no sound can be had. */
export async function startSipCall(
  call: OutgoingCall,
  options: SipCallOptions,
  onEvent: (event: CarrierEvent) => void,
): Promise<PlacedCall & { readonly done: Promise<void> }> {
  let one: SipCall | undefined
  const stream = await options.media.open({
    onKey: (key) => one?.key(key),
    onPlayed: () => one?.played(),
    onLost: () => one?.hangUp({ outcome: 'failed', reason: 'media_failed' }),
  })
  one = new SipCall(call, stream, options, onEvent)
  return one
}

class SipCall implements PlacedCall {
  readonly ref: string
  readonly done: Promise<void>
  private readonly call: OutgoingCall
  private readonly stream: SoundStream
  private readonly options: SipCallOptions
  private readonly onEvent: (event: CarrierEvent) => void
  private readonly sessionId = randomInt(1, 2 ** 40)
  private version = 1
  private readonly invite: ReturnType<typeof sendInvite>
  private established: EstablishedCall | undefined
  private payload: { codec: 'PCMU' | 'PCMA'; payloadType: number } | undefined
  private answeredCode: number | undefined
  private isRinging = false
  private isOver = false
  /** Why we call off what is not answered yet. */
  private wanted: CallEnding | undefined
  private timer: NodeJS.Timeout | undefined
  private resolve: () => void = () => {}

  constructor(
    call: OutgoingCall,
    stream: SoundStream,
    options: SipCallOptions,
    onEvent: (event: CarrierEvent) => void,
  ) {
    this.call = call
    this.stream = stream
    this.options = options
    this.onEvent = onEvent
    this.done = new Promise((resolve) => (this.resolve = resolve))
    this.timer = setTimeout(() => this.hangUp({ outcome: 'no_answer', code: 408 }), call.ringMs)
    const { leg, to, from, sessionSeconds } = options
    this.invite = sendInvite(
      leg,
      { to, from, offer: writeOffer(this.local), sessionSeconds },
      {
        onRinging: (code) => {
          if (this.isRinging) return
          this.isRinging = true
          onEvent({ type: 'ringing', code })
        },
        onAccepted: (dialog, response) => this.accepted(dialog, response),
        onRepeated: () => this.established?.acknowledgeAgain(),
        onEnded: (ending) => this.finish(this.wanted ?? ending),
      },
    )
    this.ref = this.invite.callId
  }

  hangup(): void {
    this.hangUp({ outcome: 'canceled' })
  }

  /** Ends it, in whatever state. */
  hangUp(why: CallEnding): void {
    if (this.isOver) return
    if (this.established === undefined) {
      this.wanted ??= why
      return this.invite.cancel()
    }
    this.established.hangUp()
    this.finish({ ...why, ...this.answered })
  }

  key(digit: string): void {
    if (!this.isOver) this.onEvent({ type: 'digit', digit })
  }

  /** Everything was said: a moment later we hang up. */
  played(): void {
    if (this.isOver) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.hangUp({ outcome: 'completed' }), TAIL_MS)
  }

  private get local() {
    return { address: this.options.host, port: this.stream.port, sessionId: this.sessionId, version: this.version }
  }

  private get answered(): { code?: number } {
    return this.answeredCode === undefined ? {} : { code: this.answeredCode }
  }

  private accepted(dialog: SipDialog, response: SipResponse): void {
    clearTimeout(this.timer)
    this.answeredCode = response.status
    this.established = new EstablishedCall(
      this.options.leg,
      { dialog, response, leastSeconds: this.options.leastSessionSeconds },
      {
        onOffer: (offer) => this.offered(offer),
        onAnswer: (answer) => this.agree(answer),
        offer: () => writeOffer(this.local),
        onKey: (key) => this.key(key),
        onEnded: (why) => this.finish(why === 'by_remote' ? this.byRemote() : { outcome: 'failed', reason: 'lost' }),
      },
    )
    if (!this.agreeFirst(response)) return this.hangUp({ outcome: 'failed', reason: 'no_codec' })
    this.onEvent({ type: 'answered', code: response.status })
    this.timer = setTimeout(() => this.hangUp({ outcome: 'completed', reason: 'too_long' }), this.call.talkMs)
    this.stream.play(this.call.keys ?? '', this.call.sound.samples)
  }

  private byRemote(): CallEnding {
    return { outcome: 'completed', reason: 'by_remote', ...this.answered }
  }

  private agreeFirst(response: SipResponse): boolean {
    try {
      return this.agree(parseSdp(response.body))
    } catch (error) {
      if (!(error instanceof SipSyntaxError)) throw error
      return false
    }
  }

  /** Takes what the other side describes; false where we share no codec. */
  private agree(remote: RemoteSound): boolean {
    // What is playing is coded already: a codec once agreed on stays.
    const payload = remote.codecs.find((one) => one.codec === (this.payload?.codec ?? one.codec))
    if (payload === undefined) return false
    this.payload = payload
    const isHeld = remote.port === 0 || remote.direction === 'sendonly' || remote.direction === 'inactive'
    if (remote.port !== 0 && remote.address !== '0.0.0.0') {
      this.stream.connect({
        address: remote.address,
        port: remote.port,
        signalling: this.options.leg.server.address,
        codec: payload.codec,
        payloadType: payload.payloadType,
        eventType: remote.eventType,
      })
    }
    this.stream.hold(isHeld)
    return true
  }

  /** The other side changes the session: on hold, off hold, another port. */
  private offered(offer: RemoteSound): string | undefined {
    if (!this.agree(offer) || this.payload === undefined) return undefined
    this.version++
    this.options.log.debug({ call: this.call.id, direction: answeredDirection(offer.direction) }, 'a call was changed')
    return writeAnswer(this.local, offer, this.payload.payloadType)
  }

  private finish(ending: CallEnding): void {
    if (this.isOver) return
    this.isOver = true
    clearTimeout(this.timer)
    this.onEvent({ type: 'ended', ...ending })
    this.stream
      .close()
      .then((stats) => this.options.log.debug({ call: this.call.id, ...ending, ...stats }, 'a call by SIP is over'))
      .catch((error: unknown) => this.options.log.warn({ err: error }, 'the sound of a call was not closed'))
      .finally(() => this.resolve())
  }
}
