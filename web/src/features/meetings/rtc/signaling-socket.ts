import { CLOSE, type ClientData, type ClientFrameType, type ServerFrame } from '#contracts/schemas/signaling.ts'
import { backoff } from './backoff.ts'

/** Why a socket will not come back by itself. */
export type SocketEnd = 'ended' | 'replaced' | 'left' | 'removed' | 'unauthorized'

/** What the socket needs of the outside. */
export interface SocketOptions {
  /** Done before each attempt; answers the address to connect to. What it throws is shown to `isFinal`. */
  prepare: (attempt: number) => Promise<string>
  /** An access token that is good now. */
  token: (stale: boolean) => Promise<string>
  /** True for errors of `prepare` that no further attempt will mend. */
  isFinal: (error: unknown) => boolean
  onOpen: () => void
  onFrame: (frame: ServerFrame) => void
  /** The connection is gone and will be sought again; once for each loss. */
  onDown: (code: number) => void
  /** The server asked for a new join by REST (close code 4004). */
  onUnknown: () => void
  onEnd: (end: SocketEnd) => void
  onFailed: (error: unknown) => void
  createSocket?: (url: string, protocols: string[]) => WebSocket
}

const OPEN_WAIT = 10_000
const PING_EVERY = 10_000
const SILENCE = 6_000

const ends: Record<number, SocketEnd> = {
  [CLOSE.ended]: 'ended',
  [CLOSE.replaced]: 'replaced',
  [CLOSE.left]: 'left',
  [CLOSE.removed]: 'removed',
}

/**
 * The signalling WebSocket, kept alive: opened with the token as a subprotocol (never in the address), tried again with
 * growing pauses, at once when the network returns; a connection that has gone silent is noticed by pings of its own,
 * since pages do not see the protocol's.
 */
export class SignalingSocket {
  readonly #options: SocketOptions
  #socket: WebSocket | null = null
  #attempt = 0
  #refused = 0
  #closed = false
  #trying = false
  #down = false
  #retryTimer: ReturnType<typeof setTimeout> | undefined
  #pingTimer: ReturnType<typeof setInterval> | undefined
  #silenceTimer: ReturnType<typeof setTimeout> | undefined
  readonly #online = (): void => this.wake()

  constructor(options: SocketOptions) {
    this.#options = options
  }

  /** Begins; attempts go on until `close` or an end. */
  open(): void {
    globalThis.addEventListener?.('online', this.#online)
    void this.#try()
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === 1
  }

  /** Sends a frame to the server, or to another user; false when there is no connection. */
  send<T extends ClientFrameType>(type: T, data: ClientData[T], to = 0): boolean {
    if (!this.isOpen) return false
    this.#socket?.send(JSON.stringify({ type, to, data }))
    return true
  }

  /** The network changed: tries at once, or asks an open connection whether it still lives. */
  wake(): void {
    if (this.#closed) return
    if (this.isOpen) return this.#ping()
    this.#attempt = 0
    clearTimeout(this.#retryTimer)
    if (!this.#trying && !this.#socket) void this.#try()
  }

  /** Drops the connection and seeks another. */
  reconnect(): void {
    if (!this.#closed) this.#lose(this.#socket, 1006)
  }

  /** Ends it for good. */
  close(): void {
    this.#closed = true
    globalThis.removeEventListener?.('online', this.#online)
    clearTimeout(this.#retryTimer)
    this.#settle()
    this.#socket?.close(1000)
    this.#socket = null
  }

  async #try(): Promise<void> {
    this.#trying = true
    try {
      const address = await this.#options.prepare(this.#attempt)
      const token = await this.#options.token(this.#refused > 0)
      if (this.#closed) return
      this.#connect(address, token)
    } catch (error) {
      if (this.#closed) return
      if (this.#options.isFinal(error)) {
        this.close()
        this.#options.onFailed(error)
      } else this.#later()
    } finally {
      this.#trying = false
    }
  }

  #connect(address: string, token: string): void {
    const create = this.#options.createSocket ?? ((url, protocols) => new WebSocket(url, protocols))
    const socket = create(address, ['bearer', token])
    this.#socket = socket
    const giveUp = setTimeout(() => this.#lose(socket, 1006), OPEN_WAIT)
    socket.addEventListener('open', () => {
      clearTimeout(giveUp)
      if (socket !== this.#socket) return
      this.#attempt = 0
      this.#down = false
      this.#pingTimer = setInterval(() => this.#ping(), PING_EVERY)
      this.#options.onOpen()
    })
    socket.addEventListener('message', ({ data }) => {
      if (socket !== this.#socket) return
      clearTimeout(this.#silenceTimer)
      this.#refused = 0
      const frame = parse(data)
      if (frame) this.#options.onFrame(frame)
    })
    socket.addEventListener('close', ({ code }) => {
      clearTimeout(giveUp)
      this.#lose(socket, code)
    })
  }

  #ping(): void {
    if (!this.send('ping', {})) return
    clearTimeout(this.#silenceTimer)
    const socket = this.#socket
    this.#silenceTimer = setTimeout(() => this.#lose(socket, 1006), SILENCE)
  }

  #lose(socket: WebSocket | null, code: number): void {
    if (this.#closed || socket !== this.#socket) return
    this.#settle()
    this.#socket = null
    socket?.close()
    const end = ends[code]
    if (end) return this.#end(end)
    if (code === CLOSE.unauthorized && ++this.#refused > 2) return this.#end('unauthorized')
    if (code === CLOSE.notJoined) this.#options.onUnknown()
    if (!this.#down) {
      this.#down = true
      this.#options.onDown(code)
    }
    this.#later()
  }

  #later(): void {
    clearTimeout(this.#retryTimer)
    this.#retryTimer = setTimeout(() => void this.#try(), backoff(this.#attempt++))
  }

  #end(end: SocketEnd): void {
    this.close()
    this.#options.onEnd(end)
  }

  #settle(): void {
    clearInterval(this.#pingTimer)
    clearTimeout(this.#silenceTimer)
  }
}

function parse(text: unknown): ServerFrame | null {
  if (typeof text !== 'string') return null
  try {
    const frame = JSON.parse(text) as ServerFrame
    return typeof frame?.type === 'string' && typeof frame.data === 'object' ? frame : null
  } catch {
    return null
  }
}
