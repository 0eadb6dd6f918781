import { createHash } from 'node:crypto'
import ICAL from 'ical.js'
import type { Database } from '#kernel/db/database.ts'
import { Fault } from '#kernel/fault.ts'
import { randomToken } from '#kernel/ids.ts'
import type { Schedule } from './schedule.ts'
import { listSchedules } from './store.ts'

const DAY_MS = 24 * 60 * 60_000
/** How much of the past and the future a feed holds. */
const PAST_MS = 90 * DAY_MS
const FUTURE_MS = 2 * 366 * DAY_MS

/** Private addresses under which calendar programs read an account's calendar. */
export type Feeds = ReturnType<typeof createFeeds>

/** Feeds over the database. `linkTo` names the page of a meeting. */
export function createFeeds(parts: { db: Database; linkTo: (meetingId: number) => string | undefined }) {
  const { db, linkTo } = parts
  const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()
  return {
    /** Makes an address; an earlier one ends. The token is shown this once. */
    create: async (accountId: number): Promise<string> => {
      const token = randomToken(40)
      await db.query(
        `INSERT INTO calendar_feeds (account_id, token_hash) VALUES ($1, $2)
         ON CONFLICT (account_id) DO UPDATE SET token_hash = excluded.token_hash, created_at = now()`,
        [accountId, hashOf(token)],
      )
      return token
    },
    /** Since when there is one; null where there is none. */
    createdAt: async (accountId: number): Promise<Date | null> => {
      const [row] = await db.query<{ at: Date }>('SELECT created_at AS at FROM calendar_feeds WHERE account_id = $1', [
        accountId,
      ])
      return row?.at ?? null
    },
    remove: async (accountId: number): Promise<void> => {
      await db.query('DELETE FROM calendar_feeds WHERE account_id = $1', [accountId])
    },
    /** The calendar behind a token, as RFC 5545 text. Faults: `calendar.no-feed`. */
    read: async (token: string, now: number): Promise<string> => {
      const [row] = await db.query<{ accountId: number; name: string }>(
        `SELECT f.account_id AS "accountId", a.display_name AS name FROM calendar_feeds AS f JOIN accounts AS a ON a.id = f.account_id
         WHERE f.token_hash = $1 AND a.status = 'active'`,
        [hashOf(token)],
      )
      if (row === undefined) throw new Fault('missing', 'calendar.no-feed', 'There is no calendar at this address')
      const schedules = await listSchedules(db, row.accountId, new Date(now - PAST_MS), new Date(now + FUTURE_MS))
      return toICalendar(row.name, schedules, linkTo)
    },
  }
}

/** Schedules as a VCALENDAR, all in UTC, which needs no zones described. */
export function toICalendar(
  name: string,
  schedules: readonly Schedule[],
  linkTo: (meetingId: number) => string | undefined,
): string {
  const calendar = new ICAL.Component('vcalendar')
  calendar.updatePropertyWithValue('version', '2.0')
  calendar.updatePropertyWithValue('prodid', '-//Confab//Calendar//EN')
  calendar.updatePropertyWithValue('calscale', 'GREGORIAN')
  calendar.updatePropertyWithValue('method', 'PUBLISH')
  calendar.updatePropertyWithValue('x-wr-calname', `Confab: ${name}`)
  for (const schedule of schedules) calendar.addSubcomponent(toEvent(schedule, linkTo))
  return calendar.toString() + '\r\n'
}

function toEvent(schedule: Schedule, linkTo: (meetingId: number) => string | undefined): ICAL.Component {
  const event = new ICAL.Component('vevent')
  event.updatePropertyWithValue('uid', `${schedule.id}-${schedule.uid}`)
  event.updatePropertyWithValue('dtstamp', utc(schedule.updatedAt))
  event.updatePropertyWithValue('created', utc(schedule.createdAt))
  event.updatePropertyWithValue('last-modified', utc(schedule.updatedAt))
  event.updatePropertyWithValue('sequence', schedule.revision)
  event.updatePropertyWithValue('dtstart', utc(schedule.start))
  event.updatePropertyWithValue('dtend', utc(schedule.end))
  event.updatePropertyWithValue('summary', schedule.title)
  if (schedule.description !== '') event.updatePropertyWithValue('description', schedule.description)
  event.updatePropertyWithValue('transp', schedule.busy ? 'OPAQUE' : 'TRANSPARENT')
  const link = schedule.meetingId === null ? undefined : linkTo(schedule.meetingId)
  if (link !== undefined) event.updatePropertyWithValue('url', link)
  if (schedule.reminderMinutes !== null) {
    const alarm = new ICAL.Component('valarm')
    alarm.updatePropertyWithValue('action', 'DISPLAY')
    alarm.updatePropertyWithValue('description', schedule.title)
    alarm.updatePropertyWithValue('trigger', ICAL.Duration.fromSeconds(-schedule.reminderMinutes * 60))
    event.addSubcomponent(alarm)
  }
  return event
}

function utc(moment: Date): ICAL.Time {
  return ICAL.Time.fromJSDate(moment, true)
}
