import type { Database } from '#kernel/db/database.ts'
import type { Jobs } from '#kernel/jobs/jobs.ts'
import type { Notifier } from './ports.ts'

/** How often due reminders are looked for. */
const EVERY_MS = 20_000
const KIND = 'calendar.reminders'
const MOST_AT_ONCE = 500

interface Due {
  readonly id: number
  readonly accountId: number
  readonly title: string
  readonly start: Date
  readonly meetingId: number | null
  readonly locale: string | null
  readonly zone: string
}

/** The words of a reminder, in the reader's language and on the reader's clock. */
export type ReminderWords = (due: { title: string; start: Date; locale: string | null; zone: string }) => {
  title: string
  text: string
}

/** Tells people of what is about to begin, through the notification service. */
export function createReminders(parts: {
  db: Database
  notify: Notifier
  words: ReminderWords
  jobs: Pick<Jobs, 'define'>
}): {
  /** Gives every reminder that is due; how many. */
  giveDue(): Promise<number>
} {
  const { db, notify, words, jobs } = parts
  const giveDue = async (): Promise<number> => {
    const due = await db.query<Due>(
      `SELECT s.id, s.account_id AS "accountId", s.title, lower(s.during) AS start, s.meeting_id AS "meetingId",
         a.locale, a.time_zone AS zone
       FROM schedules AS s JOIN accounts AS a ON a.id = s.account_id
       WHERE s.remind_at <= now() AND upper(s.during) > now() AND NOT s.dismissed
       ORDER BY s.remind_at LIMIT ${MOST_AT_ONCE}`,
    )
    for (const one of due) {
      await notify.send({
        accountId: one.accountId,
        kind: 'calendar.reminder',
        // Moved, it is another reminder; sent twice because the mark below was lost, it is the same.
        dedupeKey: `calendar.reminder:${one.id}:${one.start.toISOString()}`,
        ...words(one),
        url: one.meetingId === null ? `/calendar?schedule=${one.id}` : `/meetings/${one.meetingId}`,
      })
      await db.query('UPDATE schedules SET remind_at = NULL WHERE id = $1 AND lower(during) = $2', [one.id, one.start])
    }
    // What was over before anybody could be told, because this program was down.
    await db.query('UPDATE schedules SET remind_at = NULL WHERE remind_at <= now() AND upper(during) <= now()')
    return due.length
  }
  jobs.define(KIND, { everyMs: EVERY_MS, retries: 0 }, async () => ({ given: await giveDue() }))
  return { giveDue }
}
