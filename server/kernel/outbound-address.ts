import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { Fault } from './fault.ts'

/** Everything that is not the public internet (RFC 6890 and the registries it began). */
const closed = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  closed.addSubnet(network, bits, 'ipv4')
}
// Of IPv6 only global unicast is open, without the parts that carry an IPv4 address or are for documents.
const globalUnicast = new BlockList()
globalUnicast.addSubnet('2000::', 3, 'ipv6')
for (const [network, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  closed.addSubnet(network, bits, 'ipv6')
}

/** Whether an IP address is on the public internet. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !closed.check(address, 'ipv4')
  if (isIP(address) !== 6) return false
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return isPublicAddress(mapped)
  return globalUnicast.check(address, 'ipv6') && !closed.check(address, 'ipv6')
}

/**
 * The one IP address that a host given by a user is to be reached at: resolved once, so that it cannot change between
 * the check and the connection.
 * @throws Fault `outbound.refused`, `outbound.failed`
 */
export async function resolveOutbound(hostname: string, allowPrivate: boolean, signal: AbortSignal): Promise<string> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const found = isIP(host) === 0 ? await resolve(host, signal) : [host]
  // One closed address among several is enough: which one is used would be luck.
  if (!allowPrivate && !found.every(isPublicAddress)) throw refused('points into a private network')
  const [address] = found
  if (address === undefined) throw failed('its name has no address')
  return address
}

async function resolve(host: string, signal: AbortSignal): Promise<string[]> {
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
  const found = await Promise.race([lookup(host, { all: true }), aborted])
  return found.map(({ address }) => address)
}

/** The address must not be used, and why. */
export const refused = (why: string): Fault =>
  new Fault('invalid', 'outbound.refused', `The address ${why}`, { data: { why } })

/** The address could not be reached, and why. */
export const failed = (why: string, cause?: unknown): Fault =>
  new Fault('invalid', 'outbound.failed', `The address could not be fetched: ${why}`, { data: { why }, cause })
