import { createBatchedRead } from '#kernel/db/batched-read.ts'
import type { Database } from '#kernel/db/database.ts'
import type { MeetingRow, MemberRow } from '../tables.ts'

/** A meeting and somebody's row in it, where there are any. */
interface Found {
  readonly meeting: MeetingRow | undefined
  readonly member: MemberRow | undefined
}

/** Reads a meeting with an account's row in it. */
type PlaceReader = (meetingId: number, accountId: number) => Promise<Found>

/** Reads places for sockets that open: five hundred people who come at once are a few statements and not a thousand. */
export function createPlaceReader(db: Pick<Database, 'prepared'>): PlaceReader {
  const findMeetings = createBatchedRead<number, MeetingRow>(
    (ids) => db.prepared('SELECT * FROM meetings WHERE id = ANY($1::int[])', [ids]),
    (row) => row.id,
  )
  const findMembers = createBatchedRead<string, MemberRow>(
    (places) => {
      const pairs = places.map((place) => place.split(' '))
      return db.prepared(
        `SELECT p.* FROM meeting_participants p
         JOIN unnest($1::int[], $2::int[]) AS t(meeting, account) ON p.meeting_id = t.meeting AND p.account_id = t.account`,
        [pairs.map(([meetingId]) => meetingId), pairs.map(([, accountId]) => accountId)],
      )
    },
    (row) => `${row.meeting_id} ${row.account_id}`,
  )
  return async (meetingId, accountId) => {
    const [[meeting], [member]] = await Promise.all([findMeetings(meetingId), findMembers(`${meetingId} ${accountId}`)])
    return { meeting, member }
  }
}
