import { Type } from 'typebox'
import { route } from './route.ts'
import { Id } from './schemas/meeting.ts'

/** `rtmp`: pushed to an address; `hls`: served by Confab itself. */
const StreamType = Type.Union([Type.Literal('rtmp'), Type.Literal('hls')])
const Layout = Type.Union([Type.Literal('grid'), Type.Literal('speaker')])
const Quality = Type.Union([Type.Literal('low'), Type.Literal('medium'), Type.Literal('high')])
/**
 * `starting`: nothing was sent yet; `live`; `reconnecting`: the RTMP server is gone and tried again; `ended`: somebody
 * stopped it, the meeting is over, or the server was started anew; `failed`: it never came about, or broke for good.
 */
const Status = Type.Union([
  Type.Literal('starting'),
  Type.Literal('live'),
  Type.Literal('reconnecting'),
  Type.Literal('ended'),
  Type.Literal('failed'),
])
const StreamId = Type.String({ pattern: '^[A-Za-z0-9]{1,64}$' })
const nullable = <T extends ReturnType<typeof Type.Number> | ReturnType<typeof Type.String>>(schema: T) =>
  Type.Union([schema, Type.Null()])

/** A live stream of a meeting. */
export const Stream = Type.Object({
  stream_id: Type.String(),
  meeting_id: Type.Integer(),
  /** Who started it. */
  user_id: Type.Integer(),
  stream_type: StreamType,
  status: Status,
  layout: Layout,
  quality: Quality,
  /** Where it is pushed to, without the stream's key; of RTMP alone. */
  rtmp_target: nullable(Type.String()),
  /** Of HLS alone: a playlist that needs no token, for twelve hours at least. Its folder is its access right. */
  hls_url: Type.Optional(Type.String()),
  /** Of HLS alone: our page to watch it, for whoever holds the link. */
  watch_url: Type.Optional(Type.String()),
  /** Why it failed, or what keeps it from connecting at present. */
  error: nullable(Type.String()),
  started_at: Type.String(),
  stopped_at: nullable(Type.String()),
})

const common = { family: 'meetings', access: 'account' } as const

/** A host or moderator starts a stream; one of each type at a time in a meeting. */
export const startStream = route({
  ...common,
  id: 'streaming.start',
  method: 'POST',
  path: '/api/v1/streaming/start',
  summary: '开始推流',
  rateLimit: { max: 10, per: 'minute' },
  body: Type.Object({
    meeting_id: Id,
    stream_type: StreamType,
    /** `rtmp://` or `rtmps://`, the stream's key included; asked for with `rtmp`. */
    rtmp_url: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
    quality: Type.Optional(Quality),
    layout: Type.Optional(Layout),
  }),
  result: Stream,
})

/** Ends a stream, named by itself, or all of its meeting's; of several, the one started last is answered. */
export const stopStream = route({
  ...common,
  id: 'streaming.stop',
  method: 'POST',
  path: '/api/v1/streaming/stop',
  summary: '停止推流',
  rateLimit: { max: 10, per: 'minute' },
  body: Type.Object({
    stream_id: Type.Optional(StreamId),
    meeting_id: Type.Optional(Id),
  }),
  result: Stream,
})

/** How a stream does, measured; for whoever belongs to its meeting. */
export const streamStatus = route({
  ...common,
  id: 'streaming.status',
  method: 'GET',
  path: '/api/v1/streaming/:id/status',
  summary: '推流状态',
  rateLimit: { max: 50, per: 'minute' },
  params: Type.Object({ id: StreamId }),
  result: Type.Intersect([
    Stream,
    Type.Object({
      /** Seconds since it was started, until it was stopped. */
      duration: Type.Number(),
      /** Bits per second that left the server in the last seconds. */
      bitrate: Type.Number(),
      /** Pictures per second that were encoded in the last seconds. */
      frame_rate: Type.Number(),
      /** Pictures that nobody got: the encoder or the line was too slow, or there was no connection. */
      dropped_frames: Type.Integer(),
      /** How often the RTMP server had to be connected to anew. */
      reconnects: Type.Integer(),
      width: Type.Integer(),
      height: Type.Integer(),
    }),
  ]),
})

/** The streams of a meeting, newest first: what is under way, and what was. */
export const listStreams = route({
  ...common,
  id: 'streaming.list',
  method: 'GET',
  path: '/api/v1/streaming/list',
  summary: '推流列表',
  rateLimit: { max: 100, per: 'minute' },
  query: Type.Object({ meeting_id: Id }),
  result: Type.Object({ streams: Type.Array(Stream) }),
})

/** `<seconds since the epoch>.<signature>`: whoever has it may watch. */
const Proof = Type.String({ pattern: '^[0-9]{1,10}\\.[A-Za-z0-9_-]{1,64}$' })

/** What the watch page shows above the picture; for whoever holds the link. */
export const watchStream = route({
  id: 'streaming.watch',
  method: 'GET',
  path: '/streams/:id/:proof',
  family: 'raw',
  access: 'anyone',
  summary: 'A live stream, by its link',
  rateLimit: { max: 600, per: 'minute' },
  params: Type.Object({ id: StreamId, proof: Proof }),
  result: Type.Object({
    stream_id: Type.String(),
    /** Of the meeting. */
    title: Type.String(),
    status: Status,
    hls_url: Type.String(),
    started_at: Type.String(),
    stopped_at: nullable(Type.String()),
  }),
})

/** The playlist `index.m3u8` and its segments; addresses in the playlist are relative to it. */
export const streamPart = route({
  id: 'streaming.part',
  method: 'GET',
  path: '/streams/:id/:proof/:file',
  family: 'raw',
  access: 'anyone',
  summary: 'The playlist or a segment of a live stream, by its link',
  rateLimit: { max: 1200, per: 'minute' },
  params: Type.Object({
    id: StreamId,
    proof: Proof,
    file: Type.String({ pattern: '^(index\\.m3u8|[0-9]{1,12}\\.ts)$' }),
  }),
  result: Type.Unknown(),
})
