import { randomBytes } from 'node:crypto'
import { ALLOWED } from './agent.ts'
import type { SipAgent } from './agent.ts'
import type { Authorizer } from './authorizer.ts'
import type { ClientTransaction } from './client-transaction.ts'
import { SipDialog } from './dialog.ts'
import { SipHeaders, SipSyntaxError } from './message.ts'
import type { SipRequest, SipResponse } from './message.ts'
import { endingOfSilence, endingOfStatus } from './outcomes.ts'
import type { CallEnding } from './outcomes.ts'
import type { SipPeer } from './transport.ts'

/** How we are reached and who we say we are, on one call. */
export interface CallLeg {
  readonly agent: SipAgent
  /** The trunk or proxy that every call goes through. */
  readonly server: SipPeer
  readonly via: string
  readonly contact: string
  readonly authorizer: Authorizer
}

export interface InviteHandlers {
  /** 180 and 183: the telephone rings, or something is to be heard already. */
  readonly onRinging: (code: number) => void
  /** A 2xx: whoever takes it acknowledges it, and says how again when it is repeated. */
  readonly onAccepted: (dialog: SipDialog, response: SipResponse) => void
  /** The 2xx of a dialog that was accepted, once more: its ACK was lost. */
  readonly onRepeated: (dialog: SipDialog) => void
  readonly onEnded: (ending: CallEnding) => void
}

const MOST_ATTEMPTS = 4

/** Sends an INVITE and sees it through: challenges, session intervals, forks, and being called off. */
export function sendInvite(
  leg: CallLeg,
  call: { to: string; from: string; offer: string; sessionSeconds: number },
  handlers: InviteHandlers,
): { readonly callId: string; cancel(): void } {
  const { agent, server, via, authorizer } = leg
  const callId = randomBytes(16).toString('hex')
  const localTag = randomBytes(8).toString('hex')
  const dialogs = new Map<string, SipDialog>()
  let number = 0
  let least: string | undefined
  let transaction: ClientTransaction | undefined
  let wasHeard = false
  let isCanceled = false
  let isCancelSent = false
  let isOver = false
  let giveUp: NodeJS.Timeout | undefined

  const end = (ending: CallEnding): void => {
    if (isOver) return
    isOver = true
    clearTimeout(giveUp)
    handlers.onEnded(isCanceled ? { ...ending, outcome: 'canceled' } : ending)
  }

  const attempt = (): void => {
    number++
    wasHeard = false
    isCancelSent = false
    const request = authorizer.sign(build())
    transaction = agent.send(request, via, server, {
      onResponse: (response) => receive(request, response),
      onFailure: (why) => end(endingOfSilence(why)),
    })
  }

  const build = (): SipRequest => ({
    method: 'INVITE',
    uri: call.to,
    headers: new SipHeaders([
      ['Max-Forwards', '70'],
      ['From', `${call.from};tag=${localTag}`],
      ['To', `<${call.to}>`],
      ['Call-ID', callId],
      ['CSeq', `${number} INVITE`],
      ['Contact', leg.contact],
      ['Allow', ALLOWED],
      ['Supported', 'timer'],
      ['Session-Expires', `${Math.max(call.sessionSeconds, Number(least ?? 0))}`],
      ...(least === undefined ? [] : [['Min-SE', least] as const]),
      ['User-Agent', 'Confab'],
      ['Content-Type', 'application/sdp'],
    ]),
    body: call.offer,
  })

  const receive = (request: SipRequest, response: SipResponse): void => {
    const { status } = response
    if (status < 200) return provisional(status)
    if (status < 300) return accepted(request, response)
    if (isOver) return
    const canRetry = !isCanceled && number < MOST_ATTEMPTS
    if ((status === 401 || status === 407) && canRetry && authorizer.accept(response, request)) return attempt()
    const minimum = response.headers.get('Min-SE')
    if (status === 422 && canRetry && minimum !== undefined && /^\d{1,6}$/.test(minimum) && minimum !== least) {
      least = minimum
      return attempt()
    }
    end(endingOfStatus(status))
  }

  const provisional = (status: number): void => {
    wasHeard = true
    if (isCanceled) return sendCancel()
    if (!isOver && (status === 180 || status === 183)) handlers.onRinging(status)
  }

  const accepted = (request: SipRequest, response: SipResponse): void => {
    let dialog: SipDialog
    try {
      dialog = new SipDialog(request, response)
    } catch (error) {
      if (!(error instanceof SipSyntaxError)) throw error
      return end({ outcome: 'failed', reason: 'protocol_error', code: response.status })
    }
    const known = dialogs.get(dialog.remoteTag)
    if (known !== undefined) return handlers.onRepeated(known)
    dialogs.set(dialog.remoteTag, dialog)
    // Somebody else answered first, or the call was called off while the answer was on its way.
    if (isOver || isCanceled) {
      void hangUp(leg, dialog, number)
      return end({ outcome: 'canceled' })
    }
    isOver = true
    clearTimeout(giveUp)
    handlers.onAccepted(dialog, response)
  }

  const sendCancel = (): void => {
    if (isCancelSent || transaction === undefined) return
    isCancelSent = true
    agent.cancel(transaction, server, { onResponse: () => {}, onFailure: () => {} })
    // A 487 must follow; where none does, the call is over for us all the same.
    giveUp = setTimeout(() => end({ outcome: 'canceled' }), 64 * agent.timers.t1)
  }

  attempt()
  return {
    callId,
    cancel: () => {
      if (isOver || isCanceled) return
      isCanceled = true
      // Only what was heard of can be cancelled; the rest waits for a first answer, or runs out (section 9.1).
      if (wasHeard) sendCancel()
    },
  }
}

/** Acknowledges an answer that nobody wants, and hangs up. */
async function hangUp(leg: CallLeg, dialog: SipDialog, number: number): Promise<void> {
  const { agent, server, via } = leg
  agent.acknowledge(dialog.request('ACK', { number }), via, server)
  agent.send(dialog.request('BYE'), via, server, { onResponse: () => {}, onFailure: () => {} })
}
