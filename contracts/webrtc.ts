import { Type } from 'typebox'
import { route } from './route.ts'
import { Id } from './schemas/meeting.ts'
import { MediaSource, VideoQuality } from './schemas/signaling.ts'

const RoomParams = Type.Object({ roomId: Id })
const nullable = <T extends ReturnType<typeof Type.Number>>(schema: T) => Type.Union([schema, Type.Null()])

const Track = Type.Object({
  track_id: Type.String(),
  kind: Type.Union([Type.Literal('audio'), Type.Literal('video')]),
  source: MediaSource,
  direction: Type.Union([Type.Literal('inbound'), Type.Literal('outbound')]),
  layer: Type.Union([VideoQuality, Type.Literal('off'), Type.Null()]),
  codec: Type.String(),
  /** Bits per second. */
  bitrate: Type.Number(),
  packets: Type.Integer(),
  bytes: Type.Integer(),
  packets_lost: Type.Integer(),
  loss_rate: Type.Number(),
  jitter_ms: nullable(Type.Number()),
  rtt_ms: nullable(Type.Number()),
})

/** Who sends and receives media in a room; `roomId` is the meeting's number. */
export const listPeers = route({
  id: 'webrtc.peers',
  method: 'GET',
  path: '/api/v1/webrtc/room/:roomId/peers',
  family: 'meetings',
  access: 'account',
  summary: '对等端列表',
  rateLimit: { max: 100, per: 'minute' },
  params: RoomParams,
  result: Type.Object({
    room_id: Type.Integer(),
    peers: Type.Array(
      Type.Object({
        peer_id: Type.String(),
        user_id: Type.Integer(),
        /** Of the worse of its two connections. */
        status: Type.Union([
          Type.Literal('new'),
          Type.Literal('connecting'),
          Type.Literal('connected'),
          Type.Literal('disconnected'),
          Type.Literal('failed'),
          Type.Literal('closed'),
        ]),
        tracks: Type.Array(Track),
        connected_at: Type.Union([Type.String(), Type.Null()]),
        /** Bits per second the server believes it can send to this peer; null when unknown. */
        available_bitrate: nullable(Type.Number()),
      }),
    ),
    total: Type.Integer(),
  }),
})

/** Measured over the last second or so. */
export const roomStats = route({
  id: 'webrtc.stats',
  method: 'GET',
  path: '/api/v1/webrtc/room/:roomId/stats',
  family: 'meetings',
  access: 'account',
  summary: '房间统计',
  rateLimit: { max: 50, per: 'minute' },
  params: RoomParams,
  result: Type.Object({
    room_id: Type.Integer(),
    peers: Type.Integer(),
    tracks: Type.Integer(),
    /** Bits per second. */
    inbound_bitrate: Type.Number(),
    outbound_bitrate: Type.Number(),
    /** 0 to 1. */
    packet_loss_rate: Type.Number(),
    average_jitter_ms: Type.Number(),
    average_rtt_ms: Type.Number(),
  }),
})

/** What a peer sends, and how well. Of somebody else a moderator may only turn things off. */
export const updatePeerMedia = route({
  id: 'webrtc.peer.media',
  method: 'POST',
  path: '/api/v1/webrtc/peer/:peerId/media',
  family: 'meetings',
  access: 'account',
  summary: '更新媒体',
  rateLimit: { max: 50, per: 'minute' },
  params: Type.Object({ peerId: Type.String({ minLength: 1, maxLength: 64 }) }),
  body: Type.Object({
    audio_enabled: Type.Optional(Type.Boolean()),
    video_enabled: Type.Optional(Type.Boolean()),
    screen_sharing: Type.Optional(Type.Boolean()),
    video_quality: Type.Optional(VideoQuality),
  }),
  result: Type.Object({
    peer_id: Type.String(),
    user_id: Type.Integer(),
    meeting_id: Type.Integer(),
    audio_enabled: Type.Boolean(),
    video_enabled: Type.Boolean(),
    screen_sharing: Type.Boolean(),
    video_quality: VideoQuality,
  }),
})
