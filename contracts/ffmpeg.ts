import { Type } from 'typebox'
import { route } from './route.ts'
import { AUDIO_FORMATS, PRESETS } from './schemas/conversion.ts'
import { FileId } from './schemas/media.ts'

/** One of a few words. */
const one = <const Words extends readonly string[]>(...words: Words) =>
  Type.Unsafe<Words[number]>({ type: 'string', enum: words })

const VideoFormat = one('mp4', 'webm', 'mkv', 'mov')
const AudioFormat = one(...AUDIO_FORMATS)
const Pixels = Type.Integer({ minimum: 16, maximum: 4096 })
/** Bits a second as a number, or as ffmpeg writes it: `1500k`, `2M`. */
const Bitrate = Type.Union([
  Type.Integer({ minimum: 8_000, maximum: 100_000_000 }),
  Type.String({ pattern: '^[1-9]\\d{0,8}[kKmM]?$' }),
])

/** A job as it is looked at while it runs and afterwards. */
export const MediaJob = Type.Object({
  job_id: Type.String(),
  type: Type.String(),
  status: one('queued', 'processing', 'completed', 'failed', 'cancelled'),
  /** 0 to 100. */
  progress: Type.Integer(),
  source_ids: Type.Array(Type.String()),
  /** What those files are called; without those that are gone. */
  source_names: Type.Array(Type.String()),
  output_file_id: Type.Union([Type.String(), Type.Null()]),
  /** Of a job with several operations, in their order. */
  output_file_ids: Type.Array(Type.String()),
  /** Why it failed, in a sentence. */
  error: Type.Union([Type.String(), Type.Null()]),
  created_at: Type.String(),
  started_at: Type.Union([Type.String(), Type.Null()]),
  completed_at: Type.Union([Type.String(), Type.Null()]),
})

const JobParams = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const common = { method: 'POST', family: 'meetings', access: 'account', result: MediaJob } as const
const tenAMinute = { max: 10, per: 'minute' } as const

export const transcode = route({
  ...common,
  id: 'ffmpeg.transcode',
  path: '/api/v1/ffmpeg/transcode',
  summary: '转码',
  rateLimit: tenAMinute,
  body: Type.Object({
    file_id: FileId,
    output_format: VideoFormat,
    video_codec: Type.Optional(one('h264', 'vp8', 'vp9', 'h265', 'av1')),
    audio_codec: Type.Optional(one('aac', 'mp3', 'opus', 'vorbis', 'flac')),
    /** `1280x720` (fits into it, keeps the shape) or `720p`. */
    resolution: Type.Optional(Type.String({ pattern: '^([1-9]\\d{1,3}x[1-9]\\d{1,3}|[1-9]\\d{2,3}p)$' })),
    bitrate: Type.Optional(Bitrate),
    frame_rate: Type.Optional(Type.Number({ minimum: 1, maximum: 120 })),
    preset: Type.Optional(one(...PRESETS)),
  }),
})

export const extractAudio = route({
  ...common,
  id: 'ffmpeg.extract-audio',
  path: '/api/v1/ffmpeg/extract-audio',
  summary: '提取音频',
  rateLimit: tenAMinute,
  body: Type.Object({
    file_id: FileId,
    audio_format: Type.Optional(AudioFormat),
    audio_bitrate: Type.Optional(Bitrate),
  }),
})

export const extractVideo = route({
  ...common,
  id: 'ffmpeg.extract-video',
  path: '/api/v1/ffmpeg/extract-video',
  summary: '提取视频',
  rateLimit: tenAMinute,
  body: Type.Object({ file_id: FileId }),
})

export const merge = route({
  ...common,
  id: 'ffmpeg.merge',
  path: '/api/v1/ffmpeg/merge',
  summary: '合并媒体',
  rateLimit: tenAMinute,
  body: Type.Object({
    file_ids: Type.Array(FileId, { minItems: 2, maxItems: 20 }),
    output_format: Type.Optional(VideoFormat),
    transition: Type.Optional(one('none', 'fade')),
  }),
})

export const thumbnail = route({
  ...common,
  id: 'ffmpeg.thumbnail',
  path: '/api/v1/ffmpeg/thumbnail',
  summary: '生成缩略图',
  rateLimit: { max: 20, per: 'minute' },
  body: Type.Object({
    file_id: FileId,
    /** Seconds. */
    timestamp: Type.Optional(Type.Number({ minimum: 0, maximum: 1_000_000 })),
    width: Type.Optional(Pixels),
    height: Type.Optional(Pixels),
    format: Type.Optional(one('jpg', 'png', 'webp')),
  }),
})

/** Several things made of one file, in one job. */
export const processMedia = route({
  ...common,
  id: 'media.process',
  path: '/api/v1/media/process',
  summary: '处理文件',
  rateLimit: { max: 20, per: 'minute' },
  body: Type.Object({
    file_id: FileId,
    operations: Type.Array(one('extract_audio', 'extract_video', 'generate_thumbnail', 'compress', 'convert_format'), {
      minItems: 1,
      maxItems: 5,
    }),
    /** Of `convert_format`, which needs it. */
    output_format: Type.Optional(Type.Union([VideoFormat, AudioFormat])),
    quality: Type.Optional(one('low', 'medium', 'high')),
  }),
})

export const jobStatus = route({
  ...common,
  id: 'ffmpeg.job.status',
  method: 'GET',
  path: '/api/v1/ffmpeg/job/:id/status',
  summary: '任务状态',
  rateLimit: { max: 100, per: 'minute' },
  params: JobParams,
})

export const cancelJob = route({
  ...common,
  id: 'ffmpeg.job.cancel',
  path: '/api/v1/ffmpeg/job/:id/cancel',
  summary: '取消任务',
  rateLimit: { max: 50, per: 'minute' },
  params: JobParams,
})

/** Does a failed or cancelled job once more, as a new one. */
export const retryJob = route({
  ...common,
  id: 'ffmpeg.job.retry',
  path: '/api/v1/ffmpeg/job/:id/retry',
  summary: '重试任务',
  rateLimit: tenAMinute,
  params: JobParams,
})

/** The caller's jobs, newest first. */
export const listJobs = route({
  ...common,
  id: 'ffmpeg.jobs',
  method: 'GET',
  path: '/api/v1/ffmpeg/jobs',
  summary: '任务列表',
  rateLimit: { max: 100, per: 'minute' },
  query: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })) }),
  result: Type.Object({ jobs: Type.Array(MediaJob) }),
})
