import { randomUUID } from 'node:crypto'
import type { Database } from '#kernel/db/database.ts'
import { lockNumber } from '#kernel/db/executor.ts'
import { isRetryable, sqlState } from '#kernel/db/failures.ts'
import { Fault } from '#kernel/fault.ts'
import { conflictWith } from './schedule.ts'
import type { NewSchedule, Schedule } from './schedule.ts'
import { COLUMNS, LOCK_SPACE, REMIND_AT } from './store.ts'

/** A schedule without an identity from elsewhere. */
type Fresh = Omit<NewSchedule, 'uid' | 'occurrence'>

/** Adds schedules, those that come at once in one statement: the commit, not the row, is what one costs. */
export interface ScheduleWriter {
  /** Faults: `calendar.conflict` where the time is taken, `calendar.busy`. */
  add(schedule: Fresh): Promise<Schedule>
}

const MOST_TOGETHER = 200
const MOST_WAITING = 5_000
const ATTEMPTS = 5

const INPUT = `jsonb_to_recordset($1::jsonb) AS i(uid text, account_id int, title text, description text,
  starts timestamptz, ends timestamptz, all_day bool, busy bool, reminder_minutes int)`

/**
 * One statement: the locks of all calendars in one order before the first row; then the rows, where what finds its time
 * taken is left out instead of failing the others. The constraint decides, as everywhere.
 */
const ADD = `
  WITH input AS MATERIALIZED (SELECT * FROM ${INPUT}), locked AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(${lockNumber(LOCK_SPACE)}, account_id)
    FROM (SELECT DISTINCT account_id FROM input ORDER BY account_id) AS calendars)
  INSERT INTO schedules (uid, account_id, title, description, during, all_day, busy, blocks, reminder_minutes, remind_at)
  SELECT uid, account_id, title, description, tstzrange(starts, ends), all_day, busy, busy, reminder_minutes,
    ${REMIND_AT('starts', 'reminder_minutes')}
  FROM input WHERE (SELECT count(*) FROM locked) > 0
  ON CONFLICT ON CONSTRAINT schedules_overlap DO NOTHING
  RETURNING ${COLUMNS}`

/** What stands where others were to stand. */
const HITS = `
  SELECT i.uid AS wanted, h.* FROM ${INPUT} CROSS JOIN LATERAL (
    SELECT ${COLUMNS} FROM schedules AS s WHERE s.account_id = i.account_id AND s.slot = 0 AND NOT s.dismissed
      AND s.during && tstzrange(i.starts, i.ends) ORDER BY lower(s.during), s.id LIMIT 1) AS h`

interface Waiting {
  readonly uid: string
  readonly schedule: Fresh
  attempts: number
  readonly resolve: (schedule: Schedule) => void
  readonly reject: (error: unknown) => void
}

/** A writer over the database. Calendars that are written at once share a commit, and no conflict costs another one. */
export function createScheduleWriter(db: Pick<Database, 'prepared'>): ScheduleWriter {
  let waiting: Waiting[] = []
  let isWorking = false

  const write = async (batch: readonly Waiting[]): Promise<void> => {
    const input = JSON.stringify(batch.map(rowOf))
    const added = new Map((await db.prepared<Schedule>(ADD, [input])).map((row) => [row.uid, row]))
    for (const one of batch) {
      const row = added.get(one.uid)
      if (row !== undefined) one.resolve(row)
    }
    const refused = batch.filter(({ uid }) => !added.has(uid))
    if (refused.length === 0) return
    const rows = await db.prepared<Schedule & { wanted: string }>(HITS, [JSON.stringify(refused.map(rowOf))])
    const hits = new Map(rows.map((row) => [row.wanted, row]))
    for (const one of refused) {
      const hit = hits.get(one.uid)
      // Gone again in between: then the time is free.
      if (hit === undefined && ++one.attempts < ATTEMPTS) waiting.push(one)
      else one.reject(conflictWith(hit))
    }
  }

  /** Writes them together; where one of them is what the database refuses, each alone, so that it fails alone. */
  const settle = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      await write(batch)
    } catch (error) {
      const [one] = batch
      // A lost connection tells nothing of any of them: whether they are there is for their writers to look up.
      if (sqlState(error) === undefined) for (const each of batch) each.reject(error)
      else if (batch.length > 1) for (const each of batch) await settle([each])
      else if (one && isRetryable(error) && ++one.attempts < ATTEMPTS) waiting.push(one)
      else one?.reject(error)
    }
  }

  const work = async (): Promise<void> => {
    // What arrives in the same turn of the loop goes together.
    await new Promise((next) => setImmediate(next))
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MOST_TOGETHER)
      waiting = waiting.slice(MOST_TOGETHER)
      await settle(batch)
    }
    isWorking = false
  }

  return {
    add: (schedule) =>
      new Promise((resolve, reject) => {
        if (waiting.length >= MOST_WAITING) {
          reject(new Fault('busy', 'calendar.busy', 'Too many schedules at once', { data: { retryAfterSeconds: 1 } }))
          return
        }
        waiting.push({ uid: randomUUID(), schedule, attempts: 0, resolve, reject })
        if (isWorking) return
        isWorking = true
        void work()
      }),
  }
}

function rowOf({ uid, schedule }: Waiting) {
  const {
    accountId,
    title,
    description = '',
    start,
    end,
    allDay = false,
    busy = true,
    reminderMinutes = null,
  } = schedule
  return {
    uid,
    account_id: accountId,
    title,
    description,
    starts: start,
    ends: end,
    all_day: allDay,
    busy,
    reminder_minutes: reminderMinutes,
  }
}
