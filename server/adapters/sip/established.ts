import { parseCSeq } from './address.ts'
import { ALLOWED } from './agent.ts'
import { answerTo } from './answers.ts'
import type { SipDialog } from './dialog.ts'
import type { CallLeg } from './invite.ts'
import { SipSyntaxError } from './message.ts'
import type { SipRequest, SipResponse } from './message.ts'
import { resolvePeer } from './resolve.ts'
import { parseSdp } from './sdp.ts'
import type { RemoteSound } from './sdp.ts'
import { SessionTimer, agreementOf } from './session-timer.ts'
import type { SessionAgreement } from './session-timer.ts'
import type { SipPeer } from './transport.ts'

export interface EstablishedHandlers {
  /** The other side offers; the answer to it, or undefined where nothing fits. */
  readonly onOffer: (offer: RemoteSound) => string | undefined
  /** The other side answered an offer of ours. */
  readonly onAnswer: (answer: RemoteSound) => void
  /** What we would offer now. */
  readonly offer: () => string
  /** A key, told by INFO. */
  readonly onKey: (key: string) => void
  readonly onEnded: (why: 'by_remote' | 'expired' | 'lost') => void
}

const RETRY_GLARE_MS = 2_100

/** A call that was answered: requests both ways until one side hangs up. */
export class EstablishedCall {
  private readonly leg: CallLeg
  private readonly dialog: SipDialog
  private readonly handlers: EstablishedHandlers
  private readonly leastSeconds: number
  private readonly timer: SessionTimer
  private readonly leave: () => void
  private readonly inviteNumber: number
  /** What the session is to last between two refreshes. */
  private sessionSeconds: number
  private isOver = false
  private isOffering = false
  private glare: NodeJS.Timeout | undefined

  /** Takes the first 2xx and acknowledges it. `leastSeconds`: sessions shorter than this are stretched to it. */
  constructor(
    leg: CallLeg,
    first: { dialog: SipDialog; response: SipResponse; leastSeconds: number },
    handlers: EstablishedHandlers,
  ) {
    this.leg = leg
    this.dialog = first.dialog
    this.handlers = handlers
    this.leastSeconds = first.leastSeconds
    this.inviteNumber = parseCSeq(first.response.headers.get('CSeq') ?? '').number
    this.timer = new SessionTimer({ refresh: () => this.refresh(), expired: () => this.hangUp('expired') })
    this.leave = leg.agent.dialog(first.dialog, {
      request: (request, respond) => this.receive(request, respond),
      acknowledged: (ack) => this.acknowledged(ack),
      unacknowledged: () => this.hangUp('lost'),
    })
    this.sessionSeconds = this.leastSeconds
    this.acknowledge(this.inviteNumber)
    this.agree(agreementOf(first.response, true, this.leastSeconds))
  }

  /** Sends the ACK again, because the answer came again. */
  acknowledgeAgain(): void {
    this.acknowledge(this.inviteNumber)
  }

  /** Hangs up; with a reason, whoever listens is told that it was not our wish. */
  hangUp(why?: 'expired' | 'lost'): void {
    if (this.isOver) return
    this.close()
    this.send('BYE', {}, { onResponse: () => {}, onFailure: () => {} })
    if (why !== undefined) this.handlers.onEnded(why)
  }

  private agree(agreement: SessionAgreement | undefined): void {
    if (agreement !== undefined) this.sessionSeconds = agreement.seconds
    this.timer.set(agreement)
  }

  private close(): void {
    this.isOver = true
    this.timer.stop()
    clearTimeout(this.glare)
    this.leave()
  }

  private acknowledge(number: number): void {
    const ack = this.dialog.request('ACK', { number })
    this.withPeer((peer) => this.leg.agent.acknowledge(ack, this.leg.via, peer))
  }

  private withPeer(work: (peer: SipPeer) => void): void {
    resolvePeer(this.dialog.nextHop, this.leg.agent.transport.name).then(work, () => work(this.leg.server))
  }

  /** Sends a request of the dialog, again with credentials where it is challenged. */
  private send(
    method: string,
    content: { headers?: readonly (readonly [string, string])[]; body?: string },
    handlers: { onResponse: (response: SipResponse) => void; onFailure: () => void },
  ): void {
    const { agent, via, authorizer } = this.leg
    const request = authorizer.sign(this.dialog.request(method, content))
    this.withPeer((peer) =>
      agent.send(request, via, peer, {
        onFailure: handlers.onFailure,
        onResponse: (response) => {
          const isChallenge = response.status === 401 || response.status === 407
          if (isChallenge && authorizer.accept(response, request)) return this.send(method, content, handlers)
          handlers.onResponse(response)
        },
      }),
    )
  }

  /** A re-INVITE with the session as it is, before it runs out. */
  private refresh(): void {
    if (this.isOver) return
    this.isOffering = true
    const headers: [string, string][] = [
      ['Contact', this.leg.contact],
      ['Supported', 'timer'],
      ['Session-Expires', `${this.sessionSeconds};refresher=uac`],
      ['Allow', ALLOWED],
      ['Content-Type', 'application/sdp'],
    ]
    this.send(
      'INVITE',
      { headers, body: this.handlers.offer() },
      { onResponse: (response) => this.refreshed(response), onFailure: () => this.hangUp('lost') },
    )
  }

  private refreshed(response: SipResponse): void {
    if (response.status < 200) return
    this.isOffering = false
    if (response.status === 491) {
      // Both sides offered at once; the one that made the call waits longer (RFC 3261, section 14.1).
      this.glare = setTimeout(() => this.refresh(), RETRY_GLARE_MS + Math.random() * 1_900)
      return
    }
    if (response.status >= 300)
      return this.hangUp(response.status === 408 || response.status === 481 ? 'lost' : 'expired')
    this.acknowledge(parseCSeq(response.headers.get('CSeq') ?? '').number)
    if (this.isOver) return
    this.dialog.refresh(response)
    this.agree(agreementOf(response, true, this.leastSeconds))
    if (response.body !== '') this.handlers.onAnswer(parseSdp(response.body))
  }

  private receive(request: SipRequest, respond: (response: SipResponse) => void): void {
    const say = (status: number, reason: string, headers: readonly (readonly [string, string])[] = [], body = '') =>
      respond(answerTo(request, { status, reason, headers, body }))
    if (!this.dialog.accepts(request)) return say(500, 'Server Internal Error')
    switch (request.method) {
      case 'BYE':
        say(200, 'OK')
        if (this.isOver) return
        this.close()
        return this.handlers.onEnded('by_remote')
      case 'INVITE':
      case 'UPDATE':
        if (this.isOffering) return say(491, 'Request Pending')
        return this.takeOffer(request, say)
      case 'INFO':
        this.takeInfo(request)
        return say(200, 'OK')
      default:
        return say(405, 'Method Not Allowed', [['Allow', ALLOWED]])
    }
  }

  private takeOffer(
    request: SipRequest,
    say: (status: number, reason: string, headers?: readonly (readonly [string, string])[], body?: string) => void,
  ): void {
    let answer: string | undefined
    try {
      // Without a description of theirs, the offer is ours and the answer comes with the ACK.
      answer = request.body === '' ? this.handlers.offer() : this.handlers.onOffer(parseSdp(request.body))
      this.dialog.refresh(request)
    } catch (error) {
      if (!(error instanceof SipSyntaxError)) throw error
      return say(400, 'Bad Request')
    }
    if (answer === undefined) return say(488, 'Not Acceptable Here')
    const agreement = agreementOf(request, false, this.leastSeconds)
    this.agree(agreement)
    const isBare = request.method === 'UPDATE' && request.body === ''
    say(
      200,
      'OK',
      [
        ['Contact', this.leg.contact],
        ['Allow', ALLOWED],
        ['Supported', 'timer'],
        ...(agreement === undefined
          ? []
          : [['Session-Expires', `${agreement.seconds};refresher=${agreement.isOurs ? 'uas' : 'uac'}`] as const]),
        ...(isBare ? [] : [['Content-Type', 'application/sdp'] as const]),
      ],
      isBare ? '' : answer,
    )
  }

  private acknowledged(ack: SipRequest): void {
    if (ack.body === '') return
    try {
      this.handlers.onAnswer(parseSdp(ack.body))
    } catch (error) {
      if (!(error instanceof SipSyntaxError)) throw error
      this.hangUp('lost')
    }
  }

  /** Keys as some gateways still send them: `Signal=5`. */
  private takeInfo(request: SipRequest): void {
    if (!/^application\/dtmf(-relay)?\b/i.test(request.headers.get('Content-Type') ?? '')) return
    const key = /^(?:Signal\s*=\s*)?([0-9*#A-D])\s*$/im.exec(request.body)?.[1]
    if (key !== undefined) this.handlers.onKey(key)
  }
}
