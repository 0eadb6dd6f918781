import { parseAddress, parseCSeq, parseUri } from './address.ts'
import { SipHeaders, SipSyntaxError } from './message.ts'
import type { SipRequest, SipResponse } from './message.ts'

/** What two ends know of the call between them (RFC 3261, section 12), seen from the one that called. */
export class SipDialog {
  readonly callId: string
  readonly localTag: string
  readonly remoteTag: string
  private readonly local: string
  private readonly remote: string
  private readonly routes: readonly string[]
  private target: string
  private localNumber: number
  private remoteNumber = -1

  /** @throws SipSyntaxError when the response cannot make one: no tag, no Contact */
  constructor(invite: SipRequest, response: SipResponse) {
    this.local = invite.headers.get('From') ?? ''
    this.remote = response.headers.get('To') ?? ''
    this.callId = invite.headers.get('Call-ID') ?? ''
    this.localTag = parseAddress(this.local).params.get('tag') ?? ''
    const tag = parseAddress(this.remote).params.get('tag')
    if (tag === undefined || tag === '') throw new SipSyntaxError('an answer without a tag')
    this.remoteTag = tag
    // In reverse, as the caller sees them (section 12.1.2).
    this.routes = response.headers.all('Record-Route').toReversed()
    this.target = targetOf(response)
    this.localNumber = parseCSeq(invite.headers.get('CSeq') ?? '').number
  }

  /** The URI that the next hop is found by: the first route, else the other end (section 8.1.2). */
  get nextHop(): string {
    const [first] = this.routes
    return first === undefined ? this.target : parseAddress(first).uri
  }

  /** A new request within the dialog. An ACK has the number of the INVITE it is for. */
  request(
    method: string,
    options: { number?: number; headers?: readonly (readonly [string, string])[]; body?: string } = {},
  ): SipRequest {
    const number = options.number ?? ++this.localNumber
    const [first] = this.routes
    // A first route without `lr` is an old proxy that wants to be the target itself (section 12.2.1.1).
    const isStrict = first !== undefined && !parseUri(parseAddress(first).uri).params.has('lr')
    const routes = isStrict ? [...this.routes.slice(1), `<${this.target}>`] : this.routes
    return {
      method,
      uri: isStrict ? parseAddress(first).uri : this.target,
      headers: new SipHeaders([
        ...routes.map((route): [string, string] => ['Route', route]),
        ['Max-Forwards', '70'],
        ['From', this.local],
        ['To', this.remote],
        ['Call-ID', this.callId],
        ['CSeq', `${number} ${method}`],
        ...(options.headers ?? []),
      ]),
      body: options.body ?? '',
    }
  }

  /** The number of the last request of ours. */
  get lastNumber(): number {
    return this.localNumber
  }

  /** Whether a request of the other side comes in order; late ones are refused (section 12.2.2). */
  accepts(request: SipRequest): boolean {
    const { number } = parseCSeq(request.headers.get('CSeq') ?? '')
    if (number <= this.remoteNumber) return false
    this.remoteNumber = number
    return true
  }

  /** A re-INVITE or UPDATE, or the answer to ours, may move the other end. */
  refresh(message: SipRequest | SipResponse): void {
    if (message.headers.get('Contact') !== undefined) this.target = targetOf(message)
  }
}

function targetOf(message: SipRequest | SipResponse): string {
  const contact = message.headers.all('Contact')[0]
  if (contact === undefined) throw new SipSyntaxError('no Contact')
  const { uri } = parseAddress(contact)
  parseUri(uri)
  return uri
}
