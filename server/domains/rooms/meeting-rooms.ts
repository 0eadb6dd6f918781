import type { Database } from '#kernel/db/database.ts'
import { oneLine } from '#kernel/one-line.ts'
import type { MeetingsPort } from '#domains/meetings/for-others.ts'
import { LONGEST_NAME } from './room.ts'
import type { Rooms } from './rooms.ts'
import { forgetLeaver, insertRoom, leaverIds, memberIds } from './rooms-store.ts'

/** How many meetings are read at once. */
const PAGE = 500

/**
 * Keeps the rooms of meetings in step with the meetings: named like them, with those in it who belong to the meeting and
 * did not leave the room themselves.
 */
export function createMeetingRooms(parts: {
  db: Database
  rooms: Rooms
  meetings: Pick<MeetingsPort, 'find' | 'listFrom' | 'deleted'>
}) {
  const { db, rooms, meetings } = parts

  const made = {
    /** Brings the meeting's room up to date, making it where there is none; its id. Undefined once the meeting is gone. */
    sync: (meetingId: number): Promise<number | undefined> =>
      db.transaction(async (tx) => {
        // Asked under the lock, so that of two at once the later answer is the one that stays.
        await tx.lock('rooms.meeting', [meetingId])
        const meeting = await meetings.find(meetingId, tx)
        const [known] = await tx.query<{ id: number; name: string }>(
          'SELECT id, name FROM rooms WHERE meeting_id = $1',
          [meetingId],
        )
        if (meeting === undefined) return known?.id
        const name = Array.from(oneLine(meeting.title)).slice(0, LONGEST_NAME).join('') || '#'
        const id = known?.id ?? (await insertRoom(tx, { name, kind: 'meeting', by: null, meetingId })).id
        if (known && known.name !== name) {
          await tx.query('UPDATE rooms SET name = $2 WHERE id = $1', [id, name])
        }
        const wanted = new Set(meeting.accountIds)
        const present = new Set(await memberIds(tx, id))
        const gone = [...present].filter((one) => !wanted.has(one))
        const left = new Set(await leaverIds(tx, id))
        // Whoever no longer belongs to the meeting left that too, and may be asked in anew.
        for (const one of left) if (!wanted.has(one)) await forgetLeaver(tx, meetingId, one)
        const missing = meeting.accountIds.filter((one) => !present.has(one) && !left.has(one))
        if (missing.length > 0) await rooms.addTo(tx, id, missing)
        if (gone.length > 0) await rooms.removeFrom(tx, id, gone)
        return id
      }),

    /** Somebody writes in the meeting whose room they may have left: the next `sync` puts them back. */
    wantsBack: (meetingId: number, accountId: number): Promise<void> => forgetLeaver(db, meetingId, accountId),

    /** Deletes the room of a meeting that was deleted; who was in it is told. */
    drop: async (meetingId: number): Promise<void> => {
      await db.transaction(async (tx) => {
        await tx.lock('rooms.meeting', [meetingId])
        const [room] = await tx.query<{ id: number }>('SELECT id FROM rooms WHERE meeting_id = $1', [meetingId])
        if (room === undefined) return
        const members = await memberIds(tx, room.id)
        await rooms.removeFrom(tx, room.id, members)
        await tx.query('DELETE FROM rooms WHERE id = $1', [room.id])
      })
    },

    /** The room of a meeting, where there is one. */
    find: async (meetingId: number): Promise<number | undefined> => {
      const [room] = await db.query<{ id: number }>('SELECT id FROM rooms WHERE meeting_id = $1', [meetingId])
      return room?.id
    },

    /**
     * Makes up for events that were missed: every meeting that ends after `from` has its room as it should be, and no
     * deleted one has any. How many rooms were looked at.
     */
    syncAll: async (from: Date): Promise<number> => {
      let count = 0
      for (let afterId = 0, more = true; more;) {
        const page = await meetings.listFrom(from, afterId, PAGE)
        for (const { id } of page) await made.sync(id)
        count += page.length
        afterId = page.at(-1)?.id ?? 0
        more = page.length === PAGE
      }
      for (let afterId = 0, more = true; more;) {
        const page = await db.query<{ meetingId: number }>(
          'SELECT meeting_id AS "meetingId" FROM rooms WHERE meeting_id > $1 ORDER BY meeting_id LIMIT $2',
          [afterId, PAGE],
        )
        for (const meetingId of await meetings.deleted(page.map((room) => room.meetingId))) await made.drop(meetingId)
        count += page.length
        afterId = page.at(-1)?.meetingId ?? 0
        more = page.length === PAGE
      }
      return count
    },
  }
  return made
}
