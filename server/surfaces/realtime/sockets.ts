import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import type { Events } from '#contracts/events.ts'
import type { Authenticate, Principal } from '#domains/identity/principal.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import { Fault } from '#kernel/fault.ts'
import { redactUrl } from '#kernel/log.ts'
import type { Log } from '#kernel/log.ts'
import { createConnection } from './connection.ts'
import type { Connection, ConnectionInternals } from './connection.ts'
import { isAllowedOrigin } from './origin.ts'
import { refuseUpgrade } from './refusal.ts'
import { socketCredentials, BEARER_PROTOCOL } from './socket-credentials.ts'

/** Frames larger than this close the socket with 1009 (contract, section 7). */
export const MAX_FRAME_BYTES = 65_536
/** The server ends or restarts: come back (RFC 6455's registry). */
export const CLOSE_RESTART = 1012
/** The token stopped counting while the socket was open. */
export const CLOSE_REVOKED = 4401

/** What a path does with its sockets. */
export interface SocketHandler {
  /** A text or binary frame, text decoded. Frames come one after the other. */
  message(text: string): void
  /** The socket is gone; called once. */
  closed(): void
}

/** One path that takes sockets. */
export interface SocketRoute {
  readonly path: string
  /** Whom the socket speaks for is known; undefined: the route has closed it. Frames wait until this resolves. */
  open(connection: Connection, url: URL): Promise<SocketHandler | undefined>
  /**
   * For clients in browsers, which cannot see an HTTP status: the socket is opened, told `frame`, and closed with `code`.
   * Without it a caller that is not known is refused by HTTP.
   */
  refusal?(fault: Fault, url: URL): { frame: string; code: number; reason: string }
}

/** Numbers of the open sockets. */
export interface SocketNumbers {
  readonly open: number
  /** Since the process began. */
  readonly opened: number
  readonly refused: number
  /** Ended because they did not read, or did not answer pings. */
  readonly dropped: number
}

/** The WebSockets of every path. */
export interface Sockets {
  /** Adds a path; before or after the servers listen. */
  route(route: SocketRoute): void
  /** Takes upgrades of one more HTTP server. */
  attach(server: Server): void
  /** Tells every socket that the server restarts (1012), takes no new ones, and resolves when all are gone, at the latest after `ms`. */
  drain(ms?: number): Promise<void>
  numbers(): SocketNumbers
}

const PING_MS = 30_000
const AUTHENTICATE_MS = 10_000
const MOST_PER_ACCOUNT = 1_000

/** The upgrade router: origin, who is it, limits, pings, revocation; everything else is the path's. */
export function createSockets(parts: {
  servers: readonly Server[]
  authenticate: Authenticate
  bus: Bus<Events>
  log: Log
  allowedOrigins: readonly string[]
  /** Milliseconds between pings; for tests. */
  pingMs?: number
}): Sockets {
  const { authenticate, bus, log, allowedOrigins, pingMs = PING_MS } = parts
  const routes = new Map<string, SocketRoute>()
  const connections = new Set<ConnectionInternals>()
  const numbers = { opened: 0, refused: 0, dropped: 0 }
  let isDraining = false
  const upgrader = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols: (offered) => (offered.has(BEARER_PROTOCOL) ? BEARER_PROTOCOL : false),
  })

  const pings = setInterval(() => {
    for (const connection of connections) if (!connection.ping()) numbers.dropped++
  }, pingMs)
  pings.unref()

  const unsubscribe = bus.subscribe('accounts.access.revoked', ({ accountId, sessionIds, apiKey }) => {
    for (const connection of connections) {
      const { principal } = connection
      if (principal.accountId !== accountId) continue
      const isMeant =
        principal.sessionId === null ? apiKey : sessionIds === null || sessionIds.includes(principal.sessionId)
      if (isMeant) connection.close(CLOSE_REVOKED, 'access revoked')
    }
  })

  async function upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://socket.invalid')
    const route = routes.get(url.pathname.replace(/(.)\/$/, '$1'))
    if (route === undefined) return refuseUpgrade(stream, url.pathname, 'no-route')
    if (isDraining) return refuseUpgrade(stream, route.path, 'unavailable')
    if (!isAllowedOrigin(request, allowedOrigins)) {
      numbers.refused++
      log.info({ origin: request.headers.origin }, 'a socket of a foreign origin was refused')
      return refuseUpgrade(stream, route.path, 'forbidden')
    }
    let principal: Principal
    try {
      principal = await within(authenticate(socketCredentials(request, url)), AUTHENTICATE_MS)
    } catch (error) {
      numbers.refused++
      return refuseCaller(error, { route, url, request, stream, head })
    }
    if (countOf(principal.accountId) >= MOST_PER_ACCOUNT) {
      numbers.refused++
      return refuseUpgrade(stream, route.path, 'rate-limited')
    }
    if (isDraining || stream.destroyed) return void stream.destroy()
    upgrader.handleUpgrade(request, stream, head, (socket) => void serve(route, socket, stream, principal, url))
  }

  async function serve(
    route: SocketRoute,
    socket: WebSocket,
    stream: Duplex,
    principal: Principal,
    url: URL,
  ): Promise<void> {
    const connection = createConnection(socket, stream, {
      id: randomUUID(),
      principal,
      onDropped: () => numbers.dropped++,
      onGone: () => connections.delete(connection),
    })
    connections.add(connection)
    numbers.opened++
    try {
      await connection.serve(() => route.open(connection, url))
    } catch (error) {
      log.error({ err: error, url: redactUrl(url.pathname + url.search) }, 'a socket could not be opened')
      connection.close(1011, 'something went wrong')
    }
  }

  function countOf(accountId: number): number {
    let count = 0
    for (const connection of connections) if (connection.principal.accountId === accountId) count++
    return count
  }

  /** Who is not known is told so: in a frame where the route speaks to browsers, else by HTTP. */
  function refuseCaller(
    error: unknown,
    at: { route: SocketRoute; url: URL; request: IncomingMessage; stream: Duplex; head: Buffer },
  ): void {
    if (!(error instanceof Fault)) {
      log.error({ err: error }, 'a socket could not be authenticated')
      return refuseUpgrade(at.stream, at.route.path, 'bug')
    }
    const refusal = at.route.refusal?.(error, at.url)
    if (refusal === undefined) {
      return refuseUpgrade(at.stream, at.route.path, error.kind)
    }
    upgrader.handleUpgrade(at.request, at.stream, at.head, (socket) => {
      socket.on('error', () => {})
      socket.send(refusal.frame)
      socket.close(refusal.code, refusal.reason)
      const timer = setTimeout(() => socket.terminate(), 5_000)
      socket.once('close', () => clearTimeout(timer))
    })
  }

  const onUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    stream.on('error', () => stream.destroy())
    upgrade(request, stream, head).catch((error: unknown) => {
      log.error({ err: error }, 'an upgrade failed')
      stream.destroy()
    })
  }
  const attached: Server[] = []
  const attach = (server: Server): void => {
    attached.push(server)
    server.on('upgrade', onUpgrade)
  }
  for (const server of parts.servers) attach(server)

  return {
    attach,

    route(route) {
      if (routes.has(route.path)) throw new Error(`two routes take sockets at ${route.path}`)
      routes.set(route.path, route)
    },

    async drain(ms = 3_000) {
      isDraining = true
      clearInterval(pings)
      unsubscribe()
      const all = [...connections]
      for (const connection of all) connection.close(CLOSE_RESTART, 'the server restarts')
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))
      await Promise.race([Promise.all(all.map((connection) => connection.gone)), late])
      clearTimeout(timer)
      for (const connection of connections) connection.terminate()
      for (const server of attached) server.off('upgrade', onUpgrade)
    },

    numbers: () => ({ open: connections.size, ...numbers }),
  }
}

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Fault('unavailable', 'auth.late', 'Signing in took too long')), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
