import type { ServerData } from '#contracts/schemas/signaling.ts'
import { CLOSE } from '#contracts/schemas/signaling.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Log } from '#kernel/log.ts'
import { roomsStore } from '../rooms-store.ts'
import type { SessionWriter } from '../session-writer.ts'
import type { Timings } from '../timings.ts'
import { presence } from './entrance.ts'
import type { Media } from './media.ts'
import type { Room } from './room.ts'
import type { Rooms } from './rooms.ts'
import type { Seat, SignalSocket } from './seat.ts'

/** Why somebody is out of a room, in the words of `user-left`. */
export type Reason = ServerData['user-left']['reason']

/** Sockets going away and places given up. Callers hold the meeting's serial. */
export type Departure = ReturnType<typeof createDeparture>

/** Takes people out of the live rooms. The database's side of leaving is membership's. */
export function createDeparture(parts: {
  db: Database
  clock: Clock
  log: Log
  rooms: Rooms
  media: Media
  node: string
  sessions: SessionWriter
  timings: Timings
  /** Called when a kept place's time is over. */
  onLapse: (meetingId: number, accountId: number) => void
}) {
  const { db, clock, log, rooms, media, node, sessions, timings, onLapse } = parts

  let isAbandoned = false

  function armGrace(room: Room, seat: Seat): void {
    if (isAbandoned) return
    clearTimeout(seat.graceTimer ?? undefined)
    seat.graceTimer = setTimeout(() => {
      seat.graceTimer = null
      onLapse(room.meetingId, seat.accountId)
    }, timings.graceMs + 20)
  }

  async function dropIfEmpty(room: Room): Promise<void> {
    if (room.seats.size > 0 || room.waiters.size > 0 || rooms.get(room.meetingId) !== room) return
    rooms.drop(room)
    media.close(room.meetingId)
    await roomsStore.release(db, room.meetingId, node)
  }

  return {
    armGrace,
    dropIfEmpty,

    /** A socket closed without a word: the place is kept for a while. Nothing happens when another socket has it. */
    async socketLost(room: Room, accountId: number, socket: SignalSocket): Promise<void> {
      const waiter = room.waiters.get(accountId)
      if (waiter?.socket === socket) {
        room.waiters.delete(accountId)
        room.tellModerators()
        await db.query('UPDATE meeting_participants SET seat_until = $2 WHERE peer_id = $1', [
          waiter.peerId,
          new Date(clock.now() + timings.graceMs),
        ])
        return await dropIfEmpty(room)
      }
      const seat = room.seats.get(accountId)
      if (seat?.socket !== socket) return
      seat.socket = null
      presence(room, seat)
      armGrace(room, seat)
      sessions.put(room.meetingId, seat, 'suspended', timings.graceMs)
    },

    /** Somebody is out for good: the others are told, their tracks go, their socket closes. */
    async vacate(room: Room, accountId: number, reason: Reason, tell?: (seat: Seat) => void): Promise<void> {
      const seat = room.seats.get(accountId)
      if (seat === undefined) return
      tell?.(seat)
      clearTimeout(seat.graceTimer ?? undefined)
      seat.graceTimer = null
      room.seats.delete(accountId)
      media.detach(room, seat)
      const { login: username, displayName: nickname } = seat.profile
      const data = { user_id: accountId, peer_id: seat.peerId, username, nickname, role: seat.role, reason }
      room.broadcast('user-left', data, accountId)
      const code = reason === 'removed' ? CLOSE.removed : CLOSE.left
      seat.socket?.close(code, reason)
      seat.socket = null
      sessions.put(room.meetingId, seat, 'closed', null)
      await dropIfEmpty(room)
    },

    /** Somebody waits no more without having come in. */
    async sendAway(room: Room, accountId: number, how: { by: number; close: number }): Promise<void> {
      const waiter = room.waiters.get(accountId)
      if (waiter === undefined) return
      if (how.close === CLOSE.removed) room.send(waiter, 'deny', { by: how.by })
      room.waiters.delete(accountId)
      waiter.socket.close(how.close, 'not let in')
      room.tellModerators()
      await dropIfEmpty(room)
    },

    /** The meeting is over: everybody is told and let go. */
    async closeRoom(room: Room, data: ServerData['end']): Promise<void> {
      room.broadcast('end', data)
      for (const waiter of room.waiters.values()) {
        room.send(waiter, 'end', data)
        waiter.socket.close(CLOSE.ended, 'ended')
      }
      room.waiters.clear()
      const people = room.seats.size
      for (const seat of room.seats.values()) {
        clearTimeout(seat.graceTimer ?? undefined)
        seat.graceTimer = null
        sessions.put(room.meetingId, seat, 'closed', null)
        seat.socket?.close(CLOSE.ended, 'ended')
        seat.socket = null
      }
      // Gone from the room before anything is awaited: what the closing sockets report finds nobody.
      room.seats.clear()
      await dropIfEmpty(room)
      log.info({ meetingId: room.meetingId, people }, 'meeting room closed')
    },

    /** The process ends: places stay as they are in the database, for the next one to find. */
    abandonAll(): void {
      isAbandoned = true
      for (const room of rooms.all()) {
        for (const seat of room.seats.values()) clearTimeout(seat.graceTimer ?? undefined)
      }
    },
  }
}
