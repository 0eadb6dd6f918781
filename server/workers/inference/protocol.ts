import type { ModelContract } from '#contracts/schemas/model-contract.ts'

/** Which model a process is to load: the built-in one, or one of a folder by its contract. */
export type ModelSource =
  | { readonly engine: 'rnnoise' }
  | {
      readonly engine: 'onnx' | 'sherpa-onnx'
      readonly folder: string
      readonly contract: ModelContract
      readonly threads: number
    }

/** A stretch of sound, in samples. */
export interface Span {
  readonly start: number
  readonly end: number
}

/**
 * What a model can be asked. Sound comes as 16-bit little-endian mono without a header at the rate the model works at,
 * and goes as a WAV file of as many samples; pictures come and go as 8-bit RGB, row by row.
 */
export type Work =
  | { readonly do: 'ping' }
  | { readonly do: 'denoise'; readonly input: string; readonly output: string; readonly level: Level }
  | { readonly do: 'classify'; readonly input: string }
  | {
      readonly do: 'enlarge'
      readonly input: string
      readonly output: string
      readonly width: number
      readonly height: number
    }
  | { readonly do: 'find-speech'; readonly input: string; readonly mostSeconds: number }
  | {
      readonly do: 'recognise'
      readonly input: string
      readonly spans: readonly Span[]
      readonly language: string | undefined
    }

/**
 * What the parent says: what to load, first of all; then work, each answered once, by its id; and which of it nobody
 * waits for any more.
 */
export type Request = { readonly load: ModelSource } | ({ readonly id: number } & Work) | { readonly abandon: number }

/** Work as an engine is given it: aborted between two pieces of it. */
export type Begun<W = Work> = W & { readonly signal: AbortSignal }

/** How much of the noise is to go. */
export type Level = 'low' | 'medium' | 'high'

/** What a model's process says. */
export type Reply =
  | { readonly ready: true; readonly memory: number }
  /** It cannot load; it ends itself. */
  | { readonly failed: string }
  | { readonly id: number; readonly ok: true; readonly result: unknown; readonly memory: number }
  | { readonly id: number; readonly ok: false; readonly reason: string }

/** What denoising measured. */
export interface Denoised {
  readonly samples: number
  /** Signal over noise as estimated before, in dB; null in silence, and where the model does not need it. */
  readonly snr: number | null
  /** 0 to 1. */
  readonly wetShare: number
  /** How much quieter the quietest fifth of the sound became, in dB. */
  readonly reduction: number
}

/** A score of 0 to 1 for each label, in the contract's order. */
export interface Classified {
  readonly scores: readonly { readonly label: string; readonly score: number }[]
}

/** What was said, stretch by stretch; times in seconds. */
export interface Recognised {
  readonly segments: readonly {
    readonly start: number
    readonly end: number
    readonly text: string
    readonly confidence: number | null
  }[]
  /** What the model took it for; null where it does not tell. */
  readonly language: string | null
}

/** Samples a second that RNNoise works at. */
export const RATE = 48_000
/** Samples a second that speech is recognised at. */
export const SPEECH_RATE = 16_000
