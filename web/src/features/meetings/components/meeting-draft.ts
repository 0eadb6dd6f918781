import type { Meeting, MeetingSettings } from '#contracts/schemas/meeting.ts'
import { fromFields, nextHalfHour, toFields } from '../zoned-time.ts'

/** What the form holds. */
export interface MeetingDraft {
  title: string
  description: string
  type: 'video' | 'audio'
  day: string
  from: string
  to: string
  most: string
  /** Null: leave it as it is; empty: none. */
  password: string | null
  settings: MeetingSettings
}

const HOUR = 3_600_000

/** The settings in the order they are asked. */
export const switches = [
  'enable_waiting_room',
  'mute_on_join',
  'enable_chat',
  'enable_screen_share',
  'enable_recording',
] as const

/** A new meeting as most people want it: the next half hour, for an hour. */
export function newDraft(now: number, zone: string | undefined): MeetingDraft {
  const start = nextHalfHour(now)
  return {
    title: '',
    description: '',
    type: 'video',
    ...timesOf(start, new Date(start.getTime() + HOUR), zone),
    most: '50',
    password: '',
    settings: {
      enable_recording: true,
      enable_chat: true,
      enable_screen_share: true,
      enable_waiting_room: false,
      mute_on_join: false,
    },
  }
}

/** A meeting as it is, to be changed. */
export function draftOf(meeting: Meeting, zone: string | undefined): MeetingDraft {
  return {
    title: meeting.title,
    description: meeting.description,
    type: meeting.meeting_type,
    ...timesOf(new Date(meeting.start_time), new Date(meeting.end_time), zone),
    most: String(meeting.max_participants),
    password: meeting.has_password ? null : '',
    settings: meeting.settings,
  }
}

/** What the server is told; an end before the beginning is meant for the next day. */
export function bodyOf(draft: MeetingDraft, zone: string | undefined) {
  const start = fromFields(draft.day, draft.from, zone)
  let end = fromFields(draft.day, draft.to, zone)
  if (end <= start) end = new Date(end.getTime() + 24 * HOUR)
  return {
    title: draft.title.trim(),
    description: draft.description.trim(),
    meeting_type: draft.type,
    start_time: start.toISOString(),
    end_time: end.toISOString(),
    max_participants: Number(draft.most),
    settings: draft.settings,
    ...(draft.password === null ? {} : { password: draft.password || null }),
  }
}

function timesOf(start: Date, end: Date, zone: string | undefined): { day: string; from: string; to: string } {
  const { day, time } = toFields(start, zone)
  return { day, from: time, to: toFields(end, zone).time }
}
