import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import type { SipPeer } from './transport.ts'

/** The address we have on the way to `peer`: the one we are bound to, else the one the system would choose. Sends nothing. */
export function localAddressTo(peer: SipPeer, boundTo: string): Promise<string> {
  if (boundTo !== '0.0.0.0' && boundTo !== '::') return Promise.resolve(boundTo)
  return new Promise((resolve, reject) => {
    const probe = createSocket(isIPv6(peer.address) ? 'udp6' : 'udp4')
    const end = (finish: () => void): void => {
      probe.close()
      finish()
    }
    probe.once('error', (error) => end(() => reject(error)))
    probe.connect(peer.port, peer.address, () => {
      const { address } = probe.address()
      end(() => resolve(address))
    })
  })
}
