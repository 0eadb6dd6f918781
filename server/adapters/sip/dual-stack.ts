import type { SocketOptions } from 'node:dgram'
import { isIPv4, isIPv6 } from 'node:net'

/** Options of a UDP socket bound to `host`. Addresses are never names here; asking the system for each packet would cost more than sending it. */
export function socketOptionsFor(host: string): SocketOptions {
  const family = isIPv6(host) ? 6 : 4
  return {
    type: family === 6 ? 'udp6' : 'udp4',
    // A socket of both kinds reaches IPv4 by addresses of its own kind (RFC 4291, section 2.5.5.2).
    lookup: (name, _options, done) => done(null, family === 6 && isIPv4(name) ? `::ffff:${name}` : name, family),
  }
}

/** An address as others write it: an IPv4 one, where it came in by a socket of both kinds. */
export function plainAddress(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
}
