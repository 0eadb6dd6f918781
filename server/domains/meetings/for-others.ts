import type { Executor } from '#kernel/db/executor.ts'

/** A meeting as calendars and rooms know it. */
export interface KnownMeeting {
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

/** The meetings as other domains see them. */
export interface MeetingsPort {
  /** Undefined when it was deleted. Read on `db`: inside a transaction, its own connection and no second one. */
  find(meetingId: number, db: Executor): Promise<KnownMeeting | undefined>
  /** Those that end after `from`, for making up what was missed while this program was down. At most `limit`, by id. */
  listFrom(from: Date, afterId: number, limit: number): Promise<KnownMeeting[]>
  /** Which of these were deleted. */
  deleted(meetingIds: readonly number[]): Promise<number[]>
  /** Changes it for `accountId`. Faults: `meetings.…` where they may not. */
  reschedule(
    accountId: number,
    meetingId: number,
    change: { title?: string; description?: string; start?: Date; end?: Date },
  ): Promise<void>
  /** Lets pass who may speak in its chat, and everybody once it is over. Faults: `meetings.…` where they may not. */
  maySpeak(meetingId: number, accountId: number): Promise<void>
}
