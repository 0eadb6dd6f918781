import type { Events } from '#contracts/events.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import { SqlState, violates } from '#kernel/db/failures.ts'
import { isFault } from '#kernel/fault.ts'
import { oneLine } from '#kernel/one-line.ts'
import type { CalendarReader, ReadEvent, ReadProblem } from './ports.ts'
import { checkTimes } from './schedule.ts'
import { insertSchedule } from './store.ts'

const DAY_MS = 24 * 60 * 60_000
/** Rules are followed so far into the past and the future. */
const PAST_MS = 366 * DAY_MS
const FUTURE_MS = 2 * 366 * DAY_MS

/** What became of a calendar file. */
export interface Imported {
  readonly imported: number
  /** Occurrences that had been imported before. */
  readonly known: number
  readonly problems: readonly (Omit<ReadProblem, 'reason'> & {
    reason: ReadProblem['reason'] | 'conflict'
    start: Date | null
  })[]
}

/** Brings calendar files in: what cannot come in is reported, the rest comes in. */
export type Importer = (accountId: number, text: string, zone: string) => Promise<Imported>

/** Faults: `calendar.not-a-calendar`. */
export function createImporter(parts: {
  db: Database
  bus: Bus<Events>
  clock: Clock
  reader: CalendarReader
}): Importer {
  const { db, bus, clock, reader } = parts
  return async (accountId, text, zone) => {
    const now = clock.now()
    const { events, problems } = await reader.read(text, { from: now - PAST_MS, to: now + FUTURE_MS, zone })
    const report: Imported['problems'][number][] = problems.map((problem) => ({ ...problem, start: null }))
    let imported = 0
    let known = 0
    const before = await knownOf(db, accountId, events)
    for (const event of events) {
      if (before.has(keyOf(event))) {
        known++
        continue
      }
      const [start, end] = [new Date(event.start), new Date(event.end)]
      const title = Array.from(oneLine(event.title)).slice(0, 200).join('') || '–'
      try {
        checkTimes(start, end)
        await insertSchedule(db, { ...event, accountId, title, start, end, uid: event.uid.slice(0, 400) })
        imported++
      } catch (error) {
        if (violates(error, SqlState.uniqueViolation, 'schedules_uid')) known++
        else if (isFault(error, 'calendar.conflict')) report.push({ event: 0, title, reason: 'conflict', start })
        else if (isFault(error, 'calendar.bad-times')) report.push({ event: 0, title, reason: 'bad-times', start })
        else throw error
      }
    }
    if (imported > 0) bus.publish('calendar.schedules.changed', { accountId })
    return { imported, known, problems: report }
  }
}

const keyOf = ({ uid, occurrence }: Pick<ReadEvent, 'uid' | 'occurrence'>): string => `${uid}\n${occurrence}`

/** Which of these occurrences the account already has: they would conflict with themselves. */
async function knownOf(db: Database, accountId: number, events: readonly ReadEvent[]): Promise<Set<string>> {
  const rows = await db.query<{ uid: string; occurrence: string }>(
    `SELECT uid, occurrence FROM schedules WHERE account_id = $1
       AND (uid, occurrence) IN (SELECT * FROM unnest($2::text[], $3::text[]))`,
    [accountId, events.map((one) => one.uid.slice(0, 400)), events.map((one) => one.occurrence)],
  )
  return new Set(rows.map(keyOf))
}
