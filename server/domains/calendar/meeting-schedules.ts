import type { Events } from '#contracts/events.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Executor } from '#kernel/db/executor.ts'
import { oneLine } from '#kernel/one-line.ts'
import type { CalendarMeeting, MeetingsPort } from './ports.ts'
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
}

/**
 * A meeting is a schedule of everybody who belongs to it. It takes up their time where that is free; where something
 * stands already, it stands beside it, marked as a conflict, and takes its time as soon as that is free: nobody's
 * invitation can push out what they have, and nobody's calendar can keep a meeting from being made.
 */
export function createMeetingSchedules(parts: { db: Database; bus: Bus<Events>; meetings: MeetingsPort }) {
  const { db, bus, meetings } = parts

  /** Brings one meeting's schedules up to date; tells whose calendars changed. Costs little when nothing did. */
  const sync = async (meetingId: number): Promise<void> => {
    await db.transaction(async (tx) => {
      await tx.lock('calendar.meeting', [meetingId])
      const meeting = await meetings.find(meetingId, tx)
      const wanted = meeting?.takesPlace ? meeting.accountIds : []
      const standing = await tx.query<Standing>(
        `SELECT account_id, lower(during) AS start, upper(during) AS end, blocks FROM schedules WHERE meeting_id = $1`,
        [meetingId],
      )
      // Everybody's lock at once, in one order, before anything is written.
      await tx.lock(LOCK_SPACE, [...wanted, ...standing.map((one) => one.account_id)])
      const changed = new Set<number>()
      const gone = standing.filter((one) => !wanted.includes(one.account_id))
      await tx.query('DELETE FROM schedules WHERE meeting_id = $1 AND account_id = ANY($2)', [
        meetingId,
        gone.map((one) => one.account_id),
      ])
      for (const one of gone) changed.add(one.account_id)
      if (meeting !== undefined && wanted.length > 0) {
        for (const accountId of await write(tx, meeting, wanted)) changed.add(accountId)
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

/** Writes a meeting into calendars whose locks are held; the accounts for whom something changed. */
async function write(tx: Executor, meeting: CalendarMeeting, accountIds: readonly number[]): Promise<number[]> {
  const end = new Date(Math.min(meeting.end.getTime(), meeting.start.getTime() + LONGEST_MS))
  const title = Array.from(oneLine(meeting.title)).slice(0, 200).join('') || '#'
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
    [[...accountIds], title, meeting.description.slice(0, 10_000), meeting.start, end, meeting.id],
  )
  return rows.map((row) => row.account_id)
}
