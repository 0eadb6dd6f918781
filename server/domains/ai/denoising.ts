import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import type { Denoiser, Files, Level } from './ports.ts'
import type { SoundSource, Sounds } from './sounds.ts'

/** What RNNoise works at. */
const RATE = 48_000

/** A sound without its noise, in a workspace that whoever asked removes. */
export interface Cleaned {
  /** A WAV file. */
  readonly path: string
  /** dB. */
  readonly reduction: number
  readonly wetShare: number
  /** Seconds of sound. */
  readonly duration: number
  /** Keeps it as a file of the account; returns its id. */
  keep(): Promise<string>
  remove(): Promise<void>
}

export type Denoising = ReturnType<typeof createDenoising>

/** Takes the noise out of any sound. */
export function createDenoising(parts: { sounds: Sounds; files: Files; denoiser: Denoiser }) {
  const { sounds, files, denoiser } = parts
  return {
    /** @throws Fault `ai.audio-unreadable`, `ai.audio-too-long`, `ai.busy`, `ai.model-failed`, `outbound.*`, `media.*` */
    async clean(accountId: number, source: SoundSource, level: Level): Promise<Cleaned> {
      const work = await sounds.workspace()
      try {
        const input = join(work.folder, 'raw')
        const path = join(work.folder, 'clean.wav')
        await sounds.decode(accountId, source, { path: input, rate: RATE, format: 's16le' })
        const { samples, reduction, wetShare } = await denoiser.denoise({ input, output: path, level })
        return {
          path,
          reduction,
          wetShare,
          duration: samples / RATE,
          remove: () => work.remove(),
          keep: () => files.keep(accountId, { name: 'denoised.wav', description: '', bytes: createReadStream(path) }),
        }
      } catch (error) {
        await work.remove()
        throw error
      }
    },
  }
}
