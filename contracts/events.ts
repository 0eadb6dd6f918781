import type { AccountEvents } from './events/accounts.ts'
import type { MeetingEvents } from './events/meetings.ts'

/** The realtime catalogue: every topic with the shape of its payload. Payloads are plain JSON. */
export type Events = AccountEvents & MeetingEvents
