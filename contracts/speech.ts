import { Type } from 'typebox'
import { route } from './route.ts'
import { DenoisingRequest, EnhancementRequest, Recognition, SpeechRequest } from './schemas/ai.ts'
import { Id } from './schemas/meeting.ts'

const perMinute = { max: 10, per: 'minute' } as const

/** JSON with 24 MiB of base64 carries 18 MiB of sound; more comes as a form, a file or an address. */
const JSON_BYTES = 24 * 1024 * 1024

/** Each takes JSON or a multipart form, so the surface checks the body by the schema given here. */
const sound = { method: 'POST', family: 'meetings', access: 'account', multipart: true } as const

export const recogniseSpeech = route({
  ...sound,
  id: 'speech.recognition',
  path: '/api/v1/speech/recognition',
  summary: '语音识别',
  rateLimit: perMinute,
  bodyLimit: JSON_BYTES,
  body: SpeechRequest,
  result: Recognition,
})

export const detectEmotion = route({
  ...sound,
  id: 'speech.emotion',
  path: '/api/v1/speech/emotion',
  summary: '情绪检测',
  rateLimit: perMinute,
  bodyLimit: JSON_BYTES,
  body: SpeechRequest,
  result: Type.Object({
    emotion: Type.String(),
    /** The score of that emotion, 0 to 1. */
    confidence: Type.Number(),
    /** A score of 0 to 1 for each emotion the model knows. */
    details: Type.Record(Type.String(), Type.Number()),
    /** Seconds. */
    processing_time: Type.Number(),
    model: Type.String(),
  }),
})

export const detectSynthesis = route({
  ...sound,
  id: 'speech.synthesis-detection',
  path: '/api/v1/speech/synthesis-detection',
  summary: '合成检测',
  rateLimit: perMinute,
  bodyLimit: JSON_BYTES,
  body: SpeechRequest,
  result: Type.Object({
    /** Whether the score reaches the threshold. */
    is_synthetic: Type.Boolean(),
    /** How sure that answer is: the score, or what it lacks to 1. */
    confidence: Type.Number(),
    /** Of speech that is made by a machine, 0 to 1. */
    score: Type.Number(),
    /** As the model's manifest declares it. */
    threshold: Type.Number(),
    /** Seconds. */
    processing_time: Type.Number(),
    model: Type.String(),
  }),
})

/** With `Accept: audio/wav` the answer is the sound itself. */
export const denoiseAudio = route({
  ...sound,
  id: 'audio.denoising',
  path: '/api/v1/audio/denoising',
  summary: '音频降噪',
  rateLimit: perMinute,
  bodyLimit: JSON_BYTES,
  body: DenoisingRequest,
  result: Type.Object({
    file_id: Type.String(),
    file_url: Type.String(),
    /** How much quieter the quiet passages became. */
    noise_reduction_db: Type.Number(),
    /** Seconds. */
    processing_time: Type.Number(),
    /** Seconds. */
    duration: Type.Number(),
    /** 0 to 1: how much of the result is the filtered sound. */
    wet_share: Type.Number(),
    model: Type.String(),
  }),
})

const EnhancementJob = Type.Object({
  job_id: Type.String(),
  status: Type.Union([
    Type.Literal('queued'),
    Type.Literal('processing'),
    Type.Literal('completed'),
    Type.Literal('failed'),
    Type.Literal('cancelled'),
  ]),
  progress: Type.Number(),
  /** What is done, in the field's own words: `nlmeans`, `vidstab`, `lanczos scaling` … */
  method: Type.String(),
  output_file_id: Type.Union([Type.String(), Type.Null()]),
  error: Type.Union([Type.String(), Type.Null()]),
})

export const enhanceVideo = route({
  ...sound,
  id: 'video.enhancement',
  path: '/api/v1/video/enhancement',
  summary: '视频增强',
  rateLimit: perMinute,
  body: EnhancementRequest,
  result: EnhancementJob,
})

/** How an enhancement is getting on. */
export const enhancementStatus = route({
  id: 'video.enhancement.status',
  method: 'GET',
  path: '/api/v1/video/enhancement/:job_id',
  family: 'meetings',
  access: 'account',
  summary: '视频增强任务状态',
  rateLimit: { max: 100, per: 'minute' },
  params: Type.Object({ job_id: Id }),
  result: EnhancementJob,
})

/** Ends an enhancement that is not over. */
export const cancelEnhancement = route({
  id: 'video.enhancement.cancel',
  method: 'POST',
  path: '/api/v1/video/enhancement/:job_id/cancel',
  family: 'meetings',
  access: 'account',
  summary: '取消视频增强任务',
  rateLimit: { max: 50, per: 'minute' },
  params: Type.Object({ job_id: Id }),
  result: EnhancementJob,
})

/** The plain fields of OpenAI's form beside `file`. */
export const TranscriptionFields = Type.Object({
  model: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  language: SpeechRequest.properties.language,
  response_format: Type.Optional(
    Type.Union([
      Type.Literal('json'),
      Type.Literal('text'),
      Type.Literal('verbose_json'),
      Type.Literal('srt'),
      Type.Literal('vtt'),
    ]),
  ),
})

/** OpenAI's own path and shapes (API reference, Create transcription), so that its clients work by changing their base URL. */
export const transcribe = route({
  id: 'openai.transcriptions',
  method: 'POST',
  path: '/v1/audio/transcriptions',
  family: 'raw',
  access: 'account',
  summary: "Speech to text, in OpenAI's shapes",
  rateLimit: perMinute,
  multipart: true,
  body: TranscriptionFields,
  result: Type.Unknown(),
})
