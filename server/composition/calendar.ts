import { createFeatureWords } from '#adapters/words/feature-words.ts'
import { createFeeds } from '#domains/calendar/feed.ts'
import { createImporter } from '#domains/calendar/import.ts'
import { createMeetingSchedules } from '#domains/calendar/meeting-schedules.ts'
import type { Notifier } from '#domains/calendar/ports.ts'
import { createReminders } from '#domains/calendar/reminders.ts'
import { createCalendar } from '#domains/calendar/service.ts'
import type { Calendar } from '#domains/calendar/service.ts'
import type { Identity } from '#domains/identity/identity.ts'
import type { MeetingsPort } from '#domains/meetings/for-others.ts'
import { coalesced } from '#kernel/coalesced.ts'
import { mountCalendarFiles } from '#surfaces/calendar-feed.ts'
import { mountSchedules } from '#surfaces/schedules.ts'
import { originOf } from '#surfaces/visit.ts'
import { createCalendarReader } from '#workers/calendar/host.ts'
import type { Base, Part } from './part.ts'

/** The calendar of every account. */
export interface CalendarPart extends Part {
  readonly calendar: Calendar
}

const RESYNC_EVERY_MS = 15 * 60_000

/** Wires the calendar. Without `meetings` no meeting stands in it; without `notify` nobody is reminded. */
export function composeCalendar(
  base: Base,
  parts: { identity: Identity; meetings?: MeetingsPort | undefined; notify?: Notifier | undefined },
): CalendarPart {
  const { config, db, bus, jobs, clock, mount } = base
  const { identity, meetings, notify } = parts
  const schedules = meetings && createMeetingSchedules({ db, bus, meetings })
  const calendar = createCalendar({ db, bus, meetings, ...(schedules && { syncMeeting: schedules.sync }) })
  const linkBase = config.core.publicUrl
  const feeds = createFeeds({ db, linkTo: (id) => (linkBase === undefined ? undefined : `${linkBase}/meetings/${id}`) })
  const importer = createImporter({ db, bus, clock, reader: createCalendarReader() })

  const accountExists = async (accountId: number): Promise<boolean> => {
    const rows = await db.query(`SELECT 1 FROM accounts WHERE id = $1 AND status <> 'deleted'`, [accountId])
    return rows.length > 0
  }
  mountSchedules(mount, { calendar, accountExists })
  mountCalendarFiles(mount, {
    feeds,
    importer,
    clock,
    origin: (request) => config.core.publicUrl ?? originOf(request) ?? '',
  })
  identity.onErasure(async (tx, accountId) => {
    await tx.query('DELETE FROM schedules WHERE account_id = $1', [accountId])
    await tx.query('DELETE FROM calendar_feeds WHERE account_id = $1', [accountId])
  })

  if (notify) {
    const words = createFeatureWords('calendar')
    createReminders({
      db,
      jobs,
      notify,
      words: ({ title, start, locale, zone }) => ({
        title,
        text: words(locale, 'notice.reminder', {
          time: new Intl.DateTimeFormat(locale ?? 'zh-TW', {
            timeZone: zone,
            month: 'short',
            day: 'numeric',
            weekday: 'short',
            hour: '2-digit',
            minute: '2-digit',
            hourCycle: 'h23',
          }).format(start),
        }),
      }),
    })
  }

  const ends: (() => void)[] = []
  if (schedules) {
    // A meeting that fills is many changes at once, and one calendar.
    const syncOne = coalesced(schedules.sync)
    const sync = ({ meetingId }: { meetingId: number }): Promise<void> => syncOne(meetingId)
    ends.push(
      bus.subscribe('meetings.meeting.created', sync),
      bus.subscribe('meetings.meeting.changed', sync),
      bus.subscribe('meetings.meeting.ended', sync),
      bus.subscribe('meetings.meeting.cancelled', sync),
      bus.subscribe('meetings.meeting.deleted', sync),
      bus.subscribe('meetings.participant.added', sync),
      bus.subscribe('meetings.participant.removed', sync),
      bus.subscribe('meetings.participant.entered', sync),
    )
    jobs.define('calendar.meetings', { everyMs: RESYNC_EVERY_MS, retries: 0 }, async () => ({
      meetings: await schedules.syncAll(new Date(clock.now())),
    }))
  }
  return {
    calendar,
    stop: async () => {
      for (const end of ends) end()
    },
  }
}
