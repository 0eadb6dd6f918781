import type { PeerTransport } from '../transport.ts'

/** One address a client was validated at, over UDP or TCP. */
export interface Remote {
  readonly key: string
  readonly address: string
  readonly port: number
  readonly protocol: 'udp' | 'tcp'
  /** The transport that owns the address; null before the first valid check. */
  transport: PeerTransport | null
  /** Sends `buffer[at, at + length)` as one datagram; drops it where the way out is congested. */
  send(buffer: Buffer, at: number, length: number): void
}
