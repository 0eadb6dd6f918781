import { lookup, resolveSrv } from 'node:dns/promises'
import { isIP } from 'node:net'
import { parseUri } from './address.ts'
import type { SipPeer, TransportName } from './transport.ts'

const DEFAULT_PORT: Readonly<Record<TransportName, number>> = { UDP: 5060, TCP: 5060, TLS: 5061 }
const SERVICE: Readonly<Record<TransportName, string>> = { UDP: '_sip._udp', TCP: '_sip._tcp', TLS: '_sips._tcp' }

/**
 * Where a SIP URI leads (RFC 3263, for a transport that is given): an address as it stands, a name with a port by its
 * address, a name alone by its SRV records first. Rejects when the name is not known.
 */
export async function resolvePeer(uri: string, transport: TransportName): Promise<SipPeer> {
  const { host, port } = parseUri(uri)
  const name = host.replace(/^\[(.*)\]$/, '$1')
  if (isIP(name) !== 0) return { address: name, port: port ?? DEFAULT_PORT[transport] }
  if (port === undefined) {
    const records = await resolveSrv(`${SERVICE[transport]}.${name}`).catch(() => [])
    const [best] = records.toSorted((a, b) => a.priority - b.priority || b.weight - a.weight)
    if (best !== undefined) return { address: (await lookup(best.name)).address, port: best.port }
  }
  return { address: (await lookup(name)).address, port: port ?? DEFAULT_PORT[transport] }
}
