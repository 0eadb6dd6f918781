import { Type } from 'typebox'
import type { Static } from 'typebox'

/** A file of the model, by its path in the manifest's `files`. */
const File = Type.String({ minLength: 1, maxLength: 300 })
const TensorName = Type.String({ minLength: 1, maxLength: 200 })
const SampleRate = Type.Integer({ minimum: 8000, maximum: 48_000 })
/** At 48 kHz, a minute. */
const MOST_SAMPLES = 2_880_000

const soundInput = {
  name: TensorName,
  /** Samples a second; sound is brought to it, mono. */
  sample_rate: SampleRate,
  /** The axes of the input, the batch and the channel being 1. */
  layout: Type.Union([Type.Literal('samples'), Type.Literal('batch_samples'), Type.Literal('batch_channel_samples')]),
  /** `none`: -1 to 1 as it is; `peak`: the loudest sample of a window is 1; `standard`: mean 0, variance 1. */
  normalisation: Type.Union([Type.Literal('none'), Type.Literal('peak'), Type.Literal('standard')]),
  /** Samples the model is given at once. */
  window: Type.Integer({ minimum: 16, maximum: MOST_SAMPLES }),
  /** Samples from the start of one window to the start of the next; the window's length at most. */
  hop: Type.Integer({ minimum: 16, maximum: MOST_SAMPLES }),
}

/** Sound in, a score for each label out. */
export const AudioClassification = Type.Object({
  kind: Type.Literal('audio-classification'),
  file: File,
  input: Type.Object({
    ...soundInput,
    /** What fills the window of a sound that is shorter: silence, the sound over again, or nothing (it is given as it is). */
    pad: Type.Union([Type.Literal('zeros'), Type.Literal('repeat'), Type.Literal('none')]),
  }),
  output: Type.Object({
    name: TensorName,
    /** In the order of the output's last axis. */
    labels: Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
      minItems: 1,
      maxItems: 1000,
      uniqueItems: true,
    }),
    /** What makes scores of 0 to 1 of what the model answers; `none` where it does so itself. */
    activation: Type.Union([Type.Literal('none'), Type.Literal('softmax'), Type.Literal('sigmoid')]),
    /** How the windows' scores become one. */
    aggregation: Type.Union([Type.Literal('mean'), Type.Literal('median'), Type.Literal('max')]),
    /** The label whose score decides, for a detector. */
    positive_class: Type.Optional(Type.String()),
    /** From which score of it on the answer is yes. */
    threshold: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  }),
})
export type AudioClassification = Static<typeof AudioClassification>

/** Sound in, as much sound out. */
export const AudioToAudio = Type.Object({
  kind: Type.Literal('audio-to-audio'),
  file: File,
  /** Windows that overlap are faded into each other. */
  input: Type.Object(soundInput),
  output: Type.Object({
    name: TensorName,
  }),
})
export type AudioToAudio = Static<typeof AudioToAudio>

/** A picture in, a picture out, some times as large. */
export const ImageToImage = Type.Object({
  kind: Type.Literal('image-to-image'),
  file: File,
  input: Type.Object({
    name: TensorName,
    layout: Type.Union([Type.Literal('nchw'), Type.Literal('nhwc')]),
    channels: Type.Union([Type.Literal('rgb'), Type.Literal('bgr')]),
    /** White: 1 or 255. The output has the same. */
    range: Type.Union([Type.Literal(1), Type.Literal(255)]),
    /** Width and height of what the model is given at once, in pixels. */
    tile: Type.Integer({ minimum: 16, maximum: 1024 }),
    /** How far neighbouring tiles lie over each other, in pixels: half of it is thrown away on each side. */
    overlap: Type.Integer({ minimum: 0, maximum: 128, multipleOf: 2 }),
  }),
  output: Type.Object({ name: TensorName, scale: Type.Integer({ minimum: 1, maximum: 4 }) }),
})
export type ImageToImage = Static<typeof ImageToImage>

const recogniser = {
  kind: Type.Literal('speech-recognition'),
  tokens: File,
  /** Seconds of speech given at once; 20 unless told. Longer sound is cut where it pauses. */
  most_seconds: Type.Optional(Type.Number({ minimum: 1, maximum: 30 })),
  /** 80 unless told. */
  feature_dim: Type.Optional(Type.Integer({ minimum: 1, maximum: 512 })),
}

/** A recogniser of sherpa-onnx, by its family. */
export const SpeechRecognition = Type.Union([
  Type.Object({ ...recogniser, family: Type.Literal('whisper'), encoder: File, decoder: File }),
  Type.Object({
    ...recogniser,
    family: Type.Literal('sense-voice'),
    model: File,
    /** Whether numbers and punctuation are written as people do; true unless told. */
    inverse_text_normalisation: Type.Optional(Type.Boolean()),
  }),
  Type.Object({
    ...recogniser,
    family: Type.Union([
      Type.Literal('paraformer'),
      Type.Literal('zipformer-ctc'),
      Type.Literal('nemo-ctc'),
      Type.Literal('wenet-ctc'),
    ]),
    model: File,
  }),
  Type.Object({
    ...recogniser,
    family: Type.Union([Type.Literal('transducer'), Type.Literal('nemo-transducer')]),
    encoder: File,
    decoder: File,
    joiner: File,
    decoding: Type.Optional(Type.Union([Type.Literal('greedy_search'), Type.Literal('modified_beam_search')])),
  }),
])
export type SpeechRecognition = Static<typeof SpeechRecognition>

/** A voice activity detector of sherpa-onnx, at 16 kHz. */
export const VoiceActivity = Type.Object({
  kind: Type.Literal('voice-activity'),
  family: Type.Union([Type.Literal('silero'), Type.Literal('ten')]),
  model: File,
  threshold: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  /** Seconds. */
  min_silence: Type.Optional(Type.Number({ minimum: 0.01, maximum: 10 })),
  /** Seconds. */
  min_speech: Type.Optional(Type.Number({ minimum: 0.01, maximum: 10 })),
})
export type VoiceActivity = Static<typeof VoiceActivity>

/** A denoiser of sherpa-onnx. */
export const SpeechDenoising = Type.Object({
  kind: Type.Literal('speech-denoising'),
  family: Type.Union([Type.Literal('gtcrn'), Type.Literal('dpdfnet')]),
  model: File,
  /** What the model works at. */
  sample_rate: SampleRate,
})
export type SpeechDenoising = Static<typeof SpeechDenoising>

/** What goes into a model and what comes out of it, told apart by `kind`. */
export const ModelContract = Type.Union([
  AudioClassification,
  AudioToAudio,
  ImageToImage,
  SpeechRecognition,
  VoiceActivity,
  SpeechDenoising,
])
export type ModelContract = Static<typeof ModelContract>
