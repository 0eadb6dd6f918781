import { Type } from 'typebox'
import type { Static, TSchema } from 'typebox'
import { FileId } from './media.ts'

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** The id of a model, which is also the name of its folder. */
export const ModelId = Type.String({ minLength: 1, maxLength: 64, pattern: '^[a-z0-9][a-z0-9._-]*$' })

/** The id of a node. */
export const NodeId = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' })

/** Where sound comes from, exactly one of them; a multipart form sends it in `audio` instead. */
const source = {
  audio_url: Type.Optional(Type.String({ minLength: 1, maxLength: 2048 })),
  file_id: Type.Optional(FileId),
  /** Base64, with or without a `data:` prefix. */
  audio_data: Type.Optional(Type.String({ minLength: 1 })),
}

/** Sound to be understood. */
export const SpeechRequest = Type.Object({
  ...source,
  /** BCP 47, or `auto`. */
  language: Type.Optional(Type.String({ pattern: '^(auto|[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)$', maxLength: 35 })),
  model: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
})
export type SpeechRequest = Static<typeof SpeechRequest>

/** Sound to be freed of noise. */
export const DenoisingRequest = Type.Object({
  ...source,
  /** How much of the noise is to go; of the built-in model. */
  level: Type.Optional(Type.Union([Type.Literal('low'), Type.Literal('medium'), Type.Literal('high')])),
  /** RNNoise, which is built in, where none is named. */
  model: Type.Optional(ModelId),
})
export type DenoisingRequest = Static<typeof DenoisingRequest>

/** A film to be bettered. */
export const EnhancementRequest = Type.Object({
  file_id: Type.Optional(FileId),
  enhancement_type: Type.Union([
    Type.Literal('super_resolution'),
    Type.Literal('denoising'),
    Type.Literal('stabilization'),
    Type.Literal('color_correction'),
  ]),
  /** `1080p`, or width and height. */
  target_resolution: Type.Optional(Type.String({ pattern: '^([1-9]\\d{1,3}p|[1-9]\\d{1,3}x[1-9]\\d{1,3})$' })),
  /** For super-resolution: a model that is installed, or `lanczos`, which is no model. A model that is there goes first. */
  model: Type.Optional(ModelId),
})
export type EnhancementRequest = Static<typeof EnhancementRequest>

/** What was said. */
export const Recognition = Type.Object({
  text: Type.String(),
  /** 0 to 1; null where the engine does not tell. */
  confidence: nullable(Type.Number()),
  language: nullable(Type.String()),
  /** Seconds. */
  duration: Type.Number(),
  segments: Type.Array(
    Type.Object({
      start: Type.Number(),
      end: Type.Number(),
      text: Type.String(),
      confidence: nullable(Type.Number()),
    }),
  ),
  /** Seconds. */
  processing_time: Type.Number(),
  model: Type.String(),
})

/** What a model is for. */
export const ModelType = Type.Union([
  Type.Literal('speech-recognition'),
  Type.Literal('emotion'),
  Type.Literal('synthesis-detection'),
  Type.Literal('denoising'),
  Type.Literal('super-resolution'),
  Type.Literal('voice-activity'),
])
export type ModelType = Static<typeof ModelType>

/** Document 5's four statuses. */
export const ModelStatus = Type.Union([
  Type.Literal('unloaded'),
  Type.Literal('loading'),
  Type.Literal('loaded'),
  Type.Literal('error'),
])

/** A download under way, or broken off. */
export const PullProgress = Type.Object({
  /** Bytes that are here. */
  bytes: Type.Integer(),
  /** Bytes of all files; null until it is known. */
  total: nullable(Type.Integer()),
  /** Bytes a second over the last seconds; 0 when nothing moves. */
  speed: Type.Integer(),
  /** The file that is being fetched. */
  file: nullable(Type.String()),
})
export type PullProgress = Static<typeof PullProgress>

/** A model as the product knows it. */
export const Model = Type.Object({
  model_id: Type.String(),
  name: Type.String(),
  type: ModelType,
  version: Type.String(),
  status: ModelStatus,
  /** The same, finer: `available` is known and not installed. */
  state: Type.Union([
    Type.Literal('available'),
    Type.Literal('downloading'),
    Type.Literal('installed'),
    Type.Literal('loading'),
    Type.Literal('loaded'),
    Type.Literal('unloading'),
    Type.Literal('error'),
  ]),
  /** Why, where the state is `error`, or why the last download was broken off. */
  reason: nullable(Type.String()),
  /** How far its download is: also of one that was broken off and can be resumed; null where there is none. */
  progress: Type.Union([PullProgress, Type.Null()]),
  /** Bytes of all its files; null where nobody has said. */
  bytes: nullable(Type.Integer()),
  /** Why this server cannot run it, installed or not: its engine is missing, or its manifest does not say what goes in. */
  obstacle: Type.Union([Type.Literal('no-engine'), Type.Literal('no-contract'), Type.Null()]),
  /** Whether it can be downloaded: every file has an address. */
  pullable: Type.Boolean(),
  /**
   * What its files' hashes are held against: `published`, known before they came; `recorded`, what came first, because
   * its publisher names none; null while it is not installed.
   */
  verified_against: Type.Union([Type.Literal('published'), Type.Literal('recorded'), Type.Null()]),
  /** Bytes its process takes, as measured; 0 while it is not loaded. */
  memory_usage: Type.Integer(),
  node_id: nullable(Type.String()),
  engine: Type.String(),
  licence: Type.String(),
  source: nullable(Type.String()),
  languages: Type.Array(Type.String()),
})

/** What loading and unloading answer. */
export const ModelChange = Type.Object({
  model_id: Type.String(),
  status: ModelStatus,
  /** Seconds the last loading took. */
  load_time: nullable(Type.Number()),
  memory_usage: Type.Integer(),
})

/** A machine, or another program, that runs models. */
export const Node = Type.Object({
  node_id: Type.String(),
  name: Type.String(),
  address: Type.String(),
  /** `local`: the server itself; `confab`: the same program on another machine; `openai`: another program's API. */
  kind: Type.Union([Type.Literal('local'), Type.Literal('confab'), Type.Literal('openai')]),
  status: Type.Union([Type.Literal('online'), Type.Literal('offline'), Type.Literal('busy')]),
  /** Percent of all cores; null where the node does not tell. */
  cpu_usage: nullable(Type.Number()),
  /** Percent of the machine's memory; null where the node does not tell. */
  memory_usage: nullable(Type.Number()),
  /** Bytes; null where the node does not tell. */
  memory_total: nullable(Type.Number()),
  loaded_models: Type.Array(Type.String()),
  /** Models it can do requests with. */
  models: Type.Array(Type.String()),
  active_requests: Type.Integer(),
  /** From how many requests on it takes no more; null where it does not tell. */
  queue_limit: nullable(Type.Integer()),
  /** Its program's version; null where it does not tell. */
  version: nullable(Type.String()),
  /** Why it is offline. */
  reason: nullable(Type.String()),
  /** Whether an admin added it, and may remove it. */
  removable: Type.Boolean(),
  checked_at: Type.String(),
})

/** What a node measures of itself. */
export const NodeReport = Type.Object({
  /** Percent of all cores. */
  cpu: Type.Number({ minimum: 0, maximum: 100 }),
  /** Percent of the memory. */
  memory: Type.Number({ minimum: 0, maximum: 100 }),
  /** Bytes. */
  memory_total: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  active: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
  /** Requests it works on or keeps waiting before it turns more away. */
  queue_limit: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  models: Type.Array(ModelId, { maxItems: 1000 }),
  loaded: Type.Array(ModelId, { maxItems: 1000 }),
})
export type NodeReport = Static<typeof NodeReport>
