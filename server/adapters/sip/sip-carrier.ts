import type { Carrier } from '#domains/calls/ports.ts'
import { Fault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import { createSipAgent } from './agent.ts'
import { parseUri } from './address.ts'
import { Authorizer } from './authorizer.ts'
import { SIP_TIMERS } from './client-transaction.ts'
import type { SipTimers } from './client-transaction.ts'
import { createRegistration } from './registration.ts'
import type { Registration } from './registration.ts'
import { resolvePeer } from './resolve.ts'
import { createMediaHost } from './rtp/host.ts'
import { LEAST_SESSION_SECONDS } from './session-timer.ts'
import { startSipCall } from './sip-call.ts'
import { createStreamTransport } from './transport-stream.ts'
import { createUdpTransport } from './transport-udp.ts'
import type { SipPeer, SipTransport } from './transport.ts'

/** How a SIP server is reached and who we are there. */
export interface SipSettings {
  /** `sip.example.com`, `10.0.0.5:5080`. */
  readonly server: string
  readonly transport: 'udp' | 'tcp' | 'tls'
  /** The domain in addresses, where it is not the server. */
  readonly domain: string | undefined
  readonly user: string
  readonly authUser: string | undefined
  readonly password: string | undefined
  readonly callerId: string | undefined
  readonly register: boolean
  /** Where our sockets are bound. */
  readonly host: string
  readonly port: number
  readonly publicHost: string | undefined
  readonly rtpPortMin: number
  readonly rtpPortMax: number
  readonly tlsVerify: boolean
  /** A certificate authority of one's own, as PEM. */
  readonly tlsCa?: string
}

/** Shorter times for tests. */
export interface SipTimes {
  readonly timers: SipTimers
  /** What we ask sessions to last between two refreshes, and the least we accept. */
  readonly sessionSeconds: number
  readonly leastSessionSeconds: number
}

const TIMES: SipTimes = { timers: SIP_TIMERS, sessionSeconds: 1_800, leastSessionSeconds: LEAST_SESSION_SECONDS }
const REGISTER_SECONDS = 600
/** How long hanging up may take when the process stops. */
const STOP_MS = 1_000
/** A side that takes no TCP and does not say so must not keep a call waiting for long. */
const LARGE_CONNECT_MS = 3_000

/** Calls over a SIP trunk, or as a telephone of a SIP server. */
export function createSipCarrier(
  settings: SipSettings,
  { log, times = TIMES }: { log: Log; times?: SipTimes },
): Carrier & { readonly trouble: string | undefined } {
  const serverUri = `sip:${settings.server}`
  const { host: serverHost, port: serverPort } = parseUri(serverUri)
  const domain = settings.domain ?? (serverPort === undefined ? serverHost : `${serverHost}:${serverPort}`)
  const transport = transportOf(settings, serverHost, log)
  const agent = createSipAgent({
    transport,
    // What is too large for a datagram goes over TCP, at the same port (RFC 3261, section 18.1.1).
    ...(settings.transport === 'udp' && {
      large: (port: number) => createStreamTransport({ host: settings.host, port, log, connectMs: LARGE_CONNECT_MS }),
    }),
    timers: times.timers,
    log,
    user: settings.user,
    publicHost: settings.publicHost,
  })
  const media = createMediaHost({
    host: settings.host,
    portMin: settings.rtpPortMin,
    portMax: settings.rtpPortMax,
    log,
  })
  const { password } = settings
  const credentials = password === undefined ? undefined : { user: settings.authUser ?? settings.user, password }
  const findServer = (): Promise<SipPeer> => resolvePeer(serverUri, transport.name)
  const running = new Set<{ hangup(): void; readonly done: Promise<void> }>()
  let registration: Registration | undefined

  return {
    name: 'sip',
    get trouble() {
      return registration?.trouble
    },
    start: async () => {
      await agent.start()
      if (!settings.register) return
      registration = createRegistration({
        agent,
        server: findServer,
        registrar: `sip:${domain}`,
        address: `sip:${settings.user}@${domain}`,
        authorizer: new Authorizer(credentials),
        expiresSeconds: REGISTER_SECONDS,
        log,
      })
      registration.start()
    },
    place: async (call, onEvent) => {
      try {
        const server = await findServer()
        const { via, contact, host } = await agent.addressTo(server)
        const parameter = settings.transport === 'udp' ? '' : `;transport=${settings.transport}`
        const one = await startSipCall(
          call,
          {
            leg: { agent, server, via, contact, authorizer: new Authorizer(credentials) },
            host: host.replace(/^\[(.*)\]$/, '$1'),
            to: `sip:${call.to}@${domain}${parameter}`,
            from: `<sip:${settings.callerId ?? settings.user}@${domain}>`,
            media,
            log,
            sessionSeconds: times.sessionSeconds,
            leastSessionSeconds: times.leastSessionSeconds,
          },
          onEvent,
        )
        running.add(one)
        void one.done.then(() => running.delete(one))
        return one
      } catch (error) {
        log.warn({ err: error, call: call.id }, 'a call by SIP could not begin')
        throw new Fault('unavailable', 'unreachable', 'The SIP server cannot be reached', { cause: error })
      }
    },
    stop: async () => {
      for (const one of running) one.hangup()
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, STOP_MS)))
      await Promise.race([Promise.all([...running].map((one) => one.done)), late])
      clearTimeout(timer)
      await registration?.stop()
      await agent.close()
      await media.close()
    },
  }
}

function transportOf(settings: SipSettings, serverName: string, log: Log): SipTransport {
  const { host, port, tlsVerify, tlsCa } = settings
  if (settings.transport === 'udp') return createUdpTransport({ host, port, log })
  if (settings.transport === 'tcp') return createStreamTransport({ host, port, log })
  const tls = { serverName, verify: tlsVerify, ...(tlsCa !== undefined && { ca: tlsCa }) }
  return createStreamTransport({ host, port, log, tls })
}
