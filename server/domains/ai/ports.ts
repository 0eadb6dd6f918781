import type { Readable, Writable } from 'node:stream'
import type { ModelContract } from '#contracts/schemas/model-contract.ts'
import type { Validator } from '#kernel/outbound-download.ts'

/** A file of the library, as much of it as is needed here. */
export interface KeptFile {
  readonly id: string
  readonly name: string
  readonly kind: 'video' | 'audio' | 'image' | 'document'
  readonly size: number
  /** Seconds. */
  readonly duration: number | null
  read(): Promise<Readable>
}

/** Files people keep. */
export interface Files {
  /** @throws Fault `media.missing` */
  see(accountId: number, fileId: string): Promise<KeptFile>
  /** Keeps bytes as a file of the account; returns its id. @throws Faults of the library, its quota among them */
  keep(accountId: number, file: { name: string; description: string; bytes: AsyncIterable<Buffer> }): Promise<string>
}

/** Addresses users give. */
export interface Outbound {
  /** @throws Fault `outbound.refused` */
  check(url: string): Promise<void>
  /** @throws Fault `outbound.*` */
  fetch(url: string, to: Writable, signal: AbortSignal): Promise<void>
}

/** A run of ffmpeg. */
export interface Converter {
  /** @throws Faults `media.ffmpeg-missing`, `media.conversion-failed`, `media.output-too-large` … */
  run(work: {
    readonly input: string
    readonly options: readonly string[]
    readonly output: string
    readonly mostBytes: number
    /** Seconds of output that are expected, for `onProgress`. */
    readonly duration?: number | null
    readonly signal: AbortSignal
    readonly onProgress?: (percent: number) => void
  }): Promise<void>
}

/** Work that may be given up: what has not begun is not begun, what runs ends soon, and the signal's reason is thrown. */
interface Abandoned {
  readonly signal: AbortSignal
}

/** How much of the noise is to go. */
export type Level = 'low' | 'medium' | 'high'

/** Takes noise away from raw sound: 16-bit mono in at the rate it works at, a WAV file of the same length out. */
export interface Denoiser {
  denoise(work: { input: string; output: string; level: Level } & Abandoned): Promise<{
    samples: number
    wetShare: number
    /** dB. */
    reduction: number
  }>
}

/** What was said in a sound. */
export interface Transcript {
  readonly text: string
  readonly language: string | null
  readonly segments: readonly { start: number; end: number; text: string; confidence: number | null }[]
}

/** Writes down what is said. */
export interface Transcriber {
  readonly model: string
  /** @throws Fault `ai.stt-failed` */
  transcribe(sound: { path: string; mime: string; language: string | undefined } & Abandoned): Promise<Transcript>
  /** Whether it answers. @throws Error with the reason */
  probe(): Promise<void>
}

/** A model that runs in a process of its own here. */
export interface Loadable {
  readonly state: 'unloaded' | 'loading' | 'loaded' | 'unloading' | 'error'
  readonly reason: string | null
  readonly memory: number
  readonly loadTime: number | null
  readonly active: number
  load(): Promise<void>
  unload(): Promise<void>
  /** Asks it for a sign of life. */
  ping(): Promise<void>
}

/** A stretch of sound, in samples. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A picture model's piece of work: 8-bit RGB, row by row, in and out. */
export interface PictureWork extends Abandoned {
  readonly input: string
  readonly output: string
  readonly width: number
  readonly height: number
}

/**
 * A model that is installed here. Files of sound are 16-bit mono without a header, at the rate that its contract names.
 * What its contract is not for fails, as does everything when its process dies.
 */
export interface LocalModel extends Loadable, Denoiser {
  /** A score of 0 to 1 for each label. @throws Faults `ai.model-failed`, `ai.busy`, `ai.timed-out`, as the others */
  classify(work: { input: string } & Abandoned): Promise<{ scores: readonly { label: string; score: number }[] }>
  /** Where somebody speaks, in stretches no longer than `mostSeconds`. */
  findSpeech(work: { input: string; mostSeconds: number } & Abandoned): Promise<Span[]>
  /** Writes down what is said in these stretches. */
  recognise(
    work: { input: string; spans: readonly Span[]; language: string | undefined } & Abandoned,
  ): Promise<Pick<Transcript, 'segments' | 'language'>>
  enlarge(work: PictureWork): Promise<{ width: number; height: number }>
}

/** What runs models here. */
export interface Engines {
  /** Whether this installation has what the engine needs. */
  isThere(engine: 'onnx' | 'sherpa-onnx'): boolean
  /** The packages that it lacks. */
  missing(): string[]
  /** The model's process, not started. */
  open(model: { engine: 'onnx' | 'sherpa-onnx'; folder: string; contract: ModelContract }): LocalModel
  /** The model that is built in. */
  openRnnoise(): LocalModel
}

/** Films as pictures. */
export interface FilmFrames {
  /**
   * Takes a film apart, has every picture changed, and makes a film of them with the sound that it had.
   * @throws Faults as `Converter`
   */
  rework(work: {
    readonly input: string
    readonly output: string
    readonly mostBytes: number
    /** Of the film, in seconds. */
    readonly duration: number | null
    /** Height, or width and height, that the result is scaled to. */
    readonly target: { readonly width?: number; readonly height: number } | undefined
    readonly signal: AbortSignal
    change(picture: Picture): Promise<Picture>
    onProgress(percent: number): void
  }): Promise<void>
}

/** 8-bit RGB, row by row. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly bytes: Buffer
}

/** What this machine measures of itself. */
export interface Machine {
  /** Percent of all cores since the last look. */
  cpu(): number
  /** Percent of the memory, and all of it in bytes. */
  memory(): { percent: number; total: number }
}

/** Brings the files of models. */
export interface Downloader {
  /**
   * Fetches a file, or the rest of it.
   * @throws Fault `outbound.refused`, `outbound.failed`, `outbound.too-large`, `disk.full`; the signal's reason
   */
  download(work: {
    readonly url: string
    readonly path: string
    readonly mostBytes: number
    readonly validator: Validator | undefined
    readonly signal: AbortSignal
    onValidator(validator: Validator | undefined): Promise<void>
    onBytes(bytes: number): void
  }): Promise<void>
  /** Bytes that may still be written in a folder. */
  freeBytes(folder: string): Promise<number>
}

/** Unpacks the plain files of an archive into a folder. @throws Fault `ai.archive` */
export type Unpacker = (
  archive: string,
  to: string,
  limits: { readonly mostBytes: number; readonly mostFiles: number },
) => Promise<void>
