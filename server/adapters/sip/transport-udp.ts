import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import { once } from 'node:events'
import type { Log } from '#kernel/log.ts'
import { plainAddress, socketOptionsFor } from './dual-stack.ts'
import { localAddressTo } from './local-address.ts'
import { receive } from './transport.ts'
import type { SipTransport } from './transport.ts'

/** SIP over UDP, all on one socket. */
export function createUdpTransport({ host, port, log }: { host: string; port: number; log: Log }): SipTransport {
  let socket: Socket | undefined
  let bound = port
  return {
    name: 'UDP',
    isReliable: false,
    get port() {
      return bound
    },
    start: async (onMessage) => {
      const own = createSocket({ ...socketOptionsFor(host), recvBufferSize: 1_048_576 })
      own.on('message', (bytes, from) => {
        // Two line breaks keep a NAT's port open (RFC 5626, section 3.5.1).
        if (bytes.length > 4) {
          receive(bytes, { address: plainAddress(from.address), port: from.port }, { log, onMessage })
        }
      })
      const listening = once(own, 'listening')
      own.bind(port, host)
      await listening
      own.on('error', (error) => log.warn({ err: error }, 'the SIP socket had an error'))
      bound = own.address().port
      socket = own
    },
    send: (message, to) =>
      new Promise((resolve, reject) => {
        if (socket === undefined) return reject(new Error('the SIP socket is closed'))
        socket.send(message, to.port, to.address, (error) => (error === null ? resolve() : reject(error)))
      }),
    localAddressTo: (peer) => localAddressTo(peer, host),
    close: async () => {
      const own = socket
      socket = undefined
      if (own === undefined) return
      const closed = once(own, 'close')
      own.close()
      await closed
    },
  }
}
