import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelType } from '#contracts/schemas/ai.ts'
import { suggestionsFor } from './catalogue.ts'
import { faults } from './faults.ts'
import type { Converter, Transcriber, Transcript } from './ports.ts'
import type { Registry } from './registry.ts'
import type { SoundSource, Sounds } from './sounds.ts'

/** What is asked of a sound. */
export interface SpeechAsked {
  readonly source: SoundSource
  readonly language?: string | undefined
  readonly model?: string | undefined
}

export interface SpeechParts {
  readonly sounds: Sounds
  readonly registry: Registry
  readonly converter: Converter
  readonly transcriber: Transcriber | undefined
}

export type Speech = ReturnType<typeof createSpeech>

/** What recognisers work at. */
const RATE = 16_000
/** Services take 25 MB; longer sound goes to them compressed. */
/** What ffmpeg writes before the samples, its own name included. */
const WAV_HEADER = 78
const MOST_WAV_BYTES = 20_000_000
const MOST_OPUS_BYTES = 24_000_000
const ENCODE_MS = 10 * 60_000

/** Understands speech: by the transcriber that is set; where there is none, says what is missing. */
export function createSpeech({ sounds, registry, converter, transcriber }: SpeechParts) {
  /** Says why `task` cannot be done: nothing is installed, or its engine is missing. */
  async function refuse(task: ModelType, asked: string | undefined): Promise<never> {
    if (asked !== undefined) {
      const model = await registry.view(asked)
      if (model.type !== task) throw faults.wrongTask(asked, task)
      if (model.state === 'available') throw faults.notInstalled(asked)
      throw faults.noEngine(asked, model.engine)
    }
    throw faults.noModel(task, suggestionsFor(task))
  }

  async function compress(wav: string): Promise<{ path: string; mime: string }> {
    const path = `${wav}.ogg`
    const options = ['-c:a', 'libopus', '-b:a', '24k', '-f', 'ogg']
    const signal = AbortSignal.timeout(ENCODE_MS)
    await converter.run({ input: wav, output: path, options, mostBytes: MOST_OPUS_BYTES, signal })
    return { path, mime: 'audio/ogg' }
  }

  return {
    /**
     * Writes down what is said.
     * @throws Fault `ai.no-model`, `ai.not-installed`, `ai.model-missing`, `ai.stt-failed`, and those of the sound
     */
    async recognise(
      accountId: number,
      { source, language, model }: SpeechAsked,
    ): Promise<Transcript & { duration: number; model: string; seconds: number }> {
      const before = performance.now()
      await sounds.check(accountId, source)
      if (transcriber === undefined || (model !== undefined && model !== transcriber.model)) {
        return await refuse('speech-recognition', model)
      }
      const work = await sounds.workspace()
      try {
        const wav = join(work.folder, 'sound.wav')
        await sounds.decode(accountId, source, { path: wav, rate: RATE, format: 'wav' })
        const { size } = await stat(wav)
        const sound = size > MOST_WAV_BYTES ? await compress(wav) : { path: wav, mime: 'audio/wav' }
        const spoken = language === undefined || language === 'auto' ? undefined : language
        const transcript = await transcriber.transcribe({ ...sound, language: spoken })
        const seconds = (performance.now() - before) / 1000
        return { ...transcript, duration: Math.max(0, size - WAV_HEADER) / 2 / RATE, model: transcriber.model, seconds }
      } finally {
        await work.remove()
      }
    },

    /** Refuses what needs a model that is not there, once the request itself is found good. */
    async unavailable(accountId: number, task: 'emotion' | 'synthesis-detection', asked: SpeechAsked): Promise<never> {
      await sounds.check(accountId, asked.source)
      return await refuse(task, asked.model)
    },
  }
}
