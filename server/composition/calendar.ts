import { createCalendar } from '#domains/calendar/service.ts'
import type { Calendar } from '#domains/calendar/service.ts'
import type { MeetingsPort } from '#domains/calendar/ports.ts'
import type { Identity } from '#domains/identity/identity.ts'
import { mountSchedules } from '#surfaces/schedules.ts'
import type { Base, Part } from './part.ts'

/** The calendar of every account. */
export interface CalendarPart extends Part {
  readonly calendar: Calendar
}

/** Wires the calendar. */
export function composeCalendar(
  base: Base,
  parts: { identity: Identity; meetings?: MeetingsPort | undefined },
): CalendarPart {
  const { db, bus, mount } = base
  const calendar = createCalendar({ db, bus, meetings: parts.meetings })
  const accountExists = async (accountId: number): Promise<boolean> => {
    const rows = await db.query(`SELECT 1 FROM accounts WHERE id = $1 AND status <> 'deleted'`, [accountId])
    return rows.length > 0
  }
  mountSchedules(mount, { calendar, accountExists })
  parts.identity.onErasure(async (tx, accountId) => {
    await tx.query('DELETE FROM schedules WHERE account_id = $1', [accountId])
    await tx.query('DELETE FROM calendar_feeds WHERE account_id = $1', [accountId])
  })
  return { calendar }
}
