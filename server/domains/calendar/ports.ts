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
