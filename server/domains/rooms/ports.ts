import type { Executor } from '#kernel/db/executor.ts'

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

/** A meeting as its room needs it. */
export interface RoomMeeting {
  readonly id: number
  readonly title: string
  /** Everybody who belongs to it. */
  readonly accountIds: readonly number[]
}

/** The meetings, as another domain keeps them. */
export interface MeetingsPort {
  /** Undefined when it was deleted. Read on `db`: inside a transaction, its own connection and no second one. */
  find(meetingId: number, db: Executor): Promise<RoomMeeting | undefined>
  /**
   * Says something in the meeting's own chat, where its signalling hears it; the message's number there. Undefined where
   * the meeting is over: then the room alone goes on. Faults: `meetings.…` where they may not.
   */
  say(meetingId: number, accountId: number, content: string): Promise<number | undefined>
  /** A message of a meeting's chat. */
  message(messageId: number): Promise<{ meetingId: number; accountId: number; content: string } | undefined>
}

/** The words of a notification about a mention, in the reader's language. */
export type MentionWords = (
  locale: string | null,
  values: { sender: string; room: string; content: string },
) => { title: string; text: string }
