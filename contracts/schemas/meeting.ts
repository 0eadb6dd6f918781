import { Type } from 'typebox'
import type { Static } from 'typebox'

/** RFC 3339 in UTC, as answers carry times. */
const Time = Type.String({ description: 'RFC 3339, UTC' })

/** ISO 8601 as requests carry times; UTC where no offset is given. */
export const TimeInput = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}([T ]\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?(Z|[+-]\\d{2}:?\\d{2})?)?$',
  description: 'ISO 8601; UTC where no offset is given',
})

/** A number from a path: positive, within PostgreSQL's integer. */
export const Id = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })

/** `video` or `audio`; nobody sends pictures into an `audio` meeting. */
export const MeetingType = Type.Union([Type.Literal('video'), Type.Literal('audio')])
/** What a meeting's status can be. */
export const MeetingStatus = Type.Union([
  Type.Literal('scheduled'),
  Type.Literal('ongoing'),
  Type.Literal('ended'),
  Type.Literal('cancelled'),
])
/** What somebody may do in a meeting. */
export const Role = Type.Union([Type.Literal('host'), Type.Literal('moderator'), Type.Literal('participant')])
/** Where somebody is: inside, not inside, or before the door. */
export const ParticipantStatus = Type.Union([Type.Literal('online'), Type.Literal('offline'), Type.Literal('waiting')])

/** Document 5's meeting settings, all enforced by the server. */
export const MeetingSettings = Type.Object({
  enable_recording: Type.Boolean(),
  enable_chat: Type.Boolean(),
  enable_screen_share: Type.Boolean(),
  enable_waiting_room: Type.Boolean(),
  mute_on_join: Type.Boolean(),
})
export type MeetingSettings = Static<typeof MeetingSettings>

/** What a meeting has where its maker says nothing. */
export const DEFAULT_SETTINGS: MeetingSettings = {
  enable_recording: true,
  enable_chat: true,
  enable_screen_share: true,
  enable_waiting_room: false,
  mute_on_join: false,
}

/** Document 5's Meeting, and what the product adds to it. */
export const Meeting = Type.Object({
  meeting_id: Type.Integer(),
  title: Type.String(),
  description: Type.String(),
  start_time: Time,
  end_time: Time,
  max_participants: Type.Integer(),
  meeting_type: MeetingType,
  status: MeetingStatus,
  creator_id: Type.Integer(),
  settings: MeetingSettings,
  created_at: Time,
  updated_at: Time,
  /** When it really began and ended; null before. */
  started_at: Type.Union([Time, Type.Null()]),
  ended_at: Type.Union([Time, Type.Null()]),
  has_password: Type.Boolean(),
  /** Nobody new comes in. */
  locked: Type.Boolean(),
  /** Everybody who belongs to it, inside or not. */
  participant_count: Type.Integer(),
  /** Those inside now. */
  online_count: Type.Integer(),
  /** The caller's own role; null for an admin who does not belong to it. */
  my_role: Type.Union([Role, Type.Null()]),
  room_url: Type.String(),
})
export type Meeting = Static<typeof Meeting>

/** A page of meetings. */
export const MeetingPage = Type.Object({
  meetings: Type.Array(Meeting),
  total: Type.Integer(),
  page: Type.Integer(),
  page_size: Type.Integer(),
})

/** What a page before the door may show to somebody who does not belong to the meeting. */
export const MeetingPreview = Type.Object({
  meeting_id: Type.Integer(),
  /** Null for a stranger to a meeting with a password. */
  title: Type.Union([Type.String(), Type.Null()]),
  host_name: Type.Union([Type.String(), Type.Null()]),
  start_time: Type.Union([Time, Type.Null()]),
  end_time: Type.Union([Time, Type.Null()]),
  meeting_type: MeetingType,
  status: MeetingStatus,
  password_required: Type.Boolean(),
  waiting_room: Type.Boolean(),
  mute_on_join: Type.Boolean(),
  locked: Type.Boolean(),
  /** Whoever comes in is recorded. */
  recording: Type.Boolean(),
  /** Whoever comes in is shown outside. */
  streaming: Type.Boolean(),
})

/** Document 5's Participant, and what the product adds to it. */
export const Participant = Type.Object({
  participant_id: Type.Integer(),
  meeting_id: Type.Integer(),
  user_id: Type.Integer(),
  username: Type.String(),
  nickname: Type.String(),
  avatar_url: Type.Union([Type.String(), Type.Null()]),
  role: Role,
  status: ParticipantStatus,
  /** When they first came in; of somebody who never did, when they were added. */
  joined_at: Time,
  /** Whether a host named them, rather than they came with the number. */
  invited: Type.Boolean(),
  /** Null while they are neither inside nor waiting. */
  peer_id: Type.Union([Type.String(), Type.Null()]),
})
export type Participant = Static<typeof Participant>

/** RTCIceServer as browsers take it. */
export const IceServer = Type.Object({
  urls: Type.Array(Type.String()),
  username: Type.Optional(Type.String()),
  credential: Type.Optional(Type.String()),
})
export type IceServer = Static<typeof IceServer>

/** One line of a meeting's chat. */
export const ChatMessage = Type.Object({
  message_id: Type.Integer(),
  /** 1, 2, 3 … within the meeting: a gap means something was missed. */
  seq: Type.Integer(),
  user_id: Type.Integer(),
  username: Type.String(),
  nickname: Type.String(),
  avatar_url: Type.Union([Type.String(), Type.Null()]),
  /** Empty once deleted. */
  content: Type.String(),
  timestamp: Time,
  edited: Type.Optional(Type.Boolean()),
  deleted: Type.Optional(Type.Boolean()),
})
export type ChatMessage = Static<typeof ChatMessage>

/** `page` and `page_size` as every list of document 5 takes them. */
export const Paging = {
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
}
