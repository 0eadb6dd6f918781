import { CLOSE } from '#contracts/schemas/signaling.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import { meetingsStore } from '../meetings-store.ts'
import { membersStore } from '../members-store.ts'
import type { RoleChange } from '../succession.ts'
import type { MeetingRow, MemberRow } from '../tables.ts'
import type { Outcome } from '../transitions.ts'
import type { Departure } from './departure.ts'
import type { Live } from './live.ts'
import type { Room } from './room.ts'
import type { Rooms } from './rooms.ts'

/** Brings a room of this process in line with what another process wrote: the database says how it stands. */
export type Reconcile = (meetingId: number, by: number) => Promise<void>

/**
 * Makes the function that compares a live room with the database and lets it follow: who has no place any more, who was
 * let in, who has another role, settings, the end. It may be called at any time; where nothing differs nothing happens.
 */
export function createReconcile(parts: {
  db: Database
  clock: Clock
  rooms: Rooms
  live: Live
  departure: Departure
}): Reconcile {
  const { db, clock, rooms, live, departure } = parts

  async function people(room: Room, meeting: MeetingRow, members: readonly MemberRow[], by: number): Promise<void> {
    const memberOf = new Map(members.map((member) => [member.account_id, member]))
    const nothing: Outcome = { meeting, roleChanges: [], admitted: [], stillWaiting: [], started: false }
    for (const seat of room.seats.values()) {
      const member = memberOf.get(seat.accountId)
      // Somebody who took a new place meanwhile, by REST, comes in when their socket does.
      if (member?.peer_id === seat.peerId) continue
      const isRemoved = member === undefined || member.removed
      const reason = isRemoved ? 'removed' : seat.socket === null ? 'timeout' : 'left'
      await live.left(nothing, seat.accountId, reason, by)
    }
    const admitted: MemberRow[] = []
    const stillWaiting: MemberRow[] = []
    for (const waiter of room.waiters.values()) {
      const member = memberOf.get(waiter.accountId)
      if (member?.peer_id === waiter.peerId && !member.removed) {
        if (member.status !== 'waiting') admitted.push(member)
        else if (member.waiting_for !== waiter.waitingFor) stillWaiting.push(member)
        continue
      }
      const isBarred = member?.removed !== false || (member.barred_until?.getTime() ?? 0) > clock.now()
      await departure.sendAway(room, waiter.accountId, { by, close: isBarred ? CLOSE.removed : CLOSE.left })
    }
    const roleChanges: RoleChange[] = [...room.seats.values()].flatMap((seat) => {
      const role = memberOf.get(seat.accountId)?.role
      return role === undefined || role === seat.role ? [] : [{ accountId: seat.accountId, role }]
    })
    await live.follow({ ...nothing, roleChanges, admitted, stillWaiting }, by)
  }

  return async (meetingId, by) => {
    await live.exclusively(meetingId, async () => {
      const room = rooms.get(meetingId)
      if (room === undefined) return
      const [meeting, members] = await Promise.all([
        meetingsStore.find(db, meetingId),
        membersStore.listAll(db, meetingId),
      ])
      if (meeting === undefined) return await live.over(meetingId, { by, reason: 'deleted' })
      if (meeting.status === 'ended' || meeting.status === 'cancelled') {
        return await live.over(meetingId, { by, reason: 'ended' })
      }
      if (meeting.updated_at.getTime() !== room.meeting.updated_at.getTime()) live.changed(meeting, by)
      await people(room, meeting, members, by)
    })
  }
}
