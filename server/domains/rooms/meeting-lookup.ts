import type { Database } from '#kernel/db/database.ts'

/** Rooms whose meeting is remembered. */
const MOST_REMEMBERED = 20_000

/** Which meeting a room is of, null for none: asked once, because it never changes. */
export function createMeetingLookup(db: Database): (roomId: number) => Promise<number | null> {
  const known = new Map<number, number | null>()
  return async (roomId) => {
    const remembered = known.get(roomId)
    if (remembered !== undefined) return remembered
    const [room] = await db.query<{ meetingId: number | null }>(
      'SELECT meeting_id AS "meetingId" FROM rooms WHERE id = $1',
      [roomId],
    )
    if (room === undefined) return null
    if (known.size >= MOST_REMEMBERED) known.clear()
    known.set(roomId, room.meetingId)
    return room.meetingId
  }
}
