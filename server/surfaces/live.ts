import type { Events } from '#contracts/events.ts'
import type { LiveFrame } from '#contracts/live.ts'
import type { RoomState } from '#contracts/schemas/room.ts'
import type { RoomFeed } from '#domains/rooms/feed.ts'
import type { Rooms } from '#domains/rooms/rooms.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import { isFault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import { Connection } from './live-connection.ts'
import type { Hub } from './live-connection.ts'
import { createPresence } from './live-presence.ts'
import type { Connection as Socket } from './realtime/connection.ts'
import type { SocketHandler } from './realtime/sockets.ts'

/** Everything live of an account over one socket (`/ws/events`): rooms in full, and whatever other parts forward. */
export interface Live {
  /**
   * Sends events of a topic to the sockets of the accounts that `audience` names, or of those who were admins when
   * they opened them, as `{type: 'event', topic, data}`.
   * Each part forwards its own; there is no list of topics. Such events carry no number: a client reads anew after
   * `ready` and `resync`.
   */
  forward<Topic extends keyof Events>(
    topic: Topic,
    audience: (payload: Events[Topic]) => readonly number[] | 'admins',
    shape?: (payload: Events[Topic]) => unknown,
  ): void
  /** Takes an open socket of somebody signed in. */
  open(socket: Socket): SocketHandler
  /** How many sockets are open. */
  size(): number
  start(): void
  /** Lets go of the bus; the sockets were closed before. */
  close(): void
}

/** The hub of one process. */
export function createLive(parts: {
  bus: Bus<Events>
  feed: RoomFeed
  rooms: Pick<Rooms, 'list' | 'get' | 'markRead' | 'members'>
  roomIdsOf: (accountId: number) => Promise<number[]>
  log: Log
}): Live {
  const { bus, feed, rooms, log } = parts
  const byAccount = new Map<number, Set<Connection>>()
  const watchers = new Map<number, Set<Connection>>()
  const presence = createPresence({ bus, onChange: (accountId, online) => tellPresence(accountId, online) })

  const connectionsOf = (accountId: number): Iterable<Connection> => byAccount.get(accountId) ?? []
  const everybody = function* (): Generator<Connection> {
    for (const connections of byAccount.values()) yield* connections
  }
  const sendAll = (connections: Iterable<Connection>, frame: LiveFrame): void => {
    const buffer = Buffer.from(JSON.stringify(frame))
    for (const connection of connections) connection.sendBuffer(buffer)
  }
  const watching = (roomId: number): Iterable<Connection> => watchers.get(roomId) ?? []

  /** Everybody who looks at a room with this account in it. */
  const tellPresence = (accountId: number, online: boolean): void => {
    for (const [roomId, connections] of watchers) {
      const frame: LiveFrame = { type: 'presence.changed', room_id: roomId, user_id: accountId, online }
      if (membersOf.get(roomId)?.has(accountId)) sendAll(connections, frame)
    }
  }
  /** Who is in the rooms that somebody looks at. */
  const membersOf = new Map<number, Set<number>>()

  const follow = (connection: Connection, room: RoomState, after: number): void => {
    connection.rooms.add(room.id)
    feed.follow(room.id, connection, after, room.last_change)
  }
  const unwatch = (connection: Connection): void => {
    const roomId = connection.watched
    if (roomId === null) return
    connection.watched = null
    const rest = watchers.get(roomId)
    rest?.delete(connection)
    if (rest?.size === 0) {
      watchers.delete(roomId)
      membersOf.delete(roomId)
    }
  }
  const leave = (connection: Connection, roomId: number): void => {
    if (!connection.rooms.delete(roomId)) return
    feed.unfollow(roomId, connection)
    if (connection.watched === roomId) unwatch(connection)
    connection.send({ type: 'room.left', room_id: roomId })
  }
  /** Where a room stands for an account, to all its sockets. */
  const sendState = async (accountId: number, roomId: number): Promise<void> => {
    if (!byAccount.has(accountId)) return
    sendAll(connectionsOf(accountId), { type: 'room', room: await rooms.get(roomId, accountId) })
  }

  const listMembers = async (roomId: number, accountId: number): Promise<void> => {
    const members = new Set((await rooms.members(roomId, accountId)).map((member) => member.user_id))
    if (watchers.has(roomId)) membersOf.set(roomId, members)
  }

  const hub: Hub = {
    greet: async (connection, cursors) => {
      const { accountId } = connection
      try {
        const ids = await parts.roomIdsOf(accountId)
        feed.watch(ids)
        const states = await rooms.list(accountId)
        if (!byAccount.get(accountId)?.has(connection)) return feed.release(ids)
        connection.send({ type: 'ready', user_id: accountId, rooms: states })
        for (const state of states) {
          feed.watch([state.id])
          follow(connection, state, Math.min(cursors[String(state.id)] ?? state.last_change, state.last_change))
        }
        feed.release(ids)
      } catch (error) {
        log.warn({ err: error, accountId }, 'a socket could not be brought up to date')
        connection.close(1011, 'try again')
      }
    },
    watch: (connection, roomId) => {
      unwatch(connection)
      if (roomId === null) return
      if (!connection.rooms.has(roomId)) {
        return connection.send({ type: 'error', code: 'missing', message: 'There is no such room' })
      }
      connection.watched = roomId
      const all = watchers.get(roomId) ?? new Set()
      watchers.set(roomId, all.add(connection))
      void listMembers(roomId, connection.accountId).then(
        () => {
          const online = [...(membersOf.get(roomId) ?? [])].filter((id) => presence.isOnline(id))
          if (connection.watched === roomId) connection.send({ type: 'presence', room_id: roomId, online })
        },
        (error: unknown) => log.warn({ err: error, roomId }, 'who is in a room could not be read'),
      )
    },
    typing: ({ accountId, rooms: own }, roomId) => {
      if (own.has(roomId)) bus.publish('rooms.member.typing', { roomId, accountId })
    },
    read: async (connection, roomId, seq) => {
      try {
        await rooms.markRead(roomId, connection.accountId, seq)
      } catch (error) {
        if (!isFault(error, 'rooms.missing')) log.warn({ err: error }, 'a read mark was not moved')
        connection.send({ type: 'error', code: 'missing', message: 'There is no such room' })
      }
    },
    gone: (connection) => {
      unwatch(connection)
      for (const roomId of connection.rooms) feed.unfollow(roomId, connection)
      connection.rooms.clear()
      const rest = byAccount.get(connection.accountId)
      rest?.delete(connection)
      if (rest?.size !== 0) return
      byAccount.delete(connection.accountId)
      presence.closed(connection.accountId)
    },
  }

  const ends = [
    bus.subscribe('rooms.member.typing', ({ roomId, accountId }) => {
      const others = [...watching(roomId)].filter((one) => one.accountId !== accountId)
      sendAll(others, { type: 'typing', room_id: roomId, user_id: accountId })
    }),
    bus.subscribe('rooms.read.moved', ({ roomId, accountId, seq }) => {
      sendAll(watching(roomId), { type: 'read', room_id: roomId, user_id: accountId, seq })
      return sendState(accountId, roomId)
    }),
    bus.subscribe('rooms.room.changed', ({ roomId }) => {
      sendAll(
        [...everybody()].filter((one) => one.rooms.has(roomId)),
        { type: 'room.changed', room_id: roomId },
      )
    }),
    bus.subscribe('rooms.member.added', async ({ roomId, accountId }) => {
      membersOf.get(roomId)?.add(accountId)
      if (presence.isOnline(accountId)) {
        sendAll(watching(roomId), { type: 'presence.changed', room_id: roomId, user_id: accountId, online: true })
      }
      sendAll(watching(roomId), { type: 'room.changed', room_id: roomId })
      if (!byAccount.has(accountId)) return
      feed.watch([roomId])
      const room = await rooms.get(roomId, accountId)
      for (const connection of connectionsOf(accountId)) {
        if (connection.rooms.has(roomId)) continue
        connection.send({ type: 'room', room })
        follow(connection, room, room.last_change)
      }
      feed.release([roomId])
    }),
    bus.subscribe('rooms.member.removed', ({ roomId, accountId }) => {
      membersOf.get(roomId)?.delete(accountId)
      sendAll(watching(roomId), { type: 'presence.changed', room_id: roomId, user_id: accountId, online: false })
      for (const connection of connectionsOf(accountId)) leave(connection, roomId)
      sendAll(watching(roomId), { type: 'room.changed', room_id: roomId })
    }),
    bus.subscribe('rooms.room.deleted', ({ roomId, memberIds }) => {
      for (const id of memberIds) for (const connection of connectionsOf(id)) leave(connection, roomId)
    }),
    bus.onGap(() => sendAll(everybody(), { type: 'resync' })),
  ]

  return {
    forward: (topic, audience, shape) => {
      ends.push(
        bus.subscribe(topic, (payload) => {
          const frame: LiveFrame = { type: 'event', topic, data: shape === undefined ? payload : shape(payload) }
          const meant = audience(payload)
          sendAll(
            meant === 'admins'
              ? [...everybody()].filter(({ isAdmin }) => isAdmin)
              : meant.flatMap((accountId) => [...connectionsOf(accountId)]),
            frame,
          )
        }),
      )
    },
    open: (socket) => {
      const connection = new Connection(socket, hub)
      const { accountId } = connection
      const known = byAccount.get(accountId)
      if (known) known.add(connection)
      else byAccount.set(accountId, new Set([connection]))
      presence.opened(accountId)
      return connection
    },
    size: () => [...byAccount.values()].reduce((sum, connections) => sum + connections.size, 0),
    start: () => presence.start(),
    close: () => {
      for (const end of ends) end()
      presence.close()
      feed.close()
    },
  }
}
