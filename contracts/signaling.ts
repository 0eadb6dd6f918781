import { Type } from 'typebox'
import { route } from './route.ts'
import { Id } from './schemas/meeting.ts'
import { MediaState } from './schemas/signaling.ts'

/** Where the signalling socket is. */
export const SIGNALING_PATH = '/ws/signaling'

const RoomParams = Type.Object({ meeting_id: Id })

/** One person's connection to one meeting, open or over. */
export const SignalingSession = Type.Object({
  session_id: Type.String(),
  user_id: Type.Integer(),
  username: Type.String(),
  meeting_id: Type.Integer(),
  peer_id: Type.String(),
  connected_at: Type.String(),
  last_activity: Type.String(),
  /** `suspended`: the socket is gone and may come back for 30 s. */
  status: Type.Union([Type.Literal('active'), Type.Literal('suspended'), Type.Literal('closed')]),
  media_state: MediaState,
})

export const getSession = route({
  id: 'signaling.sessions.get',
  method: 'GET',
  path: '/api/v1/sessions/:session_id',
  family: 'meetings',
  access: 'account',
  summary: '获取会话',
  rateLimit: { max: 100, per: 'minute' },
  params: Type.Object({ session_id: Type.String({ maxLength: 64 }) }),
  result: SignalingSession,
})

export const listRoomSessions = route({
  id: 'signaling.sessions.room',
  method: 'GET',
  path: '/api/v1/sessions/room/:meeting_id',
  family: 'meetings',
  access: 'account',
  summary: '房间会话',
  rateLimit: { max: 100, per: 'minute' },
  params: RoomParams,
  result: Type.Object({ sessions: Type.Array(SignalingSession), total: Type.Integer() }),
})

/** Signalling frames, newest last: those to everybody, and those from and to the caller. */
export const signalingHistory = route({
  id: 'signaling.messages.history',
  method: 'GET',
  path: '/api/v1/messages/history/:meeting_id',
  family: 'meetings',
  access: 'account',
  summary: '消息历史',
  rateLimit: { max: 100, per: 'minute' },
  params: RoomParams,
  query: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })) }),
  result: Type.Object({
    messages: Type.Array(
      Type.Object({
        id: Type.Integer(),
        type: Type.String(),
        from: Type.Integer(),
        to: Type.Union([Type.Integer(), Type.Null()]),
        meeting_id: Type.Integer(),
        data: Type.Unknown(),
        timestamp: Type.String(),
      }),
    ),
    total: Type.Integer(),
  }),
})

const RoomDetails = Type.Object({
  room_id: Type.Integer(),
  participant_count: Type.Integer(),
  created_at: Type.String(),
  /** Seconds since the room was opened. */
  duration: Type.Integer(),
  /** Signalling frames since then. */
  total_messages: Type.Integer(),
  active_connections: Type.Integer(),
})

/** Live numbers: of the whole server for an admin, of the caller's own rooms for everybody else. */
export const statsOverview = route({
  id: 'signaling.stats.overview',
  method: 'GET',
  path: '/api/v1/stats/overview',
  family: 'meetings',
  access: 'account',
  summary: '统计概览',
  rateLimit: { max: 50, per: 'minute' },
  result: Type.Object({
    active_sessions: Type.Integer(),
    connected_clients: Type.Integer(),
    active_rooms: Type.Integer(),
    room_details: Type.Array(RoomDetails),
  }),
})

export const statsRooms = route({
  id: 'signaling.stats.rooms',
  method: 'GET',
  path: '/api/v1/stats/rooms',
  family: 'meetings',
  access: 'account',
  summary: '房间统计',
  rateLimit: { max: 50, per: 'minute' },
  result: Type.Object({ rooms: Type.Array(RoomDetails), total: Type.Integer() }),
})
