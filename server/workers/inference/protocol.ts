/** What the parent asks of a model's process; each is answered once, by its id. */
export type Request = { readonly id: number } & (
  | { readonly do: 'ping' }
  | {
      readonly do: 'denoise'
      /** 16-bit little-endian mono at 48 kHz, without a header. */
      readonly input: string
      /** A WAV file of as many samples is written here. */
      readonly output: string
      readonly level: Level
    }
)

/** How much of the noise is to go. */
export type Level = 'low' | 'medium' | 'high'

/** What a model's process says. */
export type Reply =
  | { readonly ready: true; readonly memory: number }
  | { readonly id: number; readonly ok: true; readonly result: unknown; readonly memory: number }
  | { readonly id: number; readonly ok: false; readonly reason: string }

/** What denoising measured. */
export interface Denoised {
  readonly samples: number
  /** Signal over noise as estimated before, in dB; null in silence. */
  readonly snr: number | null
  /** 0 to 1. */
  readonly wetShare: number
  /** How much quieter the quietest fifth of the sound became, in dB. */
  readonly reduction: number
}

/** Samples a second that denoising works at. */
export const RATE = 48_000
