import type { AccountEvents } from './events/accounts.ts'
import type { JobEvents } from './events/jobs.ts'
import type { MeetingEvents } from './events/meetings.ts'
import type { RoomEvents } from './events/rooms.ts'

/** The realtime catalogue: every topic with the shape of its payload. Payloads are plain JSON. */
export type Events = AccountEvents & JobEvents & MeetingEvents & RoomEvents
