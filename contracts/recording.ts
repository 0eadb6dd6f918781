import { Type } from 'typebox'
import { route } from './route.ts'
import { Id, Paging } from './schemas/meeting.ts'

const Format = Type.Union([Type.Literal('mp4'), Type.Literal('webm'), Type.Literal('mkv')])
const Layout = Type.Union([Type.Literal('grid'), Type.Literal('speaker')])
const Quality = Type.Union([Type.Literal('low'), Type.Literal('medium'), Type.Literal('high')])
/** `recording`: under way; `processing`: one file is made of it. */
const Status = Type.Union([
  Type.Literal('recording'),
  Type.Literal('processing'),
  Type.Literal('completed'),
  Type.Literal('failed'),
])
const nullable = <T extends ReturnType<typeof Type.Number> | ReturnType<typeof Type.String>>(schema: T) =>
  Type.Union([schema, Type.Null()])

/** A recording of a meeting. */
export const Recording = Type.Object({
  recording_id: Type.String(),
  meeting_id: Type.Integer(),
  meeting_title: Type.String(),
  /** Who pressed record. */
  user_id: Type.Integer(),
  user_name: Type.String(),
  status: Status,
  format: Format,
  layout: Layout,
  quality: Quality,
  /** The composed file; null before there is one. */
  file_id: nullable(Type.String()),
  file_url: nullable(Type.String()),
  /** Seconds. */
  duration: nullable(Type.Number()),
  /** Bytes. */
  size: nullable(Type.Number()),
  /** Why it failed. */
  error: nullable(Type.String()),
  started_at: Type.String(),
  stopped_at: nullable(Type.String()),
  /** The moment the film begins with: the first picture or sound that came. */
  film_started_at: nullable(Type.String()),
  created_at: Type.String(),
})

const RecordingParams = Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9]{1,64}$' }) })
const common = { family: 'meetings', access: 'account' } as const

export const startRecording = route({
  ...common,
  id: 'recording.start',
  method: 'POST',
  path: '/api/v1/recording/start',
  summary: '开始录制',
  rateLimit: { max: 20, per: 'minute' },
  body: Type.Object({
    meeting_id: Id,
    format: Type.Optional(Format),
    layout: Type.Optional(Layout),
    quality: Type.Optional(Quality),
  }),
  result: Recording,
})

/** Ends a recording, named by itself or by its meeting. */
export const stopRecording = route({
  ...common,
  id: 'recording.stop',
  method: 'POST',
  path: '/api/v1/recording/stop',
  summary: '停止录制',
  rateLimit: { max: 20, per: 'minute' },
  body: Type.Object({
    recording_id: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9]{1,64}$' })),
    meeting_id: Type.Optional(Id),
  }),
  result: Recording,
})

/** Recordings of the meetings the caller took part in, newest first. */
export const listRecordings = route({
  ...common,
  id: 'recording.list',
  method: 'GET',
  path: '/api/v1/recording/list',
  summary: '录制列表',
  rateLimit: { max: 50, per: 'minute' },
  query: Type.Object({ ...Paging, meeting_id: Type.Optional(Id), status: Type.Optional(Status) }),
  result: Type.Object({
    recordings: Type.Array(Recording),
    total: Type.Integer(),
    page: Type.Integer(),
    page_size: Type.Integer(),
  }),
})

export const recordingInfo = route({
  ...common,
  id: 'recording.info',
  method: 'GET',
  path: '/api/v1/recording/:id',
  summary: '录制信息',
  rateLimit: { max: 100, per: 'minute' },
  params: RecordingParams,
  result: Type.Intersect([
    Recording,
    Type.Object({
      /** How far the file is, 0 to 100. */
      progress: Type.Integer(),
      tracks: Type.Array(
        Type.Object({
          user_id: Type.Integer(),
          user_name: Type.String(),
          kind: Type.Union([Type.Literal('audio'), Type.Literal('video')]),
          source: Type.String(),
          /** Somebody's sound as a file of its own. */
          file_id: nullable(Type.String()),
        }),
      ),
    }),
  ]),
})

export const deleteRecording = route({
  ...common,
  id: 'recording.delete',
  method: 'DELETE',
  path: '/api/v1/recording/:id',
  summary: '删除录制',
  rateLimit: { max: 20, per: 'minute' },
  params: RecordingParams,
  result: Type.Null(),
})
