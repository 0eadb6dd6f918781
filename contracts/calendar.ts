import { Type } from 'typebox'
import type { Static } from 'typebox'
import { route } from './route.ts'

const Id = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })
const Text = (maxLength: number) => Type.String({ maxLength })
const TimeText = Type.String({ maxLength: 40, description: 'Local time without a zone, or with an offset' })
const ReminderMinutes = Type.Union([Type.Integer({ minimum: 0, maximum: 40_320 }), Type.Null()])

/** Document 4's schedule, and what the product adds to it. */
export const ScheduleView = Type.Object({
  id: Type.Integer(),
  user_id: Type.Integer(),
  title: Type.String(),
  description: Type.String(),
  /** On the caller's clock, without a zone. */
  start_time: Type.String(),
  end_time: Type.String(),
  created_at: Type.String(),
  /** The same in absolute time (RFC 3339), unambiguous when clocks change. */
  start_at: Type.String(),
  end_at: Type.String(),
  all_day: Type.Boolean(),
  /** Whether it is meant to take up the time. */
  busy: Type.Boolean(),
  /** A meeting that came to lie over something else; it takes its time as soon as that is free. */
  conflict: Type.Boolean(),
  meeting_id: Type.Union([Type.Integer(), Type.Null()]),
  reminder_minutes: ReminderMinutes,
})
export type ScheduleView = Static<typeof ScheduleView>

const OfSchedule = {
  description: Type.Optional(Text(10_000)),
  all_day: Type.Optional(Type.Boolean()),
  busy: Type.Optional(Type.Boolean()),
  reminder_minutes: Type.Optional(ReminderMinutes),
}
const Params = Type.Object({ id: Id })

/** Document 4, 2.1. */
export const createSchedule = route({
  id: 'calendar.schedules.create',
  method: 'POST',
  path: '/api/schedules',
  family: 'workspace',
  access: 'account',
  summary: 'Create a schedule; refused where another one takes up the time (document 4)',
  body: Type.Object({
    user_id: Type.Optional(Id),
    title: Text(200),
    start_time: TimeText,
    end_time: TimeText,
    ...OfSchedule,
  }),
  result: ScheduleView,
  status: 201,
})

/** Document 4, 2.2. */
export const listSchedules = route({
  id: 'calendar.schedules.list',
  method: 'GET',
  path: '/api/schedules',
  family: 'workspace',
  access: 'account',
  summary: 'The schedules of an account, narrowed by from and to (document 4)',
  query: Type.Object({
    user_id: Type.Optional(Id),
    from: Type.Optional(TimeText),
    to: Type.Optional(TimeText),
  }),
  result: Type.Object({ schedule: Type.Array(ScheduleView) }),
})

/** Document 4, 2.3. */
export const updateSchedule = route({
  id: 'calendar.schedules.update',
  method: 'PUT',
  path: '/api/schedules/:id',
  family: 'workspace',
  access: 'account',
  summary: 'Change a schedule; moving one that stands for a meeting moves the meeting (document 4)',
  params: Params,
  body: Type.Object({
    title: Type.Optional(Text(200)),
    start_time: Type.Optional(TimeText),
    end_time: Type.Optional(TimeText),
    ...OfSchedule,
  }),
  result: Type.Object({}),
})

/** Document 4, 2.4. */
export const deleteSchedule = route({
  id: 'calendar.schedules.delete',
  method: 'DELETE',
  path: '/api/schedules/:id',
  family: 'workspace',
  access: 'account',
  summary: 'Take a schedule out of the calendar; a meeting goes on without (document 4)',
  params: Params,
  result: Type.Object({}),
})

export const getSchedule = route({
  id: 'calendar.schedules.get',
  method: 'GET',
  path: '/api/schedules/:id',
  family: 'workspace',
  access: 'account',
  summary: 'One schedule',
  params: Params,
  result: ScheduleView,
})

/** What a schedule at this time would hit, to be shown before it is saved. */
export const checkConflicts = route({
  id: 'calendar.conflicts',
  method: 'GET',
  path: '/api/schedules/conflicts',
  family: 'workspace',
  access: 'account',
  summary: 'What a schedule at this time would hit',
  query: Type.Object({ start_time: TimeText, end_time: TimeText, except: Type.Optional(Id) }),
  result: Type.Object({ schedule: Type.Array(ScheduleView) }),
})

/** When people are busy, without saying why. */
export const findBusy = route({
  id: 'calendar.busy',
  method: 'GET',
  path: '/api/schedules/busy',
  family: 'workspace',
  access: 'account',
  summary: 'When people are busy, without saying why',
  query: Type.Object({ user_ids: Text(500), from: TimeText, to: TimeText }),
  result: Type.Object({
    busy: Type.Array(Type.Object({ user_id: Type.Integer(), start_at: Type.String(), end_at: Type.String() })),
  }),
})

/** Whether the calendar has a private address, and since when. The address itself is shown once, when it is made. */
export const getFeed = route({
  id: 'calendar.feed.get',
  method: 'GET',
  path: '/api/schedules/feed',
  family: 'workspace',
  access: 'session',
  summary: 'Whether the calendar has a private address',
  result: Type.Object({ created_at: Type.Union([Type.String(), Type.Null()]) }),
})

export const createFeed = route({
  id: 'calendar.feed.create',
  method: 'POST',
  path: '/api/schedules/feed',
  family: 'workspace',
  access: 'session',
  summary: 'Make a private address for the calendar; an earlier one ends',
  result: Type.Object({ url: Type.String() }),
  status: 201,
})

export const deleteFeed = route({
  id: 'calendar.feed.delete',
  method: 'DELETE',
  path: '/api/schedules/feed',
  family: 'workspace',
  access: 'session',
  summary: 'End the private address of the calendar',
  result: Type.Object({}),
})

/** The calendar as a file (RFC 5545), for calendar programs that subscribe to it. */
export const readFeed = route({
  id: 'calendar.feed.read',
  method: 'GET',
  path: '/calendar/feed.ics',
  family: 'raw',
  access: 'anyone',
  summary: 'The calendar behind a private address (text/calendar)',
  query: Type.Object({ token: Text(100) }),
  result: Type.Unknown(),
  rateLimit: { max: 120, per: 'minute' },
})

/** What became of a calendar file. */
export const ImportReport = Type.Object({
  imported: Type.Integer(),
  /** Occurrences that had been imported before. */
  known: Type.Integer(),
  problems: Type.Array(
    Type.Object({
      /** Which event of the file, from 1; 0 where it is about the file. */
      event: Type.Integer(),
      title: Type.String(),
      reason: Type.Union([
        Type.Literal('unreadable'),
        Type.Literal('no-start'),
        Type.Literal('bad-times'),
        Type.Literal('rule-too-frequent'),
        Type.Literal('rule-too-slow'),
        Type.Literal('too-many'),
        Type.Literal('conflict'),
      ]),
      /** When the occurrence starts, where one can be named. */
      start_at: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
})
export type ImportReport = Static<typeof ImportReport>

export const importCalendar = route({
  id: 'calendar.import',
  method: 'POST',
  path: '/api/schedules/import',
  family: 'workspace',
  access: 'account',
  summary: 'Bring in a calendar file; what cannot come in is reported, the rest comes in',
  body: Type.Object({ ics: Type.String({ minLength: 1 }) }),
  bodyLimit: 5 * 1_048_576,
  result: ImportReport,
  rateLimit: { max: 20, per: 'minute' },
})
