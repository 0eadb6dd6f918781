import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import type { LocalModels } from './local-models.ts'
import type { Denoiser, Files, Level } from './ports.ts'
import type { SoundSource, Sounds } from './sounds.ts'

/** The model that is built in. */
export const RNNOISE = 'rnnoise'
/** What it works at. */
const RNNOISE_RATE = 48_000

/** A sound without its noise, in a workspace that whoever asked removes. */
export interface Cleaned {
  /** A WAV file. */
  readonly path: string
  /** dB. */
  readonly reduction: number
  readonly wetShare: number
  /** Seconds of sound. */
  readonly duration: number
  readonly model: string
  /** Keeps it as a file of the account; returns its id. */
  keep(): Promise<string>
  remove(): Promise<void>
}

/** What is asked of a sound. */
export interface CleaningAsked {
  readonly source: SoundSource
  readonly level: Level
  /** Undefined: the model that is built in. */
  readonly model: string | undefined
  readonly signal: AbortSignal
}

export type Denoising = ReturnType<typeof createDenoising>

/** Takes the noise out of any sound. */
export function createDenoising(parts: { sounds: Sounds; files: Files; rnnoise: Denoiser; locals: LocalModels }) {
  const { sounds, files, rnnoise, locals } = parts

  async function denoiserOf(asked: string | undefined): Promise<{ id: string; denoiser: Denoiser; rate: number }> {
    if (asked === undefined || asked === RNNOISE) return { id: RNNOISE, denoiser: rnnoise, rate: RNNOISE_RATE }
    const { id, model, contract } = await locals.openFor('denoising', asked)
    const rate = contract.kind === 'audio-to-audio' ? contract.input.sample_rate : contract.sample_rate
    return { id, denoiser: model, rate }
  }

  return {
    /** @throws Fault `ai.audio-unreadable`, `ai.audio-too-long`, `ai.busy`, `ai.model-failed`, `outbound.*`, `media.*`, and of a model that is not there */
    async clean(accountId: number, { source, level, model, signal }: CleaningAsked): Promise<Cleaned> {
      await sounds.check(accountId, source)
      const { id, denoiser, rate } = await denoiserOf(model)
      const work = await sounds.workspace()
      try {
        const input = join(work.folder, 'raw')
        const path = join(work.folder, 'clean.wav')
        await sounds.decode(accountId, source, { path: input, rate, format: 's16le', signal })
        const { samples, reduction, wetShare } = await denoiser.denoise({ input, output: path, level, signal })
        return {
          path,
          reduction,
          wetShare,
          duration: samples / rate,
          model: id,
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
