import type { LiveNumbers, LiveOutput } from '#domains/media/ports.ts'
import type { Scene } from '#domains/media/scene/scene.ts'

/** What the server and the process that composes pictures tell each other. */

/** A program with what is put before it. */
export interface Program {
  readonly program: string
  readonly before: readonly string[]
  /** How this version is told to pass frames on as they come: none doubled, none left out. */
  readonly asTheyCome: readonly string[]
}

export interface LiveOptions {
  readonly ffmpeg: Program
  readonly width: number
  readonly height: number
  /** Bits per second of the picture. */
  readonly videoBitrate: number
  readonly output: LiveOutput
}

/** A track that lies in a file. */
export interface FilmPicture {
  readonly input: string
  readonly path: string
  /** The size it is read in: the largest it is shown in. */
  readonly width: number
  readonly height: number
  /** The film's frame at which it begins. */
  readonly firstFrame: number
}

/** A picture track becoming part of a film, or several; sound is laid below by the encoder's own options. */
export interface FilmOptions {
  readonly ffmpeg: Program
  readonly width: number
  readonly height: number
  readonly frames: number
  readonly pictures: readonly FilmPicture[]
  /** In order; each counts from its frame on. */
  readonly scenes: readonly { readonly fromFrame: number; readonly scene: Scene }[]
  /** Of the encoder, behind its first input, which is the composed picture. */
  readonly encode: readonly string[]
}

export type ToWorker =
  | { readonly type: 'live'; readonly options: LiveOptions }
  | { readonly type: 'film'; readonly options: FilmOptions }
  | { readonly type: 'input'; readonly id: string; readonly kind: 'audio' | 'video' }
  | { readonly type: 'input-ended'; readonly id: string }
  /** RTP comes to the port that was wished for; null: it does not. */
  | { readonly type: 'feed'; readonly wish: number; readonly sdp: string | null }
  | { readonly type: 'scene'; readonly scene: Scene }
  | { readonly type: 'end' }

export type FromWorker =
  | { readonly type: 'ready' }
  /** Wants an input's RTP at `port` of loopback; `height` says which layer is worth sending. */
  | {
      readonly type: 'want'
      readonly wish: number
      readonly input: string
      readonly port: number
      readonly height: number
    }
  | { readonly type: 'unwant'; readonly wish: number }
  | { readonly type: 'key-frame'; readonly input: string }
  | { readonly type: 'numbers'; readonly numbers: LiveNumbers }
  /** Frames of the film so far. */
  | { readonly type: 'progress'; readonly frames: number }
  /** The film is there, or why not: what ffmpeg said, and how it ended. */
  | { readonly type: 'film-done' }
  | {
      readonly type: 'film-failed'
      readonly code: number | null
      readonly signal: string | null
      readonly said: string
    }

/** Pictures per second of whatever is composed. */
export const FRAME_RATE = 25
