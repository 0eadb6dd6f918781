import { randomBytes } from 'node:crypto'
import { parseAddress, parseVia } from './address.ts'
import { SipHeaders } from './message.ts'
import type { SipRequest, SipResponse } from './message.ts'
import type { SipPeer } from './transport.ts'

/** What is said to a request. */
export interface Answer {
  readonly status: number
  readonly reason: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: string
  /** From where the request came, noted in its Via (RFC 3261, section 18.2.1, and RFC 3581). */
  readonly from?: SipPeer
}

/** A response to a request: its Vias, From, To, Call-ID, CSeq and Record-Routes, copied (RFC 3261, section 8.2.6.2). */
export function answerTo(request: SipRequest, answer: Answer): SipResponse {
  const { headers } = request
  const to = headers.get('To') ?? ''
  const tagged = parseAddress(to).params.has('tag') ? to : `${to};tag=${randomBytes(6).toString('hex')}`
  const vias = headers.all('Via').map((via, at) => (at === 0 && answer.from ? markedVia(via, answer.from) : via))
  const copied: [string, string][] = [
    ...vias.map((via): [string, string] => ['Via', via]),
    ...headers.all('Record-Route').map((route): [string, string] => ['Record-Route', route]),
    ['From', headers.get('From') ?? ''],
    ['To', tagged],
    ['Call-ID', headers.get('Call-ID') ?? ''],
    ['CSeq', headers.get('CSeq') ?? ''],
  ]
  return {
    status: answer.status,
    reason: answer.reason,
    headers: new SipHeaders([...copied, ...(answer.headers ?? [])]),
    body: answer.body ?? '',
  }
}

function markedVia(via: string, from: SipPeer): string {
  const { params, host } = parseVia(via)
  const received = host === from.address ? '' : `;received=${from.address}`
  const marked = params.has('rport') ? via.replace(/;\s*rport(=\d*)?(?=;|$)/i, `;rport=${from.port}`) : via
  return params.has('received') ? marked : marked + received
}
