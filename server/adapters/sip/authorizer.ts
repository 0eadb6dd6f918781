import type { Challenge, DigestCredentials } from './digest.ts'
import { answerChallenge, chooseChallenge } from './digest.ts'
import { SipHeaders } from './message.ts'
import type { SipRequest, SipResponse } from './message.ts'

interface Known {
  readonly challenge: Challenge
  readonly header: 'Authorization' | 'Proxy-Authorization'
  count: number
}

/** Answers the challenges of one conversation (a call, a registration) with one pair of credentials. */
export class Authorizer {
  private readonly credentials: DigestCredentials | undefined
  private readonly known = new Map<string, Known>()

  constructor(credentials: DigestCredentials | undefined) {
    this.credentials = credentials
  }

  /**
   * Takes a 401 or 407 to a request that carried `sent`; whether sending it again can help: not when these credentials
   * were refused already (RFC 3261, section 22.1), unless only the nonce was too old.
   */
  accept(response: SipResponse, sent: SipRequest): boolean {
    if (this.credentials === undefined) return false
    const isProxy = response.status === 407
    const challenge = chooseChallenge(response.headers.all(isProxy ? 'Proxy-Authenticate' : 'WWW-Authenticate'))
    if (challenge === undefined) return false
    const header = isProxy ? 'Proxy-Authorization' : 'Authorization'
    const key = `${header} ${challenge.realm}`
    const answered = sent.headers.all(header).some((value) => value.includes(`realm="${challenge.realm}"`))
    const before = this.known.get(key)
    if (answered && !challenge.isStale && before?.challenge.nonce !== undefined) return false
    if (answered && before?.challenge.nonce === challenge.nonce) return false
    this.known.set(key, { challenge, header, count: 0 })
    return true
  }

  /** The request with an answer to every challenge met so far. */
  sign(request: SipRequest): SipRequest {
    const { credentials } = this
    if (credentials === undefined || this.known.size === 0) return request
    const plain = request.headers.entries().filter(([name]) => !/^(proxy-)?authorization$/i.test(name))
    const answers = [...this.known.values()].map((one): [string, string] => {
      one.count++
      const { method, uri } = request
      return [one.header, answerChallenge(one.challenge, { method, uri, count: one.count }, credentials)]
    })
    return { ...request, headers: new SipHeaders([...plain, ...answers]) }
  }
}
