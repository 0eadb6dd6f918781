import { Type } from 'typebox'
import { route } from './route.ts'
import {
  ChatMessage,
  IceServer,
  Id,
  Meeting,
  MeetingPage,
  MeetingPreview,
  MeetingSettings,
  MeetingStatus,
  MeetingType,
  Paging,
  Participant,
  ParticipantStatus,
  Role,
  TimeInput,
} from './schemas/meeting.ts'

const MeetingParams = Type.Object({ id: Id })
const MemberParams = Type.Object({ id: Id, user_id: Id })

const changeable = {
  description: Type.Optional(Type.String({ maxLength: 500 })),
  max_participants: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  meeting_type: Type.Optional(MeetingType),
  settings: Type.Optional(Type.Partial(MeetingSettings)),
}
const Title = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' })

/** Makes a meeting; whoever makes it is its host. */
export const createMeeting = route({
  id: 'meetings.create',
  method: 'POST',
  path: '/api/v1/meetings',
  family: 'meetings',
  access: 'account',
  summary: '创建会议',
  status: 201,
  rateLimit: { max: 50, per: 'minute' },
  body: Type.Object({
    title: Title,
    start_time: TimeInput,
    end_time: TimeInput,
    password: Type.Optional(Type.Union([Type.String({ maxLength: 50 }), Type.Null()])),
    ...changeable,
  }),
  result: Meeting,
})

/** The meetings the caller made, joined or was invited to, latest first. */
export const listMeetings = route({
  id: 'meetings.list',
  method: 'GET',
  path: '/api/v1/meetings',
  family: 'meetings',
  access: 'account',
  summary: '获取会议列表',
  rateLimit: { max: 100, per: 'minute' },
  query: Type.Object({
    ...Paging,
    status: Type.Optional(MeetingStatus),
    keyword: Type.Optional(Type.String({ maxLength: 100 })),
  }),
  result: MeetingPage,
})

export const getMeeting = route({
  id: 'meetings.get',
  method: 'GET',
  path: '/api/v1/meetings/:id',
  family: 'meetings',
  access: 'account',
  summary: '获取会议详情',
  rateLimit: { max: 100, per: 'minute' },
  params: MeetingParams,
  result: Meeting,
})

/** What a page before the door needs, also for somebody who only has the number. */
export const previewMeeting = route({
  id: 'meetings.preview',
  method: 'GET',
  path: '/api/v1/meetings/:id/preview',
  family: 'meetings',
  access: 'account',
  summary: '加入前的会议信息',
  rateLimit: { max: 100, per: 'minute' },
  params: MeetingParams,
  result: MeetingPreview,
})

/**
 * Changes whatever is named. `status: cancelled` calls a scheduled meeting off, the status it has changes nothing (a
 * meeting can be sent back as it came); an empty or null password takes it away.
 */
export const updateMeeting = route({
  id: 'meetings.update',
  method: 'PUT',
  path: '/api/v1/meetings/:id',
  family: 'meetings',
  access: 'account',
  summary: '更新会议',
  rateLimit: { max: 50, per: 'minute' },
  params: MeetingParams,
  body: Type.Object({
    title: Type.Optional(Title),
    start_time: Type.Optional(TimeInput),
    end_time: Type.Optional(TimeInput),
    password: Type.Optional(Type.Union([Type.String({ maxLength: 50 }), Type.Null()])),
    status: Type.Optional(MeetingStatus),
    locked: Type.Optional(Type.Boolean()),
    ...changeable,
  }),
  result: Meeting,
})

export const deleteMeeting = route({
  id: 'meetings.delete',
  method: 'DELETE',
  path: '/api/v1/meetings/:id',
  family: 'meetings',
  access: 'account',
  summary: '删除会议',
  rateLimit: { max: 50, per: 'minute' },
  params: MeetingParams,
  result: Type.Null(),
})

const Started = Type.Object({ meeting_id: Type.Integer(), status: MeetingStatus, room_url: Type.String() })

export const startMeeting = route({
  id: 'meetings.start',
  method: 'POST',
  path: '/api/v1/meetings/:id/start',
  family: 'meetings',
  access: 'account',
  summary: '开始会议',
  rateLimit: { max: 50, per: 'minute' },
  params: MeetingParams,
  result: Started,
})

export const endMeeting = route({
  id: 'meetings.end',
  method: 'POST',
  path: '/api/v1/meetings/:id/end',
  family: 'meetings',
  access: 'account',
  summary: '结束会议',
  rateLimit: { max: 50, per: 'minute' },
  params: MeetingParams,
  result: Started,
})

/** Takes a place. `waiting`: in the waiting room, or until a host starts the meeting; asking again says how it stands. */
export const joinMeeting = route({
  id: 'meetings.join',
  method: 'POST',
  path: '/api/v1/meetings/:id/join',
  family: 'meetings',
  access: 'account',
  summary: '加入会议',
  rateLimit: { max: 100, per: 'minute' },
  params: MeetingParams,
  body: Type.Object({ password: Type.Optional(Type.Union([Type.String({ maxLength: 200 }), Type.Null()])) }),
  result: Type.Object({
    meeting_id: Type.Integer(),
    participant_id: Type.Integer(),
    peer_id: Type.String(),
    role: Role,
    status: ParticipantStatus,
    /** Why the caller waits: for a moderator's leave, or for the meeting to be started. */
    waiting_for: Type.Union([Type.Literal('lobby'), Type.Literal('host'), Type.Null()]),
    room_url: Type.String(),
    ice_servers: Type.Array(IceServer),
  }),
})

export const leaveMeeting = route({
  id: 'meetings.leave',
  method: 'POST',
  path: '/api/v1/meetings/:id/leave',
  family: 'meetings',
  access: 'account',
  summary: '离开会议',
  rateLimit: { max: 100, per: 'minute' },
  params: MeetingParams,
  result: Type.Null(),
})

export const listParticipants = route({
  id: 'meetings.participants.list',
  method: 'GET',
  path: '/api/v1/meetings/:id/participants',
  family: 'meetings',
  access: 'account',
  summary: '获取参与者',
  rateLimit: { max: 100, per: 'minute' },
  params: MeetingParams,
  result: Type.Object({ participants: Type.Array(Participant), total: Type.Integer() }),
})

export const addParticipant = route({
  id: 'meetings.participants.add',
  method: 'POST',
  path: '/api/v1/meetings/:id/participants',
  family: 'meetings',
  access: 'account',
  summary: '添加参与者',
  rateLimit: { max: 50, per: 'minute' },
  params: MeetingParams,
  body: Type.Object({ user_id: Id, role: Type.Optional(Role) }),
  result: Participant,
})

export const removeParticipant = route({
  id: 'meetings.participants.remove',
  method: 'DELETE',
  path: '/api/v1/meetings/:id/participants/:user_id',
  family: 'meetings',
  access: 'account',
  summary: '移除参与者',
  rateLimit: { max: 50, per: 'minute' },
  params: MemberParams,
  result: Type.Null(),
})

export const changeRole = route({
  id: 'meetings.participants.role',
  method: 'PUT',
  path: '/api/v1/meetings/:id/participants/:user_id/role',
  family: 'meetings',
  access: 'account',
  summary: '更新角色',
  rateLimit: { max: 50, per: 'minute' },
  params: MemberParams,
  body: Type.Object({ role: Role }),
  result: Participant,
})

const RecordingId = Type.Object({ recording_id: Type.String() })

export const startRecording = route({
  id: 'meetings.recording.start',
  method: 'POST',
  path: '/api/v1/meetings/:id/recording/start',
  family: 'meetings',
  access: 'account',
  summary: '开始录制',
  rateLimit: { max: 20, per: 'minute' },
  params: MeetingParams,
  result: RecordingId,
})

export const stopRecording = route({
  id: 'meetings.recording.stop',
  method: 'POST',
  path: '/api/v1/meetings/:id/recording/stop',
  family: 'meetings',
  access: 'account',
  summary: '停止录制',
  rateLimit: { max: 20, per: 'minute' },
  params: MeetingParams,
  result: RecordingId,
})

export const listRecordings = route({
  id: 'meetings.recordings.list',
  method: 'GET',
  path: '/api/v1/meetings/:id/recordings',
  family: 'meetings',
  access: 'account',
  summary: '获取录制列表',
  rateLimit: { max: 50, per: 'minute' },
  params: MeetingParams,
  result: Type.Object({
    recordings: Type.Array(
      Type.Object({
        recording_id: Type.String(),
        meeting_id: Type.Integer(),
        status: Type.String(),
        file_url: Type.Union([Type.String(), Type.Null()]),
        duration: Type.Union([Type.Number(), Type.Null()]),
        size: Type.Union([Type.Integer(), Type.Null()]),
        created_at: Type.String(),
      }),
    ),
  }),
})

/** Page 1 is the newest; within a page the oldest stands first. `before` and `after` are `seq` numbers, for catching up. */
export const listChat = route({
  id: 'meetings.messages.list',
  method: 'GET',
  path: '/api/v1/meetings/:id/messages',
  family: 'meetings',
  access: 'account',
  summary: '获取聊天消息',
  rateLimit: { max: 100, per: 'minute' },
  params: MeetingParams,
  query: Type.Object({
    ...Paging,
    before: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_147_483_647 })),
    after: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_147_483_647 })),
  }),
  result: Type.Object({
    messages: Type.Array(ChatMessage),
    total: Type.Integer(),
    page: Type.Integer(),
    page_size: Type.Integer(),
  }),
})

export const postChat = route({
  id: 'meetings.messages.post',
  method: 'POST',
  path: '/api/v1/meetings/:id/messages',
  family: 'meetings',
  access: 'account',
  summary: '发送聊天消息',
  rateLimit: { max: 100, per: 'minute' },
  params: MeetingParams,
  body: Type.Object({ content: Type.String({ minLength: 1, maxLength: 1000, pattern: '\\S' }) }),
  result: Type.Object({ message_id: Type.Integer(), seq: Type.Integer(), timestamp: Type.String() }),
})

const mine = {
  method: 'GET',
  family: 'meetings',
  access: 'account',
  rateLimit: { max: 100, per: 'minute' },
  query: Type.Object(Paging),
  result: MeetingPage,
} as const

/** Everything the caller belongs to, latest first. */
export const myMeetings = route({ ...mine, id: 'my.meetings', path: '/api/v1/my/meetings', summary: '我的会议' })

/** Not over yet, the next one first. */
export const myUpcoming = route({
  ...mine,
  id: 'my.meetings.upcoming',
  path: '/api/v1/my/meetings/upcoming',
  summary: '即将开始',
})

/** Over, or called off; the last one first. */
export const myHistory = route({
  ...mine,
  id: 'my.meetings.history',
  path: '/api/v1/my/meetings/history',
  summary: '会议历史',
})
