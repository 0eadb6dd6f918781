import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Authenticate, Credentials } from '#domains/identity/principal.ts'
import { credentialsOf } from './credentials.ts'
import type { Live } from './live.ts'

const PATH = '/ws/events'
/** Larger than any frame a client has reason to send. */
const MOST_BYTES = 64 * 1024

/** Opens `/ws/events`: the token as `?token=`, as a header, or as `Sec-WebSocket-Protocol: bearer, TOKEN`. */
export function openLiveSocket(
  server: Server,
  parts: { live: Live; authenticate: Authenticate; allowedOrigins: readonly string[] },
): { close(): void } {
  const { live, authenticate, allowedOrigins } = parts
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MOST_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols: (offered) => (offered.has('bearer') ? 'bearer' : false),
  })

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (url.pathname !== PATH) return
    const fail = (): void => void socket.destroy()
    socket.on('error', fail)
    if (!isOriginAllowed(request, allowedOrigins)) return refuse(socket, '403 Forbidden')
    void authenticate(shown(request, url)).then(
      (principal) => {
        socket.off('error', fail)
        if (socket.destroyed) return
        sockets.handleUpgrade(request, socket, head, (opened) => live.accept(opened, principal))
      },
      () => refuse(socket, '401 Unauthorized'),
    )
  }
  server.on('upgrade', upgrade)
  return {
    close: () => {
      server.off('upgrade', upgrade)
      sockets.close()
    },
  }
}

function shown(request: IncomingMessage, url: URL): Credentials {
  const inHeaders = credentialsOf(request.headers)
  if (inHeaders.bearer !== undefined || inHeaders.apiKey !== undefined) return inHeaders
  const [, protocolToken] = /^bearer\s*,\s*(\S+)$/i.exec(request.headers['sec-websocket-protocol'] ?? '') ?? []
  const token = protocolToken ?? url.searchParams.get('token') ?? ''
  return token.startsWith('occ_') ? { apiKey: token } : { bearer: token }
}

/** Programs name no origin; a page may connect from the address it was served at, and from those that settings name. */
function isOriginAllowed(request: IncomingMessage, allowed: readonly string[]): boolean {
  const { origin, host } = request.headers
  if (origin === undefined) return true
  return allowed.includes(origin) || (URL.canParse(origin) && new URL(origin).host === host)
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
