import type { Events } from '#contracts/events.ts'
import type { RoomMessage } from '#contracts/schemas/room.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import type { Log } from '#kernel/log.ts'
import type { Page } from './messages-store.ts'

/** Hears every change of the rooms it follows: in order, none twice, none missing. */
export interface Follower {
  /** `frame` is the change as it goes over a socket, made once for everybody. */
  onChange(roomId: number, change: number, frame: Buffer): void
  /** Too much was missed to be told: read the room anew. */
  onTooFar(roomId: number): void
}

/** Hands the changes of rooms to those who follow them. */
export interface RoomFeed {
  /** Keeps what happens in these rooms from now on; call before reading where they stand. */
  watch(roomIds: readonly number[]): void
  /**
   * Follows a watched room from `after` (what the follower has) on. `standing` is the room's last change, read after
   * `watch`.
   */
  follow(roomId: number, follower: Follower, after: number, standing: number): void
  unfollow(roomId: number, follower: Follower): void
  /** Lets go of watched rooms that nobody follows. */
  release(roomIds: readonly number[]): void
  close(): void
}

/** A follower's place in a room: what it was told up to, and what waits while it is told what it missed. */
interface Place {
  told: number
  waiting: { change: number; frame: Buffer }[] | undefined
}

interface Channel {
  /** Everything up to it was handed on; undefined until somebody said where the room stands. */
  last: number | undefined
  readonly followers: Map<Follower, Place>
  /** Changes that came before their predecessors. */
  readonly early: Map<number, RoomMessage>
  filling: boolean
}

/** Most changes told to one who was away; beyond it the room is read anew. */
export const MOST_MISSED = 1_000
const PAGE = 500

/** A feed over the bus; what the bus loses or swaps is read from the database with `changes`. */
export function createRoomFeed(parts: {
  bus: Bus<Events>
  changes: (roomId: number, after: number, limit: number) => Promise<Page>
  log: Log
}): RoomFeed {
  const { bus, changes, log } = parts
  const channels = new Map<number, Channel>()

  const hand = (roomId: number, channel: Channel, message: RoomMessage): void => {
    const frame = frameOf(roomId, message)
    for (const [follower, place] of channel.followers) {
      if (place.waiting !== undefined) place.waiting.push({ change: message.change, frame })
      else if (message.change > place.told) {
        place.told = message.change
        follower.onChange(roomId, message.change, frame)
      }
    }
  }

  /** Hands on what is next in turn; reads what is missing when something came too early. */
  const drain = (roomId: number, channel: Channel): void => {
    if (channel.last === undefined || channel.filling) return
    for (const change of channel.early.keys()) if (change <= channel.last) channel.early.delete(change)
    for (let next = channel.early.get(channel.last + 1); next; next = channel.early.get(channel.last + 1)) {
      channel.last++
      channel.early.delete(channel.last)
      hand(roomId, channel, next)
    }
    if (channel.early.size > 0) void fill(roomId, channel)
  }

  /** Reads from the database what the bus did not bring. */
  const fill = async (roomId: number, channel: Channel): Promise<void> => {
    if (channel.filling || channel.last === undefined) return
    channel.filling = true
    try {
      for (let more = true; more;) {
        const page = await changes(roomId, channel.last, PAGE)
        for (const message of page.messages) hand(roomId, channel, message)
        more = page.messages.length === PAGE
        channel.last = more ? (page.messages.at(-1)?.change ?? channel.last) : Math.max(channel.last, page.change)
      }
    } catch (error) {
      log.warn({ err: error, roomId }, 'what a room missed could not be read')
      // The next event tries again.
      channel.early.clear()
    } finally {
      channel.filling = false
    }
    if (channels.get(roomId) === channel) drain(roomId, channel)
  }

  /** Tells one follower what it missed, then what came meanwhile. */
  const catchUp = async (roomId: number, follower: Follower, place: Place): Promise<void> => {
    try {
      for (let more = true, told = 0; more;) {
        const page = await changes(roomId, place.told, PAGE)
        told += page.messages.length
        if (told > MOST_MISSED) {
          place.told = page.change
          follower.onTooFar(roomId)
          break
        }
        for (const message of page.messages) follower.onChange(roomId, message.change, frameOf(roomId, message))
        more = page.messages.length === PAGE
        place.told = more ? (page.messages.at(-1)?.change ?? place.told) : page.change
      }
    } catch (error) {
      log.warn({ err: error, roomId }, 'what somebody missed could not be read')
      follower.onTooFar(roomId)
    }
    const waiting = place.waiting ?? []
    place.waiting = undefined
    for (const { change, frame } of waiting) {
      if (change <= place.told) continue
      place.told = change
      follower.onChange(roomId, change, frame)
    }
  }

  const endBus = bus.subscribe('rooms.message.changed', ({ roomId, message }) => {
    const channel = channels.get(roomId)
    if (channel === undefined || (channel.last !== undefined && message.change <= channel.last)) return
    channel.early.set(message.change, message)
    drain(roomId, channel)
  })
  const endGap = bus.onGap(() => {
    for (const [roomId, channel] of channels) void fill(roomId, channel)
  })

  return {
    watch: (roomIds) => {
      for (const roomId of roomIds) {
        if (!channels.has(roomId)) {
          channels.set(roomId, { last: undefined, followers: new Map(), early: new Map(), filling: false })
        }
      }
    },
    follow: (roomId, follower, after, standing) => {
      const channel = channels.get(roomId)
      if (channel === undefined) throw new Error(`room ${roomId} is followed before it is watched`)
      channel.last ??= standing
      const place: Place = { told: Math.min(after, standing), waiting: undefined }
      channel.followers.set(follower, place)
      if (place.told < Math.max(standing, channel.last)) {
        place.waiting = []
        void catchUp(roomId, follower, place)
      }
      drain(roomId, channel)
    },
    unfollow: (roomId, follower) => {
      const channel = channels.get(roomId)
      channel?.followers.delete(follower)
      if (channel?.followers.size === 0) channels.delete(roomId)
    },
    release: (roomIds) => {
      for (const roomId of roomIds) if (channels.get(roomId)?.followers.size === 0) channels.delete(roomId)
    },
    close: () => {
      endBus()
      endGap()
      channels.clear()
    },
  }
}

function frameOf(roomId: number, message: RoomMessage): Buffer {
  return Buffer.from(JSON.stringify({ type: 'message', room_id: roomId, change: message.change, message }))
}
