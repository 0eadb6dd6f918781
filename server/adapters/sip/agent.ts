import { randomBytes } from 'node:crypto'
import type { Log } from '#kernel/log.ts'
import { parseAddress, parseCSeq, parseVia } from './address.ts'
import { startInvite, startRequest } from './client-transaction.ts'
import type { ClientTransaction, SipTimers } from './client-transaction.ts'
import { SipHeaders, SipSyntaxError, isResponse, writeMessage } from './message.ts'
import type { SipMessage, SipRequest, SipResponse } from './message.ts'
import { answerTo } from './answers.ts'
import { createServerTransaction } from './server-transaction.ts'
import type { ServerTransaction } from './server-transaction.ts'
import type { SipPeer, SipTransport } from './transport.ts'
import { createWays } from './way.ts'
import type { Way } from './way.ts'

/** What the other side may ask of us. */
export const ALLOWED = 'INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO'

/** Takes requests of one dialog. */
export interface DialogHandler {
  /** Answers by `respond`, once finally. */
  request(request: SipRequest, respond: (response: SipResponse) => void): void
  /** The ACK to a 2xx of ours. */
  acknowledged(ack: SipRequest): void
  /** No ACK came to a 2xx of ours. */
  unacknowledged(): void
}

export interface ResponseHandlers {
  readonly onResponse: (response: SipResponse) => void
  readonly onFailure: (why: 'timeout' | 'transport') => void
}

/** The transactions and dialogs of one transport: what SIP calls a user agent core. */
export interface SipAgent {
  readonly transport: SipTransport
  readonly timers: SipTimers
  /** `Via` without its branch, and `Contact`, as `peer` reaches us. */
  addressTo(peer: SipPeer): Promise<{ via: string; contact: string; host: string }>
  /** Sends a request in a transaction of its own; the branch is added. */
  send(request: SipRequest, via: string, peer: SipPeer, handlers: ResponseHandlers): ClientTransaction
  /** Cancels an INVITE that has been answered provisionally (RFC 3261, section 9.1). */
  cancel(invite: ClientTransaction, peer: SipPeer, handlers: ResponseHandlers): void
  /** Sends an ACK to a 2xx: no transaction, nothing comes back. */
  acknowledge(ack: SipRequest, via: string, peer: SipPeer): void
  /** Requests of this dialog go to `handler` until the function it returns is called. */
  dialog(id: { callId: string; localTag: string; remoteTag: string }, handler: DialogHandler): () => void
  start(): Promise<void>
  close(): Promise<void>
}

/** Transactions that wait at once; beyond it new requests are refused, so that a flood takes no memory. */
const MOST_SERVER_TRANSACTIONS = 10_000

/** The core over one transport. */
export function createSipAgent(options: {
  transport: SipTransport
  /** Makes what carries messages that are too large for `transport`, at the same port. */
  large?: (port: number) => SipTransport
  timers: SipTimers
  log: Log
  user: string
  /** Our address as the other side reaches it, where it is not the one we have. */
  publicHost: string | undefined
}): SipAgent {
  const { transport, timers, log, user, publicHost } = options
  const clients = new Map<string, ClientTransaction>()
  const servers = new Map<string, ServerTransaction>()
  const dialogs = new Map<string, DialogHandler>()
  let large: SipTransport | undefined
  const ways = createWays(transport, () => large, log)
  /** A request is cancelled the way it went. */
  const wayOf = new WeakMap<ClientTransaction, Way>()

  const transact = (
    request: SipRequest,
    way: Way,
    handlers: ResponseHandlers,
    begin: typeof startInvite,
    branch: string,
  ): ClientTransaction => {
    const key = `${branch} ${request.method}`
    const transaction = begin({
      request,
      timers,
      isReliable: () => way.isReliable(),
      send: (bytes) => way.send(bytes),
      ...handlers,
      onGone: () => clients.delete(key),
    })
    clients.set(key, transaction)
    wayOf.set(transaction, way)
    return transaction
  }

  const receiveResponse = (response: SipResponse): void => {
    // A response with more than one Via was meant for somebody else (RFC 3261, section 8.1.3.3).
    const [via, ...others] = response.headers.all('Via')
    if (via === undefined || others.length > 0) return
    const { method } = parseCSeq(response.headers.get('CSeq') ?? '')
    clients.get(`${parseVia(via).params.get('branch') ?? ''} ${method}`)?.receive(response)
  }

  const receiveRequest = (request: SipRequest, from: SipPeer, over: SipTransport): void => {
    const via = parseVia(request.headers.all('Via')[0] ?? '')
    const { method } = parseCSeq(request.headers.get('CSeq') ?? '')
    if (method !== request.method) throw new SipSyntaxError('CSeq names another method')
    const base = `${via.params.get('branch') ?? ''} ${via.host} ${via.port ?? ''}`
    if (request.method === 'ACK') {
      const known = servers.get(`${base} INVITE`)
      if (known !== undefined) return known.acknowledged()
      return acknowledge(request)
    }
    const key = `${base} ${request.method}`
    const again = servers.get(key)
    if (again !== undefined) return again.repeated()
    if (servers.size >= MOST_SERVER_TRANSACTIONS) return

    // To where it came from, unless the sender wants it at the port it names (RFC 3261, section 18.2.2, and RFC 3581).
    const port = over.isReliable || via.params.has('rport') ? from.port : (via.port ?? 5060)
    const transaction = createServerTransaction({
      request,
      timers,
      send: (bytes) => over.send(bytes, { address: from.address, port }),
      onUnacknowledged: () => dialogs.get(dialogKey(request))?.unacknowledged(),
      onGone: () => servers.delete(key),
    })
    servers.set(key, transaction)
    answer(request, base, transaction, from)
  }

  const answer = (request: SipRequest, base: string, transaction: ServerTransaction, from: SipPeer): void => {
    const say = (status: number, reason: string, more: readonly (readonly [string, string])[] = []): void =>
      transaction.respond(answerTo(request, { status, reason, headers: more, from }))
    if (request.method === 'CANCEL') {
      // Ours are all answered at once, so there is nothing left to cancel.
      return servers.has(`${base} INVITE`) ? say(200, 'OK') : say(481, 'Call/Transaction Does Not Exist')
    }
    const dialog = dialogs.get(dialogKey(request))
    if (request.method === 'OPTIONS') {
      return say(200, 'OK', [
        ['Allow', ALLOWED],
        ['Accept', 'application/sdp'],
        ['Supported', 'timer'],
      ])
    }
    if (dialog !== undefined) {
      return dialog.request(request, (response) => transaction.respond(response))
    }
    if (parseAddress(request.headers.get('To') ?? '').params.has('tag')) {
      return say(481, 'Call/Transaction Does Not Exist')
    }
    if (request.method === 'INVITE') return say(480, 'Temporarily Unavailable')
    say(405, 'Method Not Allowed', [['Allow', ALLOWED]])
  }

  /** An ACK to a 2xx has a branch of its own: it is known by its dialog and its number. */
  const acknowledge = (ack: SipRequest): void => {
    const { number } = parseCSeq(ack.headers.get('CSeq') ?? '')
    for (const transaction of servers.values()) {
      const { request } = transaction
      if (request.method !== 'INVITE' || request.headers.get('Call-ID') !== ack.headers.get('Call-ID')) continue
      if (parseCSeq(request.headers.get('CSeq') ?? '').number === number) transaction.acknowledged()
    }
    dialogs.get(dialogKey(ack))?.acknowledged(ack)
  }

  const onMessage = (message: SipMessage, from: SipPeer, over: SipTransport): void => {
    try {
      if (isResponse(message)) receiveResponse(message)
      else receiveRequest(message, from, over)
    } catch (error) {
      if (!(error instanceof SipSyntaxError)) log.error({ err: error }, 'a SIP message could not be handled')
      else log.debug({ from, why: error.message }, 'a SIP message makes no sense')
    }
  }

  const withVia = (request: SipRequest, via: string, branch: string): SipRequest => ({
    ...request,
    headers: new SipHeaders([['Via', `${via};branch=${branch};rport`], ...request.headers.entries()]),
  })
  const wayFor = (request: SipRequest, via: string, peer: SipPeer, branch: string): Way => {
    const hop = request.headers.all('Route')[0] ?? request.uri
    return ways.of(peer, writeMessage(withVia(request, via, branch)).length, /;transport=tcp\b/i.test(hop))
  }
  // The magic cookie says that a branch is unique (RFC 3261, section 8.1.1.7).
  const freshBranch = (): string => `z9hG4bK${randomBytes(12).toString('hex')}`

  return {
    transport,
    timers,
    addressTo: async (peer) => {
      const host = bracketed(publicHost ?? (await transport.localAddressTo(peer)))
      const parameter = transport.name === 'UDP' ? '' : `;transport=${transport.name.toLowerCase()}`
      return {
        host,
        via: `SIP/2.0/${transport.name} ${host}:${transport.port}`,
        contact: `<sip:${user}@${host}:${transport.port}${parameter}>`,
      }
    },
    send: (request, via, peer, handlers) => {
      const branch = freshBranch()
      const begin = request.method === 'INVITE' ? startInvite : startRequest
      const way = wayFor(request, via, peer, branch)
      return transact(withVia(request, way.viaOf(via), branch), way, handlers, begin, branch)
    },
    cancel: (invite, peer, handlers) => {
      const { request } = invite
      const [number] = (request.headers.get('CSeq') ?? '').split(' ')
      const kept = request.headers
        .entries()
        .filter(([name]) => /^(via|from|to|call-id|route|max-forwards)$/i.test(name))
      const cancel = {
        method: 'CANCEL',
        uri: request.uri,
        headers: new SipHeaders([...kept, ['CSeq', `${number} CANCEL`]]),
        body: '',
      }
      const branch = parseVia(request.headers.get('Via') ?? '').params.get('branch') ?? ''
      transact(cancel, wayOf.get(invite) ?? ways.of(peer, 0), handlers, startRequest, branch)
    },
    acknowledge: (ack, via, peer) => {
      const branch = freshBranch()
      const way = wayFor(ack, via, peer, branch)
      way
        .send(writeMessage(withVia(ack, way.viaOf(via), branch)))
        .catch((error: unknown) => log.warn({ err: error }, 'an ACK was not sent'))
    },
    dialog: ({ callId, localTag, remoteTag }, handler) => {
      const key = `${callId} ${localTag} ${remoteTag}`
      dialogs.set(key, handler)
      return () => {
        if (dialogs.get(key) === handler) dialogs.delete(key)
      }
    },
    start: async () => {
      await transport.start((message, from) => onMessage(message, from, transport))
      const other = options.large?.(transport.port)
      if (other === undefined) return
      try {
        await other.start((message, from) => onMessage(message, from, other))
        large = other
      } catch (error) {
        log.warn({ err: error, port: transport.port }, 'large SIP messages go by UDP: our TCP port is taken')
      }
    },
    close: async () => {
      for (const transaction of [...clients.values(), ...servers.values()]) transaction.end()
      dialogs.clear()
      await transport.close()
      await large?.close()
    },
  }
}

/** The dialog a request from the other side belongs to: our tag is in its To. */
function dialogKey(request: SipRequest): string {
  const local = parseAddress(request.headers.get('To') ?? '').params.get('tag') ?? ''
  const remote = parseAddress(request.headers.get('From') ?? '').params.get('tag') ?? ''
  return `${request.headers.get('Call-ID') ?? ''} ${local} ${remote}`
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
