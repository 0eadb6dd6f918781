import type { OutgoingService } from '#contracts/schemas/notify.ts'

/** Something an account is to be told. */
export interface Outgoing {
  readonly accountId: number
  /** A dotted name of what it is about: `alerts.article`, `calendar.reminder`. */
  readonly kind: string
  /** The same key tells the same account only once, however often it is sent. */
  readonly dedupeKey: string
  /** One line. */
  readonly title: string
  /** What follows it; may be empty, and as long as it likes: it is split where a service takes less. */
  readonly text: string
  /** Where it leads: an address of its own, or a path of the web app (`/calendar/12`). */
  readonly url?: string
  /** Where it goes besides the web app's list. Default: every messenger the account has bound. An empty list: nowhere. */
  readonly channels?: readonly OutgoingService[]
  /** When it is no longer worth sending. Default: in a day. */
  readonly expiresAt?: Date
}

/** What came of a batch. */
export interface Sent {
  /** New in notification lists; what was there already does not count. */
  readonly notified: number
  /** Messages queued for messengers and mail. */
  readonly queued: number
}
