import type { Events } from '#contracts/events.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Executor } from '#kernel/db/executor.ts'
import { oneLine } from '#kernel/one-line.ts'
import type { KnownMeeting, MeetingsPort } from '#domains/meetings/for-others.ts'
import { LONGEST_MS } from './schedule.ts'
import { LOCK_SPACE, fillFreed } from './store.ts'

/** Minutes before a meeting at which its people are reminded, unless they choose otherwise. */
const REMINDER_MINUTES = 10
const PAGE = 200

/** A row of a meeting as it stands in somebody's calendar. */
interface Standing {
  readonly account_id: number
  readonly start: Date
  readonly end: Date
  readonly blocks: boolean
  /** Whether it says what the meeting says. */
  readonly current: boolean
}

/**
 * A meeting is a schedule of everybody who belongs to it. It takes up their time where that is free; where something
 * stands already, it stands beside it, marked as a conflict, and takes its time as soon as that is free: nobody's
 * invitation can push out what they have, and nobody's calendar can keep a meeting from being made.
 */
export function createMeetingSchedules(parts: {
  db: Database
  bus: Bus<Events>
  meetings: Pick<MeetingsPort, 'find' | 'listFrom'>
}) {
  const { db, bus, meetings } = parts

  /** Brings one meeting's schedules up to date; tells whose calendars changed. Costs little when nothing did. */
  const sync = async (meetingId: number): Promise<void> => {
    await db.transaction(async (tx) => {
      await tx.lock('calendar.meeting', [meetingId])
      const meeting = await meetings.find(meetingId, tx)
      const entry = meeting && entryOf(meeting)
      const wanted = new Set(meeting?.takesPlace ? meeting.accountIds : [])
      const standing = await tx.query<Standing>(
        `SELECT account_id, lower(during) AS start, upper(during) AS end, blocks,
           (title, description, during) IS NOT DISTINCT FROM ($2::text, $3::text, tstzrange($4, $5)) AS current
         FROM schedules WHERE meeting_id = $1`,
        [meetingId, entry?.title, entry?.description, entry?.start, entry?.end],
      )
      const gone = standing.filter((one) => !wanted.has(one.account_id)).map((one) => one.account_id)
      for (const one of standing) if (one.current) wanted.delete(one.account_id)
      if (gone.length + wanted.size === 0) return
      // Everybody's lock at once, in one order, before anything is written.
      await tx.lock(LOCK_SPACE, [...wanted, ...gone])
      await tx.query('DELETE FROM schedules WHERE meeting_id = $1 AND account_id = ANY($2)', [meetingId, gone])
      const changed = new Set(gone)
      if (entry !== undefined && wanted.size > 0) {
        for (const accountId of await write(tx, meetingId, entry, [...wanted])) changed.add(accountId)
      }
      for (const { account_id: accountId, start, end, blocks } of standing) {
        if (blocks && changed.has(accountId)) await fillFreed(tx, accountId, start, end)
      }
      tx.afterCommit(() => {
        for (const accountId of changed) bus.publish('calendar.schedules.changed', { accountId })
      })
    })
  }

  return {
    sync,

    /** Makes up for what was missed while this program was down: every meeting that is not over yet. */
    syncAll: async (from: Date): Promise<number> => {
      let count = 0
      for (let afterId = 0; ;) {
        const page = await meetings.listFrom(from, afterId, PAGE)
        for (const { id } of page) await sync(id)
        count += page.length
        afterId = page.at(-1)?.id ?? 0
        if (page.length < PAGE) return count
      }
    },
  }
}

/** What a meeting's schedules say. */
function entryOf(meeting: KnownMeeting) {
  return {
    title: Array.from(oneLine(meeting.title)).slice(0, 200).join('') || '#',
    description: meeting.description.slice(0, 10_000),
    start: meeting.start,
    end: new Date(Math.min(meeting.end.getTime(), meeting.start.getTime() + LONGEST_MS)),
  }
}

/** Writes a meeting into calendars whose locks are held; the accounts for whom something changed. */
async function write(
  tx: Executor,
  meetingId: number,
  entry: ReturnType<typeof entryOf>,
  accountIds: readonly number[],
): Promise<number[]> {
  const rows = await tx.query<{ account_id: number }>(
    `INSERT INTO schedules AS s (account_id, title, description, during, meeting_id, uid, blocks, reminder_minutes, remind_at)
     SELECT a, $2, $3, tstzrange($4::timestamptz, $5::timestamptz), $6::int, 'meeting-' || $6::int, NOT EXISTS (
         SELECT 1 FROM schedules AS o WHERE o.account_id = a AND o.during && tstzrange($4::timestamptz, $5::timestamptz) AND o.slot = 0
           AND o.meeting_id IS DISTINCT FROM $6::int),
       ${REMINDER_MINUTES}, CASE WHEN $4::timestamptz > now() THEN $4::timestamptz - interval '${REMINDER_MINUTES} minutes' END
     FROM unnest($1::int[]) AS a
     ON CONFLICT (meeting_id, account_id) WHERE meeting_id IS NOT NULL DO UPDATE SET
       title = excluded.title, description = excluded.description, during = excluded.during,
       blocks = excluded.blocks AND s.busy AND NOT s.dismissed, revision = s.revision + 1, updated_at = now(),
       remind_at = CASE WHEN lower(s.during) = lower(excluded.during) OR s.dismissed THEN s.remind_at
         WHEN lower(excluded.during) > now() THEN lower(excluded.during) - make_interval(mins => s.reminder_minutes) END
     WHERE (s.title, s.description, s.during) IS DISTINCT FROM (excluded.title, excluded.description, excluded.during)
     RETURNING account_id`,
    [[...accountIds], entry.title, entry.description, entry.start, entry.end, meetingId],
  )
  return rows.map((row) => row.account_id)
}
