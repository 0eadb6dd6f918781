import type { Log } from '#kernel/log.ts'
import type { SipPeer, SipTransport } from './transport.ts'

/** How one request goes. */
export interface Way {
  /** A `Via` as it names what carries the request. */
  viaOf(via: string): string
  /** Rejects when the peer cannot be reached. */
  send(message: Buffer): Promise<void>
  /** Whether what carries it repeats what is lost by itself. */
  isReliable(): boolean
}

/** Chooses ways over a transport, and over another one for what is too large for its datagrams. */
export interface Ways {
  /** For a request of so many bytes; `wantsLarge`: its next hop asks for TCP. */
  of(peer: SipPeer, size: number, wantsLarge?: boolean): Way
}

/** What is larger may be cut up on the way and lost with any of its pieces (RFC 3261, section 18.1.1). */
const LARGEST_DATAGRAM = 1_300
/** For so long a peer that takes no connections is not tried again. */
const REMEMBERED_MS = 10 * 60_000
const MOST_REMEMBERED = 1_000

/** Ways over `transport`; `large` is asked for anew each time, since it may not be there. */
export function createWays(transport: SipTransport, large: () => SipTransport | undefined, log: Log): Ways {
  /** Peers that take no connections, and until when we believe it. */
  const withoutLarge = new Map<string, number>()

  const plain = (peer: SipPeer): Way => ({
    viaOf: (via) => via,
    send: (message) => transport.send(message, peer),
    isReliable: () => transport.isReliable,
  })

  const wide = (peer: SipPeer, other: SipTransport): Way => {
    const key = `${peer.address} ${peer.port}`
    let isWide = true
    return {
      viaOf: (via) => via.replace(`/${transport.name} `, `/${other.name} `),
      send: async (message) => {
        if (isWide) {
          try {
            return await other.send(message, peer)
          } catch (error) {
            log.info({ err: error, peer }, 'a SIP message goes by UDP: the other side takes no TCP')
            isWide = false
            if (withoutLarge.size >= MOST_REMEMBERED) withoutLarge.clear()
            withoutLarge.set(key, performance.now() + REMEMBERED_MS)
          }
        }
        return transport.send(renamed(message, other.name, transport.name), peer)
      },
      isReliable: () => isWide,
    }
  }

  return {
    of: (peer, size, wantsLarge = false) => {
      const other = (wantsLarge || size > LARGEST_DATAGRAM) && !transport.isReliable ? large() : undefined
      if (other === undefined) return plain(peer)
      const isKnown = (withoutLarge.get(`${peer.address} ${peer.port}`) ?? 0) > performance.now()
      return isKnown ? plain(peer) : wide(peer, other)
    },
  }
}

/** The message with another transport in its first `Via`, which is ours. */
function renamed(message: Buffer, from: string, to: string): Buffer {
  return Buffer.from(message.toString('latin1').replace(`Via: SIP/2.0/${from} `, `Via: SIP/2.0/${to} `), 'latin1')
}
