import { randomBytes } from 'node:crypto'
import type { Log } from '#kernel/log.ts'
import { parseAddress } from './address.ts'
import type { Authorizer } from './authorizer.ts'
import type { SipAgent } from './agent.ts'
import { SipHeaders } from './message.ts'
import type { SipRequest, SipResponse } from './message.ts'
import type { SipPeer } from './transport.ts'

export interface RegistrationOptions {
  readonly agent: SipAgent
  /** Found anew for each attempt. */
  readonly server: () => Promise<SipPeer>
  /** `sip:example.com` and `sip:user@example.com`. */
  readonly registrar: string
  readonly address: string
  readonly authorizer: Authorizer
  readonly expiresSeconds: number
  readonly log: Log
}

/** Keeps us registered, as a telephone does (RFC 3261, section 10). */
export interface Registration {
  start(): void
  /** Why we are not registered; undefined while we are. */
  readonly trouble: string | undefined
  /** Takes the registration back, or gives up after a few seconds. */
  stop(): Promise<void>
}

const RETRY_MS = 30_000
const UNREGISTER_MS = 2_000
const MOST_CHALLENGES = 3

/** A registration that renews itself well before its end, and tries again when it fails. */
export function createRegistration(options: RegistrationOptions): Registration {
  const { agent, registrar, address, authorizer, log } = options
  const callId = randomBytes(16).toString('hex')
  const tag = randomBytes(8).toString('hex')
  let number = 0
  let expires = options.expiresSeconds
  let timer: NodeJS.Timeout | undefined
  let trouble: string | undefined = 'not registered yet'
  let isStopped = false

  const send = async (seconds: number, challenges: number): Promise<SipResponse> => {
    const server = await options.server()
    const { via, contact } = await agent.addressTo(server)
    number++
    const request: SipRequest = authorizer.sign({
      method: 'REGISTER',
      uri: registrar,
      headers: new SipHeaders([
        ['Max-Forwards', '70'],
        ['From', `<${address}>;tag=${tag}`],
        ['To', `<${address}>`],
        ['Call-ID', callId],
        ['CSeq', `${number} REGISTER`],
        ['Contact', `${contact};expires=${seconds}`],
        ['Expires', String(seconds)],
        ['User-Agent', 'Confab'],
      ]),
      body: '',
    })
    const response = await new Promise<SipResponse>((resolve, reject) => {
      agent.send(request, via, server, {
        onResponse: (one) => one.status >= 200 && resolve(one),
        onFailure: (why) => reject(new Error(why === 'timeout' ? 'no answer' : 'cannot be reached')),
      })
    })
    const { status } = response
    if ((status === 401 || status === 407) && challenges < MOST_CHALLENGES && authorizer.accept(response, request)) {
      return send(seconds, challenges + 1)
    }
    const least = Number(response.headers.get('Min-Expires'))
    if (status === 423 && challenges < MOST_CHALLENGES && least > seconds && least < 86_400) {
      expires = least
      return send(least, challenges + 1)
    }
    return response
  }

  const renew = async (): Promise<void> => {
    let wait = RETRY_MS
    try {
      const response = await send(expires, 0)
      if (response.status >= 300) throw new Error(`${response.status} ${response.reason}`)
      if (trouble !== undefined) log.info({ registrar }, 'registered at the SIP server')
      trouble = undefined
      wait = grantedSeconds(response, expires) * 800
    } catch (error) {
      const why = (error as Error).message
      if (trouble !== why) log.warn({ registrar, why }, 'registering at the SIP server failed')
      trouble = why
    }
    if (!isStopped) timer = setTimeout(() => void renew(), wait)
  }

  return {
    start: () => void renew(),
    get trouble() {
      return trouble
    },
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      if (trouble !== undefined) return
      let late: NodeJS.Timeout | undefined
      const deadline = new Promise<void>((resolve) => (late = setTimeout(resolve, UNREGISTER_MS)))
      await Promise.race([send(0, 0).catch(() => {}), deadline])
      clearTimeout(late)
    },
  }
}

/** For how long we are registered: said of our contact, or of all. */
function grantedSeconds(response: SipResponse, asked: number): number {
  const contacts = response.headers.all('Contact').map((one) => Number(parseAddress(one).params.get('expires')))
  const granted = contacts.find((one) => one > 0) ?? Number(response.headers.get('Expires') ?? asked)
  return granted > 0 && granted < 86_400 ? granted : asked
}
