import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'

const LOOK_EVERY_MS = 50
/** How long requests under way may take before their connections are cut. */
const DEADLINE_MS = 5_000

/** Connections on which nothing was asked yet, by their server. */
const unused = new WeakMap<Server, Set<Socket>>()

/**
 * Notes a server's connections until something is asked on them. Browsers open some ahead of need, and Node counts one as
 * busy until it has waited a minute for its first request.
 */
export function noteUnused(server: Server): void {
  const sockets = new Set<Socket>()
  unused.set(server, sockets)
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const used = ({ socket }: IncomingMessage): void => void sockets.delete(socket)
  server.prependListener('request', used)
  server.prependListener('upgrade', used)
}

/**
 * Closes a server by `close`, which takes no new requests: those under way finish, and each connection is closed as it
 * falls idle. Node closes only those that are idle when it is asked, and a kept-alive one would hold the process for a minute.
 */
export async function closeGently(server: Server, close: () => Promise<unknown>): Promise<void> {
  const look = (): void => {
    server.closeIdleConnections()
    for (const socket of unused.get(server) ?? []) socket.destroy()
  }
  const looking = setInterval(look, LOOK_EVERY_MS)
  const late = setTimeout(() => server.closeAllConnections(), DEADLINE_MS)
  try {
    await close()
  } finally {
    clearInterval(looking)
    clearTimeout(late)
  }
}
