import { WebSocket } from 'ws'
import type { LiveFrame, LiveRequest } from '#contracts/live.ts'
import type { RoomMessage } from '#contracts/schemas/room.ts'

/** A client of `/ws/events` that keeps what it is told, comes back when the socket ends, and asks for what it missed. */
export interface LiveClient {
  /** Every frame since the start, over all sockets. */
  readonly frames: readonly LiveFrame[]
  /** What went wrong with the order: a change told twice or after a later one. Empty when all is well. */
  readonly faults: readonly string[]
  /** A room's messages as the client knows them, by number. */
  history(roomId: number): RoomMessage[]
  cursor(roomId: number): number
  send(frame: LiveRequest): void
  /** Resolves with the first frame, past or to come, that `wanted` accepts. */
  waitFor<T extends LiveFrame['type']>(
    type: T,
    wanted?: (frame: Extract<LiveFrame, { type: T }>) => boolean,
  ): Promise<Extract<LiveFrame, { type: T }>>
  /** Cuts the connection as a network does: without a word. */
  cut(): void
  close(): void
}

const RETRY_MS = 50

/** Connects to the server at `url` (its `http://` address) as `token`. */
export function connectLive(url: string, token: string): LiveClient {
  const frames: LiveFrame[] = []
  const faults: string[] = []
  const cursors = new Map<number, number>()
  const rooms = new Map<number, Map<number, RoomMessage>>()
  const listeners = new Set<() => void>()
  let socket: WebSocket
  let retry: NodeJS.Timeout | undefined
  let over = false

  const take = (frame: LiveFrame): void => {
    frames.push(frame)
    if (frame.type === 'ready') {
      for (const room of frame.rooms) if (!cursors.has(room.id)) cursors.set(room.id, room.last_change)
    } else if (frame.type === 'room') {
      if (!cursors.has(frame.room.id)) cursors.set(frame.room.id, frame.room.last_change)
    } else if (frame.type === 'message') {
      const before = cursors.get(frame.room_id) ?? 0
      if (frame.change <= before) faults.push(`room ${frame.room_id}: change ${frame.change} after ${before}`)
      cursors.set(frame.room_id, frame.change)
      const room = rooms.get(frame.room_id) ?? new Map<number, RoomMessage>()
      rooms.set(frame.room_id, room.set(frame.message.seq, frame.message))
    }
    for (const listener of listeners) listener()
  }

  const open = (): void => {
    socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws/events`, ['bearer', token])
    socket.on('open', () => socket.send(JSON.stringify({ type: 'hello', cursors: Object.fromEntries(cursors) })))
    socket.on('message', (data: Buffer) => take(JSON.parse(data.toString()) as LiveFrame))
    socket.on('error', () => {})
    socket.on('close', () => {
      if (!over) retry = setTimeout(open, RETRY_MS)
    })
  }
  open()

  return {
    frames,
    faults,
    history: (roomId) => [...(rooms.get(roomId)?.values() ?? [])].sort((a, b) => a.seq - b.seq),
    cursor: (roomId) => cursors.get(roomId) ?? 0,
    send: (frame) => socket.send(JSON.stringify(frame)),
    waitFor: (type, wanted = () => true) => {
      type Wanted = Extract<LiveFrame, { type: typeof type }>
      const find = () => frames.find((frame): frame is Wanted => frame.type === type && wanted(frame as Wanted))
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`no ${type} frame came`)), 10_000)
        const look = (): void => {
          const found = find()
          if (found === undefined) return
          clearTimeout(late)
          listeners.delete(look)
          resolve(found)
        }
        listeners.add(look)
        look()
      })
    },
    cut: () => socket.terminate(),
    close: () => {
      over = true
      clearTimeout(retry)
      socket.terminate()
    },
  }
}
