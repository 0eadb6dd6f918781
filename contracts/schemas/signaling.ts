import { Type } from 'typebox'
import type { Static, TSchema } from 'typebox'
import { Role } from './meeting.ts'

/** What somebody sends at present. */
export const MediaState = Type.Object({
  audio_enabled: Type.Boolean(),
  video_enabled: Type.Boolean(),
  screen_sharing: Type.Boolean(),
})
export type MediaState = Static<typeof MediaState>

/** What a track shows or sounds like. */
export const MediaSource = Type.Union([
  Type.Literal('microphone'),
  Type.Literal('camera'),
  Type.Literal('screen'),
  Type.Literal('screen-audio'),
])
/** The sizes a video is sent in. */
export const VideoQuality = Type.Union([Type.Literal('low'), Type.Literal('medium'), Type.Literal('high')])

const UserId = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })
const Transport = Type.Union([Type.Literal('publish'), Type.Literal('subscribe')])
const Sdp = Type.String({ minLength: 1, maxLength: 60_000 })

/** A frame's outside: `{type, from, to?, meeting_id, data}`. What a client writes into `from` counts for nothing. */
export const ClientFrame = Type.Object({
  type: Type.String({ minLength: 1, maxLength: 40 }),
  from: Type.Optional(Type.Unknown()),
  /** 0 is the server, and meant where nobody is named. */
  to: Type.Optional(Type.Union([Type.Integer({ minimum: 0, maximum: 2_147_483_647 }), Type.Null()])),
  meeting_id: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
  data: Type.Optional(Type.Unknown()),
})
export type ClientFrame = Static<typeof ClientFrame>

/** What the frames of a client may carry as `data`, by type. Unknown fields are let be. */
export const clientData = {
  /** Enters the room. Answered by `join`, or by `waiting` before the door. */
  join: Type.Object({ media_state: Type.Optional(Type.Partial(MediaState)) }),
  /** Leaves at once, for good. */
  leave: Type.Object({}),
  /** With user 0: the offer of the publish connection; `tracks` says which m-line carries what. */
  offer: Type.Object({
    type: Type.Optional(Type.Literal('offer')),
    sdp: Sdp,
    transport: Type.Optional(Transport),
    tracks: Type.Optional(
      Type.Array(Type.Object({ mid: Type.String({ maxLength: 64 }), source: MediaSource }), { maxItems: 32 }),
    ),
  }),
  /** With user 0: the answer to the server's offer of the subscribe connection. */
  answer: Type.Object({
    type: Type.Optional(Type.Literal('answer')),
    sdp: Sdp,
    transport: Type.Optional(Transport),
  }),
  /** RTCIceCandidateInit; `transport` says whose (`publish` where nothing is said). */
  'ice-candidate': Type.Object({
    candidate: Type.Optional(Type.String({ maxLength: 2048 })),
    sdpMid: Type.Optional(Type.Union([Type.String({ maxLength: 64 }), Type.Null()])),
    sdpMLineIndex: Type.Optional(Type.Union([Type.Integer({ minimum: 0, maximum: 1000 }), Type.Null()])),
    usernameFragment: Type.Optional(Type.Union([Type.String({ maxLength: 256 }), Type.Null()])),
    transport: Type.Optional(Transport),
  }),
  /** Asks for new ICE credentials on one of the connections. */
  'ice-restart': Type.Object({ transport: Transport }),
  /** Delivered to everybody, the sender included; `ref` comes back to the sender alone. */
  chat: Type.Object({
    content: Type.String({ minLength: 1, maxLength: 1000 }),
    ref: Type.Optional(Type.String({ maxLength: 64 })),
  }),
  /** What the sender sends from now on; what is left out stays as it is. */
  'media-state': Type.Partial(MediaState),
  hand: Type.Object({ raised: Type.Boolean(), user_id: Type.Optional(UserId) }),
  reaction: Type.Object({ emoji: Type.String({ minLength: 1, maxLength: 32 }) }),
  /** What the sender shows, so that nothing is sent in vain. A `layer` fixes the size instead of following it. */
  layer: Type.Object({
    subscriptions: Type.Array(
      Type.Object({
        publication_id: Type.String({ minLength: 1, maxLength: 128 }),
        width: Type.Optional(Type.Number({ minimum: 0, maximum: 20_000 })),
        height: Type.Optional(Type.Number({ minimum: 0, maximum: 20_000 })),
        visible: Type.Optional(Type.Boolean()),
        priority: Type.Optional(Type.Integer({ minimum: -100, maximum: 100 })),
        layer: Type.Optional(Type.Union([VideoQuality, Type.Literal('off'), Type.Literal('auto')])),
      }),
      { maxItems: 500 },
    ),
  }),
  /** Host or moderator: lets one who waits in, or all. */
  admit: Type.Object({ user_id: Type.Optional(UserId), all: Type.Optional(Type.Boolean()) }),
  /** Host or moderator: sends one who waits away; they may ask again after a minute. */
  deny: Type.Object({ user_id: UserId }),
  /** Host or moderator: takes somebody out; they come back only when added again. */
  kick: Type.Object({ user_id: UserId }),
  /** Host or moderator: `mute` turns a source off, `ask` asks them to turn it on. No `user_id`: everybody but hosts and moderators. */
  'mute-request': Type.Object({
    user_id: Type.Optional(UserId),
    kind: Type.Union([Type.Literal('audio'), Type.Literal('video'), Type.Literal('screen')]),
    action: Type.Optional(Type.Union([Type.Literal('mute'), Type.Literal('ask')])),
  }),
  /** Host: gives somebody a role; giving `host` away makes the giver a moderator. */
  role: Type.Object({ user_id: UserId, role: Role }),
  /** Host or moderator: nobody new comes in. */
  lock: Type.Object({ locked: Type.Boolean() }),
  /** Host or moderator: ends the meeting for everybody. */
  end: Type.Object({}),
  /** Answered by `pong` with the same data: for pages, which do not see WebSocket pings. */
  ping: Type.Object({}),
} satisfies Record<string, TSchema>

export type ClientData = { [T in keyof typeof clientData]: Static<(typeof clientData)[T]> }
export type ClientFrameType = keyof ClientData

/** Frames between two people that the server passes on as they are, checked for nothing but their size. */
export const RELAYED: readonly string[] = ['offer', 'answer', 'ice-candidate']

/** What `error` frames carry as `code`: the documented ones, and those the product adds. */
export const SIGNALING_ERRORS = [
  'INVALID_MESSAGE',
  'UNAUTHORIZED',
  'INVALID_ROOM',
  'ROOM_FULL',
  'TARGET_NOT_FOUND',
  'FORBIDDEN',
  /** Another window of the same account took this place. */
  'REPLACED',
  /** More frames than are taken; they were dropped. */
  'TOO_MANY_FRAMES',
  /** The media server did not answer; chat goes on. */
  'MEDIA_UNAVAILABLE',
  /** A fault of the server's own. */
  'SERVER_ERROR',
] as const
export type SignalingError = (typeof SIGNALING_ERRORS)[number]

/** Why the server closes a signalling socket. */
export const CLOSE = {
  /** The meeting is over. */
  ended: 4000,
  /** Another window of the same account took the place. */
  replaced: 4001,
  /** Left, by frame or by REST. */
  left: 4002,
  /** Taken out, or not let in, by a moderator. */
  removed: 4003,
  /** Not joined by REST, or no such meeting. */
  notJoined: 4004,
  /** Connected, but sent no `join` in time. */
  idle: 4008,
  /** No token, or one that counts no more. */
  unauthorized: 4401,
  /** Did not read, or sent far too much. */
  abusive: 1008,
  /** The server restarts: come back. */
  restart: 1012,
} as const

/** Somebody in a room, as frames show them. */
export interface RoomParticipant {
  user_id: number
  participant_id: number
  peer_id: string
  username: string
  nickname: string
  avatar_url: string | null
  role: Static<typeof Role>
  /** `offline`: the socket is gone, and the place is kept for 30 s. */
  status: 'online' | 'offline'
  joined_at: string
  media_state: MediaState
  /** Null: hand not raised. */
  hand_raised_at: string | null
  /** Null: nothing measured yet. */
  connection: ConnectionReport | null
}

/** How well somebody is connected, as the server measures it. */
export interface ConnectionReport {
  quality: 'good' | 'fair' | 'poor'
  /** Loss on what they send and on what they get, 0 to 1. */
  uplink_loss: number
  downlink_loss: number
  /** Null: nothing was sent to them yet. */
  rtt_ms: number | null
  /** Bits per second their line bears, where that is what holds pictures back. */
  available_bitrate: number | null
}

/** Somebody before the door, as moderators see them. */
export interface WaitingParticipant {
  user_id: number
  username: string
  nickname: string
  avatar_url: string | null
  since: string
}

/** A track, as the server's offers name them. */
export interface OfferedTrackFrame {
  mid: string
  publication_id: string
  user_id: number
  peer_id: string
  kind: 'audio' | 'video'
  source: Static<typeof MediaSource>
}

/** A live stream, as frames name it. */
export interface LiveStreamFrame {
  stream_id: string
  stream_type: 'rtmp' | 'hls'
  status: 'starting' | 'live' | 'reconnecting' | 'ended' | 'failed'
}

type Layer = Static<typeof VideoQuality>
type Description<T extends string> = { type: T; sdp: string; transport: Static<typeof Transport> }

/**
 * What the server's frames carry as `data`, by type. `from` is 0 unless said otherwise; frames relayed from another
 * user have that user's id in `from` and whatever that user sent as `data`.
 */
export interface ServerData {
  /** In answer to `join`, at once after a resumed connection, and after being let in. */
  join: {
    session_id: string
    peer_id: string
    role: Static<typeof Role>
    /** Everybody in the room, the receiver included. */
    participants: RoomParticipant[]
    ice_servers: { urls: string[]; username?: string; credential?: string }[]
    settings: Record<string, boolean>
    /** Place and session were kept. */
    resumed: boolean
    /** `kept`: the peer connections of before still count. `fresh`: make new ones. */
    media: 'kept' | 'fresh'
    media_state: MediaState
    meeting: { title: string; status: string; locked: boolean; meeting_type: string; has_password: boolean }
    /** Highest `seq` of the chat so far. */
    message_seq: number
    recording: { recording: boolean; recording_id: string | null }
    /** The live streams under way. */
    streams: readonly LiveStreamFrame[]
    /** Those before the door; empty for those who may not let them in. */
    waiting: WaitingParticipant[]
    server_time: string
  }
  /** To somebody before the door: why they wait. To moderators: everybody who waits. */
  waiting: { reason: 'lobby' | 'host'; session_id: string; title: string } | { participants: WaitingParticipant[] }
  /** Let in; a `join` follows. */
  admit: { by: number }
  /** Not let in; the socket closes. */
  deny: { by: number }
  /** To everybody: somebody was taken out. The one it is about is closed out afterwards. */
  kick: { user_id: number; by: number }
  'user-joined': RoomParticipant
  'user-left': {
    user_id: number
    peer_id: string
    username: string
    nickname: string
    role: Static<typeof Role>
    reason: 'left' | 'timeout' | 'removed'
  }
  /** A place whose socket went away, or came back. */
  presence: { user_id: number; peer_id: string; status: 'online' | 'offline' }
  /** From the server: its offer on the subscribe connection. */
  offer: Description<'offer'> & { tracks: OfferedTrackFrame[] }
  answer: Description<'answer'> & {
    publications: { publication_id: string; kind: 'audio' | 'video'; source: Static<typeof MediaSource> }[]
  }
  'ice-candidate': {
    candidate?: string
    sdpMid?: string | null
    sdpMLineIndex?: number | null
    usernameFragment?: string | null
    transport: Static<typeof Transport>
  }
  chat: {
    message_id: number
    seq: number
    user_id: number
    username: string
    nickname: string
    avatar_url: string | null
    content: string
    timestamp: string
    ref?: string
    edited?: boolean
    deleted?: boolean
  }
  /** A line was edited or deleted, as it stands now. */
  'chat-changed': Omit<ServerData['chat'], 'ref'>
  /** `from` is whose state it is; `by` who turned something off for them. */
  'media-state': MediaState & { user_id: number; peer_id: string; by?: number }
  'mute-request': { kind: 'audio' | 'video' | 'screen'; action: 'mute' | 'ask'; by: number }
  role: { user_id: number; role: Static<typeof Role>; by: number }
  hand: { user_id: number; raised: boolean; raised_at: string | null; by: number }
  reaction: { user_id: number; emoji: string }
  'recording-state': { recording: boolean; recording_id: string | null; by: number | null }
  /** A live stream of this meeting begins, falters or is over. */
  'streaming-state': LiveStreamFrame & { by: number | null }
  caption: {
    user_id: number
    peer_id: string
    text: string
    final: boolean
    language: string | null
    segment_id: string
  }
  /** What the receiver now gets of a video; `bandwidth`: the line is too thin for what was wanted. */
  layer: {
    publication_id: string
    layer: Layer | 'off'
    reason: 'wanted' | 'bandwidth' | 'unavailable'
  }
  /** A track came, changed (`stalled`: nothing came for 3 s) or went (`ended`). */
  track: {
    publication_id: string
    user_id: number
    peer_id: string
    kind: 'audio' | 'video' | null
    source: Static<typeof MediaSource>
    state: 'waiting' | 'flowing' | 'stalled' | 'blocked' | 'ended'
  }
  /** Whose connection became noticeably better or worse, at most every three seconds. */
  'connection-quality': { people: (ConnectionReport & { user_id: number; peer_id: string })[] }
  /** Who is heard, -127 to 0 dBov, at most four times a second. */
  speakers: { levels: { peer_id: string; user_id: number; level: number; speaking: boolean }[] }
  /** The meeting itself was changed. */
  settings: { settings: Record<string, boolean>; title: string; locked: boolean; max_participants: number }
  lock: { locked: boolean; by: number }
  /** Over for everybody; the socket closes. */
  end: { by: number | null; reason: 'ended' | 'deleted' }
  /** The media server starts anew: make new peer connections. */
  restart: { reason: string }
  pong: Record<string, unknown>
  error: {
    code: SignalingError
    message: string
    /** The frame's type it answers, where there was one. */
    type?: string
  }
}
export type ServerFrameType = keyof ServerData

/** A frame as it leaves the server. */
export interface ServerFrame<T extends ServerFrameType = ServerFrameType> {
  type: T
  from: number
  to?: number
  meeting_id: number
  data: ServerData[T]
}
