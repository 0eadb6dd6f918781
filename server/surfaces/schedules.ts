import {
  checkConflicts,
  createSchedule,
  deleteSchedule,
  findBusy,
  getSchedule,
  listSchedules,
  updateSchedule,
} from '#contracts/calendar.ts'
import type { ScheduleView } from '#contracts/calendar.ts'
import type { Schedule } from '#domains/calendar/schedule.ts'
import type { Calendar } from '#domains/calendar/service.ts'
import type { Principal } from '#domains/identity/principal.ts'
import { Fault, isFault } from '#kernel/fault.ts'
import type { Words } from './envelopes/envelope.ts'
import { localTime, readLocalTime } from './local-time.ts'
import type { Mount, Speech } from './mount.ts'

/** A failure's words in document 4: status, sentence, code, and the empty times that two of them carry. */
const words = (status: number, message: string, code: string, data?: Record<string, unknown>): Words => ({
  status,
  message,
  code,
  ...(data && { data }),
})

const NO_TIMES = { reStartTime: '', reEndTime: '' }
const conflictWords = (message: string) => (fault: Fault) =>
  words(409, message, 'E006_SCHEDULE_CONFLICT', { ...fault.data })

const missingData = words(404, '活動建立失敗，資料未提供', 'E007_NOT_FOUND')
const malformed = words(401, '活動建立失敗，資料格式錯誤', 'E011_DATA_TYPE_ERROR', NO_TIMES)

/** Document 4, 2.1: its statuses are the numbers in the document's headings. */
const creating: Speech = {
  message: '活動建立成功',
  words: {
    'calendar.conflict': conflictWords('活動建立失敗，時段重複'),
    'calendar.bad-times': malformed,
    'time.malformed': malformed,
    'calendar.no-title': missingData,
    'calendar.no-times': missingData,
    'calendar.no-account': missingData,
  },
  invalid: (issue) => (issue.reason === 'required' || issue.field === '' ? missingData : malformed),
}

/** Documents 2.2 to 2.4: whatever is wrong is one answer, 400. */
function plainly(success: string, failure: string): Speech {
  const failed = words(400, failure, 'E007_NOT_FOUND')
  const codes = [
    'calendar.missing',
    'calendar.bad-times',
    'time.malformed',
    'calendar.no-title',
    'calendar.no-times',
    'calendar.no-account',
    'calendar.no-change',
    'meetings.missing',
    'meetings.ended',
    'meetings.times-crossed',
  ]
  return {
    message: success,
    words: {
      ...Object.fromEntries(codes.map((code) => [code, failed])),
      'calendar.conflict': conflictWords(`${failure}，時段重複`),
    },
    invalid: () => failed,
  }
}

/** A schedule as its reader sees it, on the reader's clock. */
export function scheduleView(schedule: Schedule, zone: string): ScheduleView {
  return {
    id: schedule.id,
    user_id: schedule.accountId,
    title: schedule.title,
    description: schedule.description,
    start_time: localTime(schedule.start, zone),
    end_time: localTime(schedule.end, zone),
    created_at: localTime(schedule.createdAt, zone),
    start_at: schedule.start.toISOString(),
    end_at: schedule.end.toISOString(),
    all_day: schedule.allDay,
    busy: schedule.busy,
    conflict: schedule.busy && !schedule.blocks,
    meeting_id: schedule.meetingId,
    reminder_minutes: schedule.reminderMinutes,
  }
}

/** Mounts document 4's calendar and what the product adds to it. */
export function mountSchedules(
  mount: Mount,
  parts: { calendar: Calendar; accountExists: (accountId: number) => Promise<boolean> },
): void {
  const { calendar } = parts

  /** Whose calendar is meant: one's own, or the one an admin names. */
  const owner = async (account: Principal, named: number | undefined): Promise<number> => {
    if (named === undefined || named === account.accountId) return account.accountId
    if (account.role !== 'admin') throw new Fault('forbidden', 'calendar.not-yours', 'This is somebody else’s calendar')
    if (!(await parts.accountExists(named)))
      throw new Fault('missing', 'calendar.no-account', 'There is no such account')
    return named
  }

  mount(
    createSchedule,
    async ({ body, account }) => {
      const accountId = await owner(account, body.user_id)
      const start = required(body.start_time, account)
      const end = required(body.end_time, account)
      const { title, description, all_day: allDay, busy, reminder_minutes: reminderMinutes } = body
      const made = await onClockOf(account, () =>
        calendar.create({
          accountId,
          title,
          start,
          end,
          ...(description !== undefined && { description }),
          ...(allDay !== undefined && { allDay }),
          ...(busy !== undefined && { busy }),
          ...(reminderMinutes !== undefined && { reminderMinutes }),
        }),
      )
      return scheduleView(made, account.timeZone)
    },
    creating,
  )

  mount(
    listSchedules,
    async ({ query, account }) => {
      const accountId = await owner(account, query.user_id)
      const from = optional(query.from, account)
      const to = optional(query.to, account)
      if (from && to && from >= to) throw new Fault('invalid', 'calendar.bad-times', 'from is not before to')
      const schedules = await calendar.list(accountId, from, to)
      return { schedule: schedules.map((one) => scheduleView(one, account.timeZone)) }
    },
    plainly('活動查詢成功', '活動查詢失敗'),
  )

  mount(
    updateSchedule,
    async ({ params, body, account }) => {
      const { title, description, all_day: allDay, busy, reminder_minutes: reminderMinutes } = body
      const change = {
        ...(title !== undefined && { title }),
        ...(description !== undefined && { description }),
        ...(body.start_time !== undefined && { start: required(body.start_time, account) }),
        ...(body.end_time !== undefined && { end: required(body.end_time, account) }),
        ...(allDay !== undefined && { allDay }),
        ...(busy !== undefined && { busy }),
        ...(reminderMinutes !== undefined && { reminderMinutes }),
      }
      if (Object.keys(change).length === 0) throw new Fault('invalid', 'calendar.no-change', 'Nothing to change')
      await onClockOf(account, () => calendar.change(account.accountId, params.id, change))
      return {}
    },
    plainly('活動更新成功', '活動更新失敗'),
  )

  mount(
    deleteSchedule,
    async ({ params, account }) => {
      await calendar.remove(account.accountId, params.id)
      return {}
    },
    plainly('活動刪除成功', '活動刪除失敗'),
  )

  const reading = plainly('活動查詢成功', '活動查詢失敗')
  mount(
    getSchedule,
    async ({ params, account }) => scheduleView(await calendar.get(account.accountId, params.id), account.timeZone),
    reading,
  )

  mount(
    checkConflicts,
    async ({ query, account }) => {
      const start = required(query.start_time, account)
      const hits = await calendar.conflicts(account.accountId, start, required(query.end_time, account), query.except)
      return { schedule: hits.map((one) => scheduleView(one, account.timeZone)) }
    },
    reading,
  )

  mount(
    findBusy,
    async ({ query, account }) => {
      const ids = [...new Set(query.user_ids.split(',').map(Number))].filter((id) => Number.isInteger(id) && id > 0)
      const times = await calendar.busy(ids.slice(0, 50), required(query.from, account), required(query.to, account))
      return {
        busy: times.map((one) => ({
          user_id: one.accountId,
          start_at: one.start.toISOString(),
          end_at: one.end.toISOString(),
        })),
      }
    },
    reading,
  )
}

function required(text: string, account: Principal): Date {
  if (text.trim() === '') throw new Fault('invalid', 'calendar.no-times', 'A time is missing')
  return readLocalTime(text, account.timeZone)
}

function optional(text: string | undefined, account: Principal): Date | undefined {
  return text === undefined || text.trim() === '' ? undefined : readLocalTime(text, account.timeZone)
}

/** Runs `work`; the times of a conflict go out on the caller's clock. */
async function onClockOf<T>(account: Principal, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isFault(error, 'calendar.conflict')) throw error
    const { start, end } = error.data as { start?: Date; end?: Date }
    const shown = (moment: Date | undefined) => (moment === undefined ? '' : localTime(moment, account.timeZone))
    throw new Fault(error.kind, error.code, error.message, {
      cause: error,
      data: { reStartTime: shown(start), reEndTime: shown(end) },
    })
  }
}
