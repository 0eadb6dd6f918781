import { lockNumber } from '#kernel/db/executor.ts'
import type { Executor } from '#kernel/db/executor.ts'
import { SqlState, violates } from '#kernel/db/failures.ts'
import { conflictWith } from './schedule.ts'
import type { BusyTime, NewSchedule, Schedule, ScheduleChange } from './schedule.ts'

/** Whoever writes schedules of an account holds its lock: concurrent conflicts queue instead of deadlocking. */
export const LOCK_SPACE = 'calendar.user'

/** Most rows of one answer. */
export const MOST_LISTED = 10_000

/** A schedule's columns as `Schedule` names them. */
export const COLUMNS = `id, account_id AS "accountId", title, description, lower(during) AS start, upper(during) AS end,
  all_day AS "allDay", busy, blocks, meeting_id AS "meetingId", reminder_minutes AS "reminderMinutes", uid, revision,
  created_at AS "createdAt", updated_at AS "updatedAt"`

/** When the reminder of a schedule is due; null without one. Reminders of what is past are not given. */
export const REMIND_AT = (start: string, minutes: string) =>
  `CASE WHEN ${start} > now() THEN ${start} - make_interval(mins => ${minutes}) END`

// One statement: the lock is taken before the row is made, and held until the commit that follows at once.
const INSERT = `
  WITH locked AS MATERIALIZED (SELECT pg_advisory_xact_lock(${lockNumber(LOCK_SPACE)}, $1))
  INSERT INTO schedules (account_id, title, description, during, all_day, busy, blocks, reminder_minutes, remind_at, uid, occurrence)
  SELECT $1, $2, $3, tstzrange($4, $5), $6, $7, $7, $8, ${REMIND_AT('$4::timestamptz', '$8::int')},
         coalesce($9, gen_random_uuid()::text), coalesce($10, '')
  FROM locked
  RETURNING ${COLUMNS}`

/**
 * Adds a schedule. Faults: `calendar.conflict` where the time is taken. Throws the unique violation of `schedules_uid`
 * where the account already has this occurrence.
 */
export async function insertSchedule(db: Executor, schedule: NewSchedule): Promise<Schedule> {
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
  const values = [accountId, title, description, start, end, allDay, busy, reminderMinutes]
  for (let attempt = 0; ; attempt++) {
    try {
      const [row] = await db.prepared<Schedule>(INSERT, [...values, schedule.uid ?? null, schedule.occurrence ?? null])
      return row as Schedule
    } catch (error) {
      if (!violates(error, SqlState.exclusionViolation, 'schedules_overlap')) throw error
      const [hit] = await overlapping(db, { accountId, start, end, blocking: true, limit: 1 })
      // Gone again in between: then the time is free.
      if (hit === undefined && attempt < 3) continue
      throw conflictWith(hit)
    }
  }
}

/** An account's schedules that overlap a stretch of time, in order of their start. */
export function overlapping(
  db: Executor,
  query: { accountId: number; start: Date; end: Date; except?: number | undefined; blocking?: boolean; limit?: number },
): Promise<Schedule[]> {
  return db.query<Schedule>(
    `SELECT ${COLUMNS} FROM schedules
     WHERE account_id = $1 AND during && tstzrange($2, $3) AND ($4::int IS NULL OR id <> $4)
       AND NOT dismissed ${query.blocking ? 'AND slot = 0' : ''}
     ORDER BY lower(during), id LIMIT $5`,
    [query.accountId, query.start, query.end, query.except ?? null, query.limit ?? MOST_LISTED],
  )
}

const LIST = `
  SELECT ${COLUMNS} FROM (
    SELECT * FROM schedules
    WHERE account_id = $1 AND NOT dismissed AND during && tstzrange($2, $3)
    ORDER BY lower(during) DESC, id DESC LIMIT ${MOST_LISTED}
  ) AS latest ORDER BY lower(during), id`

/** An account's schedules that overlap `from` to `to`, either of them open; the latest where they are too many. */
export function listSchedules(db: Executor, accountId: number, from?: Date, to?: Date): Promise<Schedule[]> {
  return db.prepared<Schedule>(LIST, [accountId, from ?? null, to ?? null])
}

/** An account's own schedule, or undefined. */
export async function findSchedule(db: Executor, accountId: number, id: number): Promise<Schedule | undefined> {
  const [row] = await db.query<Schedule>(
    `SELECT ${COLUMNS} FROM schedules WHERE id = $1 AND account_id = $2 AND NOT dismissed`,
    [id, accountId],
  )
  return row
}

/** Writes a change over a schedule; the caller holds the account's lock. Faults: `calendar.conflict`. */
export async function updateSchedule(tx: Executor, before: Schedule, change: ScheduleChange): Promise<Schedule> {
  const after = { ...before, ...change }
  const moved = +after.start !== +before.start || +after.end !== +before.end || after.busy !== before.busy
  // Checked before the statement: a failed statement would end the transaction, and nothing else can write meanwhile.
  if (moved && after.busy) {
    const [hit] = await overlapping(tx, { ...after, except: before.id, blocking: true, limit: 1 })
    if (hit) throw conflictWith(hit)
  }
  const [row] = await tx.query<Schedule>(
    `UPDATE schedules SET title = $2, description = $3, during = tstzrange($4, $5), all_day = $6, busy = $7, blocks = $9,
       reminder_minutes = $8,
       remind_at = CASE WHEN lower(during) = $4 AND reminder_minutes IS NOT DISTINCT FROM $8::int THEN remind_at
                        ELSE ${REMIND_AT('$4::timestamptz', '$8::int')} END,
       revision = revision + 1, updated_at = now()
     WHERE id = $1 RETURNING ${COLUMNS}`,
    [
      before.id,
      after.title,
      after.description,
      after.start,
      after.end,
      after.allDay,
      after.busy,
      after.reminderMinutes,
      moved ? after.busy : before.blocks,
    ],
  )
  return row as Schedule
}

/** Takes a schedule out: a meeting's is kept, unseen, so that a later change of the meeting does not bring it back. */
export async function removeSchedule(tx: Executor, schedule: Schedule): Promise<void> {
  if (schedule.meetingId === null) {
    await tx.query('DELETE FROM schedules WHERE id = $1', [schedule.id])
    return
  }
  await tx.query('UPDATE schedules SET dismissed = true, blocks = false, remind_at = NULL WHERE id = $1', [schedule.id])
}

/**
 * Lets meetings that had given way take their time now that a stretch of it is free, the earliest made first. The
 * caller holds the account's lock.
 */
export async function fillFreed(tx: Executor, accountId: number, start: Date, end: Date): Promise<void> {
  const waiting = await tx.query<{ id: number }>(
    `SELECT id FROM schedules WHERE account_id = $1 AND busy AND NOT blocks AND NOT dismissed
       AND during && tstzrange($2, $3) ORDER BY id`,
    [accountId, start, end],
  )
  for (const { id } of waiting) {
    await tx.query(
      `UPDATE schedules AS s SET blocks = true WHERE id = $1 AND NOT EXISTS (
         SELECT 1 FROM schedules AS o WHERE o.account_id = s.account_id AND o.during && s.during AND o.slot = 0)`,
      [id],
    )
  }
}

/** When each of several accounts is busy between two times. */
export function busyTimes(db: Executor, accountIds: readonly number[], from: Date, to: Date): Promise<BusyTime[]> {
  return db.query<BusyTime>(
    `SELECT account_id AS "accountId", lower(during) AS start, upper(during) AS end FROM schedules
     WHERE account_id = ANY($1) AND during && tstzrange($2, $3) AND slot = 0
     ORDER BY account_id, lower(during) LIMIT ${MOST_LISTED}`,
    [[...accountIds], from, to],
  )
}
