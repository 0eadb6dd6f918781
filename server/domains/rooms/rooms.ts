import type { Events } from '#contracts/events.ts'
import type { RoomMember, RoomRole, RoomState } from '#contracts/schemas/room.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Transaction } from '#kernel/db/executor.ts'
import { Fault } from '#kernel/fault.ts'
import { MOST_MEMBERS, cleanName, manages, missingRoom, notAllowed, outranks } from './room.ts'
import {
  appointOwner,
  deleteMembers,
  findPlace,
  findState,
  insertMembers,
  insertRoom,
  listMembers,
  listStates,
  memberIds,
  moveReadMark,
  noteLeaver,
} from './rooms-store.ts'
import type { Place } from './rooms-store.ts'

/** Rooms and who is in them. A room that one is not in is `rooms.missing`, like one that does not exist. */
export type Rooms = ReturnType<typeof createRooms>

/** Rooms over the database; who comes and goes is told on the bus after the commit. */
export function createRooms(parts: { db: Database; bus: Bus<Events> }) {
  const { db, bus } = parts

  const place = async (roomId: number, accountId: number): Promise<Place> => {
    const found = await findPlace(db, roomId, accountId)
    if (found === undefined) throw missingRoom()
    return found
  }
  /** The place of somebody who manages a room that people made. */
  const managed = async (roomId: number, accountId: number): Promise<Place> => {
    const found = await place(roomId, accountId)
    if (found.kind !== 'group' || !manages(found.role)) throw notAllowed()
    return found
  }
  const tellAdded = (tx: Transaction, roomId: number, accountIds: readonly number[]): void => {
    tx.afterCommit(() => {
      for (const accountId of accountIds) bus.publish('rooms.member.added', { roomId, accountId })
    })
  }

  /** Puts people into a room, within its size, and tells. Faults: `rooms.full`. */
  const addTo = async (
    tx: Transaction,
    roomId: number,
    accountIds: readonly number[],
    role?: RoomRole,
  ): Promise<number[]> => {
    await tx.lock('rooms.members', [roomId])
    const added = await insertMembers(tx, roomId, accountIds, role)
    const all = await memberIds(tx, roomId)
    if (added.length > 0 && all.length > MOST_MEMBERS) {
      throw new Fault('conflict', 'rooms.full', `A room has at most ${MOST_MEMBERS} people`)
    }
    tellAdded(tx, roomId, added)
    return added
  }

  /** Takes people out and tells; a room that nobody is left in goes too, unless a meeting's. */
  const removeFrom = async (tx: Transaction, roomId: number, accountIds: readonly number[]): Promise<number[]> => {
    await tx.lock('rooms.members', [roomId])
    const removed = await deleteMembers(tx, roomId, accountIds)
    await tx.query(
      `DELETE FROM rooms WHERE id = $1 AND kind <> 'meeting' AND NOT EXISTS (SELECT 1 FROM room_members WHERE room_id = $1)`,
      [roomId],
    )
    await appointOwner(tx, roomId)
    tx.afterCommit(() => {
      for (const accountId of removed) bus.publish('rooms.member.removed', { roomId, accountId })
    })
    return removed
  }

  return {
    place,
    managed,
    addTo,
    removeFrom,

    /** Makes a room; whoever makes it is its owner. Faults: `rooms.no-name`. */
    create: (accountId: number, name: string, others: readonly number[] = []) =>
      db.transaction(async (tx) => {
        const room = await insertRoom(tx, { name: cleanName(name), kind: 'group', by: accountId })
        await addTo(tx, room.id, [accountId], 'owner')
        if (others.length > 0) await addTo(tx, room.id, others)
        return { ...room, name: cleanName(name) }
      }),

    /** The one room of two people, made when there is none. Faults: `rooms.no-account`. */
    direct: async (accountId: number, otherId: number): Promise<number> => {
      const pair = [accountId, otherId].toSorted((a, b) => a - b)
      return db.transaction(async (tx) => {
        const directKey = pair.join(' ')
        await tx.lock('rooms.direct', [directKey])
        const [known] = await tx.query<{ id: number }>('SELECT id FROM rooms WHERE direct_key = $1', [directKey])
        const id = known?.id ?? (await insertRoom(tx, { name: '', kind: 'direct', by: accountId, directKey })).id
        // Whoever left comes back.
        await addTo(tx, id, pair)
        if (accountId === otherId || (await memberIds(tx, id)).length < 2) throw noAccount()
        return id
      })
    },

    list: (accountId: number): Promise<RoomState[]> => listStates(db, accountId),

    get: async (roomId: number, accountId: number): Promise<RoomState> => {
      const state = await findState(db, roomId, accountId)
      if (state === undefined) throw missingRoom()
      return state
    },

    members: async (roomId: number, accountId: number): Promise<RoomMember[]> => {
      await place(roomId, accountId)
      return listMembers(db, roomId)
    },

    /** Faults: `rooms.not-allowed`, `rooms.no-name`. */
    rename: async (roomId: number, accountId: number, name: string): Promise<void> => {
      await managed(roomId, accountId)
      await db.query('UPDATE rooms SET name = $2 WHERE id = $1', [roomId, cleanName(name)])
      bus.publish('rooms.room.changed', { roomId })
    },

    /** Deletes a room with all that was said in it. Owners only. */
    remove: async (roomId: number, accountId: number): Promise<void> => {
      const { role } = await managed(roomId, accountId)
      if (role !== 'owner') throw notAllowed()
      const members = await memberIds(db, roomId)
      await db.query('DELETE FROM rooms WHERE id = $1', [roomId])
      bus.publish('rooms.room.deleted', { roomId, memberIds: members })
    },

    /** Any member may bring somebody into a room that people made. Faults: `rooms.no-account`, `rooms.not-allowed`. */
    addMember: async (roomId: number, accountId: number, newId: number): Promise<RoomMember> => {
      if ((await place(roomId, accountId)).kind !== 'group') throw notAllowed()
      await db.transaction((tx) => addTo(tx, roomId, [newId]))
      const member = (await listMembers(db, roomId)).find((one) => one.user_id === newId)
      if (member === undefined) throw noAccount()
      return member
    },

    /** Leaves (one's own id), or takes out somebody of a lower role. Faults: `rooms.no-account`, `rooms.not-allowed`. */
    removeMember: async (roomId: number, accountId: number, leavingId: number): Promise<void> => {
      const { role, kind } = await place(roomId, accountId)
      if (leavingId !== accountId) {
        if (kind !== 'group' || !manages(role)) throw notAllowed()
        const other = await findPlace(db, roomId, leavingId)
        if (other === undefined) throw noAccount()
        if (!outranks(role, other.role)) throw notAllowed()
      }
      await db.transaction(async (tx) => {
        await removeFrom(tx, roomId, [leavingId])
        if (kind === 'meeting') await noteLeaver(tx, roomId, leavingId)
      })
    },

    /** Owners alone give roles; giving away one's own ownership makes one an admin. */
    setRole: async (roomId: number, accountId: number, otherId: number, role: RoomRole): Promise<void> => {
      if ((await managed(roomId, accountId)).role !== 'owner' || otherId === accountId) throw notAllowed()
      await db.transaction(async (tx) => {
        await tx.lock('rooms.members', [roomId])
        const given = await tx.query(
          'UPDATE room_members SET role = $3 WHERE room_id = $1 AND account_id = $2 RETURNING role',
          [roomId, otherId, role],
        )
        if (given.length === 0) throw noAccount()
        if (role === 'owner') {
          await tx.query(`UPDATE room_members SET role = 'admin' WHERE room_id = $1 AND account_id = $2`, [
            roomId,
            accountId,
          ])
        }
        tx.afterCommit(() => bus.publish('rooms.room.changed', { roomId }))
      })
    },

    /** Marks everything up to `seq` as read; where the mark stands now. */
    markRead: async (roomId: number, accountId: number, seq: number): Promise<number> => {
      const mark = await moveReadMark(db, roomId, accountId, seq)
      if (mark === undefined) throw missingRoom()
      if (mark.moved) bus.publish('rooms.read.moved', { roomId, accountId, seq: mark.seq })
      return mark.seq
    },
  }
}

function noAccount(): Fault {
  return new Fault('missing', 'rooms.no-account', 'There is no such account here')
}
