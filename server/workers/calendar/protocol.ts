/** What a reader of calendar files is asked. */
export interface ReadRequest {
  readonly text: string
  /** Occurrences between these times (ms) are wanted. */
  readonly from: number
  readonly to: number
  /** For times that name no zone. */
  readonly zone: string
  /** Events before this one, from 0, were dealt with by a reader that had to be ended. */
  readonly firstEvent: number
}

/** One occurrence in absolute time. */
export interface Occurrence {
  readonly uid: string
  readonly occurrence: string
  readonly title: string
  readonly description: string
  readonly start: number
  readonly end: number
  readonly allDay: boolean
  readonly busy: boolean
  readonly reminderMinutes: number | null
}

/** Why an event, or the rest of it, could not be read. */
export type ReadReason = 'unreadable' | 'no-start' | 'bad-times' | 'rule-too-frequent' | 'rule-too-slow' | 'too-many'

/** What a reader tells: what it begins with, what it found in it, the end; or that the text is no calendar. */
export type ReadReply =
  | { readonly type: 'begin'; readonly event: number; readonly title: string }
  | {
      readonly type: 'read'
      readonly event: number
      readonly occurrences: readonly Occurrence[]
      readonly problem?: ReadReason
    }
  | { readonly type: 'end'; readonly skipped: number }
  | { readonly type: 'not-a-calendar' }
