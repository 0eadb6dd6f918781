import { createSocket } from 'node:dgram'
import type { RemoteInfo, Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { datagramKind } from '../rtp/header.ts'
import type { PeerTransport } from '../transport.ts'
import type { Remote } from './remote.ts'
import { parseBindingRequest } from './stun.ts'
import { TcpListener } from './tcp.ts'

/** Where a worker listens and what it tells clients of it. */
export interface SocketOptions {
  /** Addresses to bind; the wildcards by default. */
  addresses: readonly string[]
  /** The first free port of this range is taken; 0 to 0 lets the system choose. */
  portRange: { min: number; max: number }
  /** Told to clients instead of the machine's own addresses, for a server behind NAT. */
  announced: readonly string[]
  /** Whether clients may come by TCP too (RFC 6544, passive). */
  tcp: boolean
}

const BUFFER_BYTES = 4 * 1024 * 1024
/** Addresses known at once; far above what the rooms of a worker need. */
const MAX_REMOTES = 65_536
/** Bytes waiting in one UDP socket beyond which packets are dropped rather than queued. */
const MAX_QUEUED_BYTES = 4 * 1024 * 1024

/** The UDP sockets (and TCP listener) of one worker, shared by all of its transports and told apart by ICE. */
export class MediaSockets {
  private readonly options: SocketOptions
  private readonly onFault: (error: unknown) => void
  private sockets: Socket[] = []
  private tcp: TcpListener | null = null
  private readonly remotes = new Map<string, Remote>()
  private readonly byUfrag = new Map<string, PeerTransport>()
  private port = 0

  /** `onFault` hears of errors that a datagram caused: bugs of ours, which must not end the other rooms. */
  constructor(options: SocketOptions, onFault: (error: unknown) => void) {
    this.options = options
    this.onFault = onFault
  }

  /** Binds; rejects where no port of the range is free on every address. */
  async open(): Promise<void> {
    const { min, max } = this.options.portRange
    for (let port = min; port <= max; port++) {
      if (await this.tryOpen(port)) return
    }
    throw new Error(`no free media port between ${min} and ${max}`)
  }

  private async tryOpen(port: number): Promise<boolean> {
    try {
      for (const address of this.options.addresses) {
        const socket = await bindSocket(address, port)
        port = socket.address().port
        this.sockets.push(socket)
        socket.on('message', (data, from) => this.receive(socket, data, from))
        socket.on('error', () => {})
      }
      if (this.options.tcp) {
        this.tcp = new TcpListener(
          (data, remote) => this.dispatch(data, remote),
          (remote) => this.forget(remote),
        )
        await this.tcp.listen(this.options.addresses, port)
      }
      this.port = port
      return true
    } catch (error) {
      await this.close()
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'EADDRINUSE' || code === 'EACCES') return false
      throw error
    }
  }

  /** Frees every socket. */
  async close(): Promise<void> {
    const sockets = this.sockets
    this.sockets = []
    await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))))
    await this.tcp?.close()
    this.tcp = null
    this.remotes.clear()
    this.byUfrag.clear()
  }

  /** The `a=candidate` values of this worker at present, best first. */
  candidates(): string[] {
    const lines: string[] = []
    this.announcedAddresses().forEach((address, i) => {
      const preference = 65535 - i
      lines.push(`udp${i} 1 udp ${2 ** 24 * 126 + preference * 256 + 255} ${address} ${this.port} typ host`)
    })
    if (this.tcp) {
      this.announcedAddresses().forEach((address, i) => {
        const preference = 65535 - i
        const priority = 2 ** 24 * 90 + preference * 256 + 255
        lines.push(`tcp${i} 1 tcp ${priority} ${address} ${this.port} typ host tcptype passive`)
      })
    }
    return lines
  }

  private announcedAddresses(): string[] {
    if (this.options.announced.length > 0) return [...this.options.announced]
    const specific = this.options.addresses.filter((address) => address !== '0.0.0.0' && address !== '::')
    if (specific.length === this.options.addresses.length) return specific
    const v6 = this.options.addresses.includes('::')
    const all = Object.values(networkInterfaces()).flatMap((entries) => entries ?? [])
    const usable = all.filter((entry) => !entry.address.startsWith('fe80') && (entry.family === 'IPv4' || v6))
    const outside = usable.filter((entry) => !entry.internal)
    const chosen = outside.length > 0 ? outside : usable
    return chosen.sort((a, b) => a.family.localeCompare(b.family)).map((entry) => entry.address)
  }

  /** Connectivity checks naming `ufrag` belong to `transport` from now on. */
  register(ufrag: string, transport: PeerTransport): void {
    this.byUfrag.set(ufrag, transport)
  }

  /** Ends what `register` began. */
  unregister(ufrag: string): void {
    this.byUfrag.delete(ufrag)
  }

  /** Drops a remote address. */
  forget(remote: Remote): void {
    if (this.remotes.get(remote.key) === remote) this.remotes.delete(remote.key)
    remote.transport?.lostRemote(remote)
    remote.transport = null
  }

  private receive(socket: Socket, data: Buffer, from: RemoteInfo): void {
    const key = `${from.address} ${from.port}`
    const remote = this.remotes.get(key)
    if (remote) this.dispatch(data, remote)
    else if (datagramKind(data) === 'stun') this.dispatch(data, new UdpRemote(socket, key, from.address, from.port))
  }

  private dispatch(data: Buffer, remote: Remote): void {
    try {
      this.handle(data, remote)
    } catch (error) {
      this.onFault(error)
    }
  }

  private handle(data: Buffer, remote: Remote): void {
    if (datagramKind(data) !== 'stun') {
      remote.transport?.receive(data, remote)
      return
    }
    const request = parseBindingRequest(data)
    const transport = request && this.byUfrag.get(request.localUfrag)
    if (!request || !transport?.isValidCheck(request)) return
    if (remote.transport !== transport) {
      if (remote.transport) this.forget(remote)
      if (this.remotes.size >= MAX_REMOTES) return
      remote.transport = transport
      this.remotes.set(remote.key, remote)
    }
    transport.answerCheck(request, remote)
  }
}

class UdpRemote implements Remote {
  readonly protocol = 'udp'
  readonly key: string
  readonly address: string
  readonly port: number
  transport: PeerTransport | null = null
  private readonly socket: Socket

  constructor(socket: Socket, key: string, address: string, port: number) {
    this.socket = socket
    this.key = key
    this.address = address
    this.port = port
  }

  send(buffer: Buffer, at: number, length: number): void {
    if (this.socket.getSendQueueSize() > MAX_QUEUED_BYTES) return
    try {
      this.socket.send(buffer, at, length, this.port, this.address, ignoreSendError)
    } catch {
      // The socket is closing, or the port is one that cannot be sent to.
    }
  }
}

function ignoreSendError(): void {
  // A datagram that could not be sent is a lost datagram.
}

function bindSocket(address: string, port: number): Promise<Socket> {
  const v6 = isIPv6(address)
  const socket = createSocket({
    type: v6 ? 'udp6' : 'udp4',
    ipv6Only: v6,
    // Destinations are always numeric; the default would go through the thread pool for each packet.
    lookup: (host, _options, done) => done(null, host, v6 ? 6 : 4),
  })
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.bind({ address, port, exclusive: true }, () => {
      socket.off('error', reject)
      for (const grow of [() => socket.setRecvBufferSize(BUFFER_BYTES), () => socket.setSendBufferSize(BUFFER_BYTES)]) {
        try {
          grow()
        } catch {
          // The system's limit is smaller; what it gives is enough for fewer packets at once.
        }
      }
      resolve(socket)
    })
  })
}
