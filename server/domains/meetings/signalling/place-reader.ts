import type { Database } from '#kernel/db/database.ts'
import type { MeetingRow, MemberRow } from '../tables.ts'

/** A meeting and somebody's row in it, where there are any. */
interface Found {
  readonly meeting: MeetingRow | undefined
  readonly member: MemberRow | undefined
}

interface Ask {
  readonly meetingId: number
  readonly accountId: number
  readonly found: (found: Found) => void
  readonly failed: (error: unknown) => void
}

const MOST_AT_ONCE = 500

/** Reads a meeting with an account's row in it. */
type PlaceReader = (meetingId: number, accountId: number) => Promise<Found>

/**
 * Reads places for sockets that open. Those asked for while a read is under way go together in the next one: five hundred
 * people who come at once are a few statements and not a thousand.
 */
export function createPlaceReader(db: Pick<Database, 'prepared'>): PlaceReader {
  const waiting: Ask[] = []
  let isReading = false

  async function read(batch: readonly Ask[]): Promise<void> {
    const meetingIds = [...new Set(batch.map((one) => one.meetingId))]
    const [meetings, members] = await Promise.all([
      db.prepared<MeetingRow>('SELECT * FROM meetings WHERE id = ANY($1::int[])', [meetingIds]),
      db.prepared<MemberRow>(
        `SELECT p.* FROM meeting_participants p
         JOIN unnest($1::int[], $2::int[]) AS t(meeting, account) ON p.meeting_id = t.meeting AND p.account_id = t.account`,
        [batch.map((one) => one.meetingId), batch.map((one) => one.accountId)],
      ),
    ])
    const meetingOf = new Map(meetings.map((row) => [row.id, row]))
    const memberOf = new Map(members.map((row) => [`${row.meeting_id} ${row.account_id}`, row]))
    for (const { meetingId, accountId, found } of batch) {
      found({ meeting: meetingOf.get(meetingId), member: memberOf.get(`${meetingId} ${accountId}`) })
    }
  }

  async function readAll(): Promise<void> {
    isReading = true
    while (waiting.length > 0) {
      const batch = waiting.splice(0, MOST_AT_ONCE)
      await read(batch).catch((error: unknown) => {
        for (const one of batch) one.failed(error)
      })
    }
    isReading = false
  }

  return (meetingId, accountId) =>
    new Promise((found, failed) => {
      waiting.push({ meetingId, accountId, found, failed })
      if (!isReading) void readAll()
    })
}
