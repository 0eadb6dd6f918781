import type { Log } from '#kernel/log.ts'
import { SipSyntaxError, parseMessage } from './message.ts'
import type { SipMessage } from './message.ts'

/** What SIP is carried by. */
export type TransportName = 'UDP' | 'TCP' | 'TLS'

/** Where a message came from or goes to. */
export interface SipPeer {
  readonly address: string
  readonly port: number
}

/** Carries messages. Whatever came in and is none is counted and dropped. */
export interface SipTransport {
  readonly name: TransportName
  /** Whether it repeats what is lost by itself. */
  readonly isReliable: boolean
  /** Where we listen; after `start`. */
  readonly port: number
  /** Binds and listens. @throws Error when the port is taken */
  start(onMessage: (message: SipMessage, from: SipPeer) => void): Promise<void>
  /** Rejects when the peer cannot be reached. */
  send(message: Buffer, to: SipPeer): Promise<void>
  /** Our own address as seen on the way to `peer`. */
  localAddressTo(peer: SipPeer): Promise<string>
  close(): Promise<void>
}

/** Reads one message and hands it on; what is none is dropped, with a word in the log. */
export function receive(
  bytes: Buffer,
  from: SipPeer,
  parts: { log: Log; onMessage: (message: SipMessage, from: SipPeer) => void },
): void {
  let message: SipMessage
  try {
    message = parseMessage(bytes)
  } catch (error) {
    if (!(error instanceof SipSyntaxError)) throw error
    parts.log.debug({ from, why: error.message }, 'what came in is no SIP message')
    return
  }
  parts.onMessage(message, from)
}
