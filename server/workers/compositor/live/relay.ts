import { createServer, connect as connectTcp, isIP } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { once } from 'node:events'

const CONNECT_MS = 10_000
/** A line that takes nothing for so long is no line any more. */
const STALLED_MS = 15_000
const LOOK_MS = 1_000

/** A door on loopback through which ffmpeg reaches one address of the outside, and no other. */
export interface Relay {
  readonly port: number
  /** Bytes that left us. */
  sent(): number
  /** Why the connection ended or never came; null while all is well. */
  reason(): string | null
  close(): void
}

/** Where the RTMP server is: an address that was checked, and the name that its certificate has to carry. */
export interface RelayTarget {
  readonly address: string
  readonly port: number
  readonly host: string
  readonly isTls: boolean
}

/** Opens a relay for one connection. */
export async function openRelay(target: RelayTarget): Promise<Relay> {
  let reason: string | null = null
  let outside: Socket | undefined
  let inside: Socket | undefined
  let isTaken = false
  const server = createServer((socket) => {
    if (isTaken) return void socket.destroy()
    isTaken = true
    inside = socket
    outside = dial(target)
    const fail = (why: string): void => {
      reason ??= why
      inside?.destroy()
      outside?.destroy()
    }
    const timer = setTimeout(() => fail('it does not answer'), CONNECT_MS)
    outside.once(target.isTls ? 'secureConnect' : 'connect', () => clearTimeout(timer))
    const watch = watchFlow(outside, () => fail('it takes nothing any more'))
    outside.on('error', (error) => fail(worded(error)))
    outside.on('close', () => {
      clearTimeout(timer)
      clearInterval(watch)
      fail('it closed the connection')
    })
    socket.on('error', () => outside?.destroy())
    socket.on('close', () => outside?.destroy())
    socket.pipe(outside)
    outside.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    sent: () => (outside === undefined ? 0 : outside.bytesWritten - outside.writableLength),
    reason: () => reason,
    close: () => {
      server.close()
      inside?.destroy()
      outside?.destroy()
    },
  }
}

function dial({ address, port, host, isTls }: RelayTarget): Socket {
  if (!isTls) return connectTcp({ host: address, port, noDelay: true })
  // An address is no name to ask for (RFC 6066, section 3); the certificate has to carry it all the same.
  return connectTls({ host: address, port, ...(isIP(host) === 0 && { servername: host }), ALPNProtocols: [] })
}

function watchFlow(socket: Socket, onStall: () => void): NodeJS.Timeout {
  let before = 0
  let since = performance.now()
  return setInterval(() => {
    const gone = socket.bytesWritten - socket.writableLength
    if (socket.writableLength === 0 || gone !== before) since = performance.now()
    else if (performance.now() - since > STALLED_MS) onStall()
    before = gone
  }, LOOK_MS)
}

function worded(error: NodeJS.ErrnoException): string {
  if (error.code === 'ECONNREFUSED') return 'nobody listens there'
  if (error.code === 'ECONNRESET') return 'it closed the connection'
  if (error.code === 'ETIMEDOUT' || error.code === 'EHOSTUNREACH' || error.code === 'ENETUNREACH') {
    return 'it cannot be reached'
  }
  return error.message
}
