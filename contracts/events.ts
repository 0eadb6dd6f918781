import type { AccountEvents } from './events/accounts.ts'
import type { AiEvents } from './events/ai.ts'
import type { AlertEvents } from './events/alerts.ts'
import type { AssistantEvents } from './events/assistant.ts'
import type { CallEvents } from './events/calls.ts'
import type { CalendarEvents } from './events/calendar.ts'
import type { JobEvents } from './events/jobs.ts'
import type { LiveEvents } from './events/live.ts'
import type { MeetingEvents } from './events/meetings.ts'
import type { NotifyEvents } from './events/notify.ts'
import type { RoomEvents } from './events/rooms.ts'

/** The realtime catalogue: every topic with the shape of its payload. Payloads are plain JSON. */
export type Events = AccountEvents &
  AiEvents &
  AlertEvents &
  AssistantEvents &
  JobEvents &
  MeetingEvents &
  NotifyEvents &
  RoomEvents &
  CalendarEvents &
  CallEvents &
  LiveEvents
