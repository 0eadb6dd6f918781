import { Type } from 'typebox'
import type { Static } from 'typebox'
import { route } from './route.ts'
import { Id, Role } from './schemas/meeting.ts'

/** Bits per second, measured over the last second or so. */
const Traffic = {
  inbound_bitrate: Type.Number(),
  outbound_bitrate: Type.Number(),
}

/** Somebody in a live room, with their signalling session. */
export const LivePerson = Type.Object({
  session_id: Type.String(),
  user_id: Type.Integer(),
  username: Type.String(),
  nickname: Type.String(),
  role: Role,
  /** `offline`: the socket is gone, the place is kept for it. */
  status: Type.Union([Type.Literal('online'), Type.Literal('offline')]),
  connected_at: Type.String(),
  /** How their media travels; null before it does. */
  protocol: Type.Union([Type.Literal('udp'), Type.Literal('tcp'), Type.Null()]),
  ...Traffic,
  /** 0 to 1, of the last report interval. */
  loss_rate: Type.Number(),
})
export type LivePerson = Static<typeof LivePerson>

/** A meeting with somebody inside. */
export const LiveRoom = Type.Object({
  meeting_id: Type.Integer(),
  title: Type.String(),
  /** Who made it. */
  creator_id: Type.Integer(),
  opened_at: Type.String(),
  /** How many signalling sockets it has, those before the door among them. */
  connections: Type.Integer(),
  waiting: Type.Integer(),
  ...Traffic,
  /** 0 to 1, over all tracks. */
  packet_loss_rate: Type.Number(),
  people: Type.Array(LivePerson),
})
export type LiveRoom = Static<typeof LiveRoom>

/** The rooms of the process that answers, those with the most people first. */
export const listLiveRooms = route({
  id: 'admin.rooms',
  method: 'GET',
  path: '/api/v1/admin/rooms',
  family: 'meetings',
  access: 'admin',
  summary: 'Live meeting rooms with their sessions and traffic',
  rateLimit: { max: 100, per: 'minute' },
  result: Type.Object({
    rooms: Type.Array(LiveRoom),
    total: Type.Integer(),
    participants: Type.Integer(),
    ...Traffic,
  }),
})

/** Ends a meeting for everybody, whoever its host is. */
export const endLiveRoom = route({
  id: 'admin.rooms.end',
  method: 'POST',
  path: '/api/v1/admin/rooms/:id/end',
  family: 'meetings',
  access: 'admin',
  summary: 'End a meeting for everybody',
  rateLimit: { max: 30, per: 'minute' },
  params: Type.Object({ id: Id }),
  result: Type.Object({ meeting_id: Type.Integer(), status: Type.Literal('ended'), ended_at: Type.String() }),
})
