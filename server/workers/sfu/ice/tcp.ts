import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import type { PeerTransport } from '../transport.ts'
import type { Remote } from './remote.ts'

const MAX_CONNECTIONS = 2048
/** A connection that has not passed a connectivity check by then is closed. */
const VALIDATE_MS = 10_000
/** Unsent bytes beyond which packets are dropped: a second or so of one video. */
const MAX_BACKLOG = 512 * 1024
const MAX_FRAME = 2048

/** The passive side of ICE over TCP (RFC 6544): datagrams framed by a 16-bit length (RFC 4571). */
export class TcpListener {
  private readonly onDatagram: (data: Buffer, remote: Remote) => void
  private readonly onClosed: (remote: Remote) => void
  private servers: Server[] = []
  private readonly connections = new Set<Socket>()

  constructor(onDatagram: (data: Buffer, remote: Remote) => void, onClosed: (remote: Remote) => void) {
    this.onDatagram = onDatagram
    this.onClosed = onClosed
  }

  /** Listens on one port of all the addresses. */
  async listen(addresses: readonly string[], port: number): Promise<void> {
    for (const address of addresses) {
      const server = createServer({ noDelay: true }, (socket) => this.accept(socket))
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen({ host: address, port, ipv6Only: address.includes(':') }, () => resolve())
      })
      server.on('error', () => {})
      this.servers.push(server)
    }
  }

  /** Ends the listeners and every connection. */
  async close(): Promise<void> {
    for (const socket of this.connections) socket.destroy()
    await Promise.all(this.servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))))
    this.servers = []
  }

  private accept(socket: Socket): void {
    if (this.connections.size >= MAX_CONNECTIONS) {
      socket.destroy()
      return
    }
    const remote = new TcpRemote(socket)
    this.connections.add(socket)
    const timer = setTimeout(() => {
      if (!remote.transport) socket.destroy()
    }, VALIDATE_MS)
    let pending: Buffer = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      pending = pending.length > 0 ? Buffer.concat([pending, chunk]) : chunk
      let at = 0
      while (at + 2 <= pending.length) {
        const length = pending.readUInt16BE(at)
        if (length > MAX_FRAME) {
          socket.destroy()
          return
        }
        if (at + 2 + length > pending.length) break
        // A copy, because packets are decrypted in place and word by word.
        this.onDatagram(Buffer.from(pending.subarray(at + 2, at + 2 + length)), remote)
        at += 2 + length
      }
      pending = pending.subarray(at)
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(timer)
      this.connections.delete(socket)
      this.onClosed(remote)
    })
  }
}

class TcpRemote implements Remote {
  readonly protocol = 'tcp'
  readonly key: string
  readonly address: string
  readonly port: number
  transport: PeerTransport | null = null
  private readonly socket: Socket

  constructor(socket: Socket) {
    this.socket = socket
    this.address = socket.remoteAddress ?? '0.0.0.0'
    this.port = socket.remotePort ?? 0
    this.key = `tcp ${this.address} ${this.port}`
  }

  send(buffer: Buffer, at: number, length: number): void {
    if (this.socket.destroyed || this.socket.writableLength > MAX_BACKLOG) return
    const frame = Buffer.allocUnsafe(2 + length)
    frame.writeUInt16BE(length, 0)
    buffer.copy(frame, 2, at, at + length)
    this.socket.write(frame)
  }
}
