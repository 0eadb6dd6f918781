import { Fault } from '#kernel/fault.ts'

/** One entry of one account's calendar. */
export interface Schedule {
  readonly id: number
  readonly accountId: number
  readonly title: string
  readonly description: string
  readonly start: Date
  readonly end: Date
  readonly allDay: boolean
  /** Whether it is meant to take up the time. */
  readonly busy: boolean
  /** Whether it does; a busy one that does not gave way to what stood there first. */
  readonly blocks: boolean
  readonly meetingId: number | null
  readonly reminderMinutes: number | null
  readonly uid: string
  readonly revision: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** What a new schedule is made of. */
export interface NewSchedule {
  readonly accountId: number
  readonly title: string
  readonly description?: string
  readonly start: Date
  readonly end: Date
  readonly allDay?: boolean
  readonly busy?: boolean
  /** Minutes before the start; null: no reminder. */
  readonly reminderMinutes?: number | null
  readonly uid?: string
  readonly occurrence?: string
}

/** What may change of one; what is left out stays. */
export type ScheduleChange = Partial<
  Pick<NewSchedule, 'title' | 'description' | 'start' | 'end' | 'allDay' | 'busy' | 'reminderMinutes'>
>

/** A stretch of an account's time that is taken, without saying by what. */
export interface BusyTime {
  readonly accountId: number
  readonly start: Date
  readonly end: Date
}

/** The longest schedule, in milliseconds: a year with a leap day. */
export const LONGEST_MS = 366 * 24 * 60 * 60_000
const EARLIEST = Date.UTC(1970, 0, 1)
const LATEST = Date.UTC(2200, 0, 1)

/** Throws `calendar.bad-times` unless `end` is after `start`, by a year at most, between 1970 and 2200. */
export function checkTimes(start: Date, end: Date): void {
  const length = end.getTime() - start.getTime()
  if (length > 0 && length <= LONGEST_MS && start.getTime() >= EARLIEST && end.getTime() <= LATEST) return
  throw new Fault('invalid', 'calendar.bad-times', 'A schedule ends after it starts, within a year, from 1970 to 2200')
}

/** The fault of times that are taken; `data` has the start and end of the schedule that was hit. */
export function conflictWith(hit: { id: number; start: Date; end: Date; title: string } | undefined): Fault {
  return new Fault('conflict', 'calendar.conflict', 'Another schedule takes up this time', {
    data: hit ? { scheduleId: hit.id, start: hit.start, end: hit.end, title: hit.title } : {},
  })
}

/** The fault of a schedule that is not there, or not the caller's: the two are one answer. */
export function missingSchedule(): Fault {
  return new Fault('missing', 'calendar.missing', 'There is no such schedule')
}
