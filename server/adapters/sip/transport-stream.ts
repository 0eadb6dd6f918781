import { once } from 'node:events'
import { createServer, connect as connectTcp, isIP } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Log } from '#kernel/log.ts'
import { SipFramer } from './framer.ts'
import { plainAddress } from './dual-stack.ts'
import { localAddressTo } from './local-address.ts'
import type { SipMessage } from './message.ts'
import { receive } from './transport.ts'
import type { SipPeer, SipTransport } from './transport.ts'

const CONNECT_MS = 10_000
/** Connections that others open to us. */
const MOST_INCOMING = 100
/** A peer that does not read is let go. */
const MOST_UNSENT = 1_048_576

/**
 * SIP over TCP, or over TLS. Over TCP we also listen, since the other side may open a connection of its own; over TLS,
 * where that would need a certificate of ours, everything goes over the connections we open.
 */
export function createStreamTransport(options: {
  host: string
  port: number
  log: Log
  connectMs?: number
  tls?: { serverName: string; verify: boolean; ca?: string }
}): SipTransport {
  const { host, port, log, tls, connectMs = CONNECT_MS } = options
  const connections = new Map<string, Promise<Socket>>()
  const open = new Set<Socket>()
  let server: Server | undefined
  let bound = port
  let onMessage: (message: SipMessage, from: SipPeer) => void = () => {}
  let isClosed = false

  const serve = (socket: Socket, peer: SipPeer): void => {
    const framer = new SipFramer()
    open.add(socket)
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 30_000)
    socket.on('error', (error) => log.debug({ err: error, peer }, 'a SIP connection had an error'))
    socket.on('close', () => {
      open.delete(socket)
      connections.delete(keyOf(peer))
    })
    socket.on('data', (chunk) => {
      try {
        for (const bytes of framer.push(chunk)) receive(bytes, peer, { log, onMessage })
      } catch (error) {
        log.info({ err: error, peer }, 'a SIP connection is closed: it does not speak SIP')
        socket.destroy()
      }
    })
  }

  const dial = async (peer: SipPeer): Promise<Socket> => {
    const local = host === '0.0.0.0' || host === '::' ? {} : { localAddress: host }
    const socket =
      tls === undefined
        ? connectTcp({ host: peer.address, port: peer.port, ...local })
        : connectTls({
            host: peer.address,
            port: peer.port,
            ...local,
            rejectUnauthorized: tls.verify,
            ...(isIP(tls.serverName) === 0 && { servername: tls.serverName }),
            ...(tls.ca !== undefined && { ca: tls.ca }),
          })
    socket.setTimeout(connectMs, () => socket.destroy(new Error('connecting took too long')))
    await once(socket, tls === undefined ? 'connect' : 'secureConnect')
    socket.setTimeout(0)
    serve(socket, peer)
    return socket
  }

  const connectionTo = (peer: SipPeer): Promise<Socket> => {
    const key = keyOf(peer)
    const known = connections.get(key)
    if (known !== undefined) return known
    const fresh = dial(peer)
    connections.set(key, fresh)
    fresh.catch(() => connections.delete(key))
    return fresh
  }

  return {
    name: tls === undefined ? 'TCP' : 'TLS',
    isReliable: true,
    get port() {
      return bound
    },
    start: async (listener) => {
      onMessage = listener
      if (tls !== undefined) return
      const own = createServer((socket) => {
        if (open.size >= MOST_INCOMING) return void socket.destroy()
        const peer = { address: plainAddress(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 }
        connections.set(keyOf(peer), Promise.resolve(socket))
        serve(socket, peer)
      })
      own.listen(port, host)
      await once(own, 'listening')
      bound = (own.address() as AddressInfo).port
      server = own
    },
    send: async (message, to) => {
      if (isClosed) throw new Error('the SIP transport is closed')
      const socket = await connectionTo(to)
      if (socket.writableLength > MOST_UNSENT) {
        socket.destroy()
        throw new Error('the peer does not read')
      }
      await new Promise<void>((resolve, reject) => {
        socket.write(message, (error) => (error ? reject(error) : resolve()))
      })
    },
    localAddressTo: (peer) => localAddressTo(peer, host),
    close: async () => {
      isClosed = true
      for (const socket of open) socket.destroy()
      if (server === undefined) return
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
}

function keyOf({ address, port }: SipPeer): string {
  return `${address} ${port}`
}
