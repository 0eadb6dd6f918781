import { Compile } from 'typebox/compile'
import { LiveClose, LiveRequest } from '#contracts/live.ts'
import type { LiveFrame } from '#contracts/live.ts'
import type { Follower } from '#domains/rooms/feed.ts'
import type { Connection as Socket } from './realtime/connection.ts'
import type { SocketHandler } from './realtime/sockets.ts'

/** What a connection asks of the hub. */
export interface Hub {
  /** Brings the connection up to date and follows its rooms. */
  greet(connection: Connection, cursors: Readonly<Record<string, number>>): Promise<void>
  watch(connection: Connection, roomId: number | null): void
  typing(connection: Connection, roomId: number): void
  read(connection: Connection, roomId: number, seq: number): Promise<void>
  gone(connection: Connection): void
}

const HELLO_WITHIN_MS = 10_000
/** Frames a client may send in `WINDOW_MS`. */
const MOST_FRAMES = 200
const WINDOW_MS = 10_000

const checkRequest = Compile(LiveRequest)

/** One open socket of one account. */
export class Connection implements Follower, SocketHandler {
  readonly accountId: number
  readonly isAdmin: boolean
  /** Rooms it is told of. */
  readonly rooms = new Set<number>()
  /** The room it looks at. */
  watched: number | null = null
  private readonly socket: Socket
  private readonly hub: Hub
  private greeted = false
  private frames = 0
  private windowEnds = 0
  private hello: NodeJS.Timeout | undefined

  constructor(socket: Socket, hub: Hub) {
    this.socket = socket
    this.hub = hub
    this.accountId = socket.principal.accountId
    this.isAdmin = socket.principal.role === 'admin'
    this.hello = setTimeout(() => socket.close(LiveClose.silent, 'no hello'), HELLO_WITHIN_MS)
  }

  /** @inheritdoc */
  onChange(_roomId: number, _change: number, frame: Buffer): void {
    this.sendBuffer(frame)
  }

  /** @inheritdoc */
  onTooFar(roomId: number): void {
    this.send({ type: 'reset', room_id: roomId })
  }

  send(frame: LiveFrame): void {
    this.socket.send(JSON.stringify(frame))
  }

  /** Sends a frame made once for many. A reader too slow for it is let go: it comes back with its cursors. */
  sendBuffer(frame: Buffer): void {
    this.socket.send(frame)
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason)
  }

  /** @inheritdoc */
  closed(): void {
    clearTimeout(this.hello)
    this.hub.gone(this)
  }

  /** @inheritdoc */
  message(text: string): void {
    if (this.isTooFast()) return this.send({ type: 'error', code: 'too-fast', message: 'Too many frames' })
    const request = parse(text)
    if (request === undefined)
      return this.send({ type: 'error', code: 'invalid', message: 'Not a frame of this socket' })
    if (request.type === 'ping') return this.send({ type: 'pong' })
    if (request.type === 'hello' ? this.greeted : !this.greeted) {
      return this.send({ type: 'error', code: 'invalid', message: 'hello comes first, and once' })
    }
    switch (request.type) {
      case 'hello':
        this.greeted = true
        clearTimeout(this.hello)
        this.hello = undefined
        void this.hub.greet(this, request.cursors ?? {})
        return
      case 'watch':
        return this.hub.watch(this, request.room_id)
      case 'typing':
        return this.hub.typing(this, request.room_id)
      case 'read':
        void this.hub.read(this, request.room_id, request.seq)
    }
  }

  private isTooFast(): boolean {
    const now = Date.now()
    if (now > this.windowEnds) {
      this.windowEnds = now + WINDOW_MS
      this.frames = 0
    }
    return ++this.frames > MOST_FRAMES
  }
}

function parse(text: string): LiveRequest | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return checkRequest.Check(value) ? value : undefined
  } catch {
    return undefined
  }
}
