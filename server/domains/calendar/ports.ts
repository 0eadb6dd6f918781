import type { Executor } from '#kernel/db/executor.ts'

/** A meeting as a calendar needs it. */
export interface CalendarMeeting {
  readonly id: number
  readonly title: string
  readonly description: string
  readonly start: Date
  readonly end: Date
  /** False once it is called off or deleted: then nobody's time is taken. */
  readonly takesPlace: boolean
  /** Everybody who belongs to it. */
  readonly accountIds: readonly number[]
}

/** The meetings, as another domain keeps them. */
export interface MeetingsPort {
  /** Undefined when it was deleted. Read on `db`: inside a transaction, its own connection and no second one. */
  find(meetingId: number, db: Executor): Promise<CalendarMeeting | undefined>
  /** Those that end after `from`, for making up what was missed while this program was down. At most `limit`, by id. */
  listFrom(from: Date, afterId: number, limit: number): Promise<CalendarMeeting[]>
  /** Changes it for `accountId`. Faults: `meetings.…` where they may not. */
  reschedule(
    accountId: number,
    meetingId: number,
    change: { title?: string; description?: string; start?: Date; end?: Date },
  ): Promise<void>
}

/** The notification service. */
export interface Notifier {
  send(notification: {
    accountId: number
    kind: string
    /** Two with the same key are one. */
    dedupeKey: string
    title: string
    text: string
    url: string
  }): Promise<unknown>
}

/** One occurrence read from a calendar file, in absolute time. */
export interface ReadEvent {
  readonly uid: string
  /** Which one of a series; empty for an event that does not recur. */
  readonly occurrence: string
  readonly title: string
  readonly description: string
  /** Milliseconds since the epoch. */
  readonly start: number
  readonly end: number
  readonly allDay: boolean
  readonly busy: boolean
  /** Minutes before the start, of the event's first alarm. */
  readonly reminderMinutes: number | null
}

/** What could not be read, and why, in a stable word. */
export interface ReadProblem {
  /** Which event of the file, from 1. */
  readonly event: number
  readonly title: string
  readonly reason: 'unreadable' | 'no-start' | 'bad-times' | 'rule-too-frequent' | 'rule-too-slow' | 'too-many'
}

/** Reads calendar files, whatever is in them, away from the main thread. */
export interface CalendarReader {
  /**
   * Every occurrence between `from` and `to` (ms). `zone` is for times that name none. Faults: `calendar.not-a-calendar`.
   */
  read(
    text: string,
    window: { from: number; to: number; zone: string },
  ): Promise<{ events: ReadEvent[]; problems: ReadProblem[] }>
}
