import type { Events } from '#contracts/events.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import type { Database } from '#kernel/db/database.ts'
import { Fault } from '#kernel/fault.ts'
import { oneLine } from '#kernel/one-line.ts'
import type { MeetingsPort } from '#domains/meetings/for-others.ts'
import { checkTimes, conflictWith, missingSchedule } from './schedule.ts'
import type { BusyTime, NewSchedule, Schedule, ScheduleChange } from './schedule.ts'
import { createScheduleWriter } from './schedule-writer.ts'
import {
  LOCK_SPACE,
  busyTimes,
  fillFreed,
  findSchedule,
  listSchedules,
  overlapping,
  removeSchedule,
  updateSchedule,
} from './store.ts'

/** An account's calendar. Ids of other accounts' schedules are `calendar.missing`, like ids of none. */
export interface Calendar {
  /** Faults: `calendar.bad-times`, `calendar.no-title`, `calendar.conflict`, `calendar.busy`. */
  create(schedule: NewSchedule): Promise<Schedule>
  /** Those that overlap `from` to `to`, in order of their start. */
  list(accountId: number, from?: Date, to?: Date): Promise<Schedule[]>
  get(accountId: number, id: number): Promise<Schedule>
  /**
   * A meeting's schedule changes the meeting itself, for everybody, where the caller may. Faults: those of `create`,
   * `calendar.missing`, `calendar.not-host`.
   */
  change(accountId: number, id: number, change: ScheduleChange): Promise<Schedule>
  /** Takes it out of this calendar; a meeting goes on without. */
  remove(accountId: number, id: number): Promise<void>
  /** What a schedule at this time would hit. */
  conflicts(accountId: number, start: Date, end: Date, except?: number): Promise<Schedule[]>
  /** When others are busy, without saying why: for finding a time that suits. */
  busy(accountIds: readonly number[], from: Date, to: Date): Promise<BusyTime[]>
}

/** The calendar over the database; `meetings` moves the meeting when its schedule is moved. */
export function createCalendar(parts: {
  db: Database
  bus: Bus<Events>
  meetings: Pick<MeetingsPort, 'reschedule'> | undefined
  /** Brings the schedules of a meeting up to date at once, not when its event comes. */
  syncMeeting?: (meetingId: number) => Promise<void>
}): Calendar {
  const { db, bus, meetings, syncMeeting } = parts
  const writer = createScheduleWriter(db)
  const tell = (accountId: number): void => bus.publish('calendar.schedules.changed', { accountId })

  const changeMeeting = async (accountId: number, before: Schedule, change: ScheduleChange): Promise<void> => {
    const { title, description, start, end } = change
    if (title === undefined && description === undefined && start === undefined && end === undefined) return
    if (meetings === undefined || before.meetingId === null) throw notHost()
    if (before.busy && (start !== undefined || end !== undefined)) {
      // Who moves it sees what it would hit in their own calendar; the others' give way.
      const times = { accountId, start: start ?? before.start, end: end ?? before.end }
      const [hit] = await overlapping(db, { ...times, except: before.id, blocking: true, limit: 1 })
      if (hit) throw conflictWith(hit)
    }
    await meetings.reschedule(accountId, before.meetingId, {
      ...(title !== undefined && { title }),
      ...(description !== undefined && { description }),
      ...(start !== undefined && { start }),
      ...(end !== undefined && { end }),
    })
    await syncMeeting?.(before.meetingId)
  }

  const write = (accountId: number, id: number, change: ScheduleChange): Promise<Schedule> =>
    db.transaction(async (tx) => {
      await tx.lock(LOCK_SPACE, [accountId])
      const before = await findSchedule(tx, accountId, id)
      if (before === undefined) throw missingSchedule()
      checkTimes(change.start ?? before.start, change.end ?? before.end)
      const after = await updateSchedule(tx, before, change)
      if (before.blocks) await fillFreed(tx, accountId, before.start, before.end)
      tx.afterCommit(() => tell(accountId))
      return after
    })

  return {
    create: async (schedule) => {
      checkTimes(schedule.start, schedule.end)
      const made = await writer.add({ ...schedule, title: requireTitle(schedule.title) })
      tell(made.accountId)
      return made
    },
    list: (accountId, from, to) => listSchedules(db, accountId, from, to),
    get: async (accountId, id) => {
      const schedule = await findSchedule(db, accountId, id)
      if (schedule === undefined) throw missingSchedule()
      return schedule
    },
    change: async (accountId, id, change) => {
      const cleaned = change.title === undefined ? change : { ...change, title: requireTitle(change.title) }
      const before = await findSchedule(db, accountId, id)
      if (before === undefined) throw missingSchedule()
      if (before.meetingId === null) return write(accountId, id, cleaned)
      checkTimes(cleaned.start ?? before.start, cleaned.end ?? before.end)
      // The meeting first: whoever may not change it changes nothing. Its own event moves everybody's schedule.
      const { reminderMinutes, busy, ...ofMeeting } = cleaned
      await changeMeeting(accountId, before, ofMeeting)
      const own = { ...(reminderMinutes !== undefined && { reminderMinutes }), ...(busy !== undefined && { busy }) }
      if (Object.keys(own).length > 0) return write(accountId, id, own)
      return (await findSchedule(db, accountId, id)) ?? before
    },
    remove: (accountId, id) =>
      db.transaction(async (tx) => {
        await tx.lock(LOCK_SPACE, [accountId])
        const schedule = await findSchedule(tx, accountId, id)
        if (schedule === undefined) throw missingSchedule()
        await removeSchedule(tx, schedule)
        if (schedule.blocks) await fillFreed(tx, accountId, schedule.start, schedule.end)
        tx.afterCommit(() => tell(accountId))
      }),
    conflicts: async (accountId, start, end, except) => {
      checkTimes(start, end)
      return overlapping(db, { accountId, start, end, except, blocking: true, limit: 20 })
    },
    busy: async (accountIds, from, to) => {
      checkTimes(from, to)
      return busyTimes(db, accountIds, from, to)
    },
  }
}

function requireTitle(title: string): string {
  const clean = oneLine(title)
  if (clean === '') throw new Fault('invalid', 'calendar.no-title', 'A schedule needs a title')
  return clean
}

function notHost(): Fault {
  return new Fault('forbidden', 'calendar.not-host', 'Only who may change the meeting may move it')
}
