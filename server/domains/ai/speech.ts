import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { faults } from './faults.ts'
import type { LocalModels, OpenedModel } from './local-models.ts'
import type { Transcribers } from './nodes/transcribers.ts'
import type { Converter, Span, Transcriber, Transcript } from './ports.ts'
import type { SoundSource, Sounds } from './sounds.ts'
import { confidenceOf, textOf } from './transcript.ts'

/** What is asked of a sound. */
export interface SpeechAsked {
  readonly source: SoundSource
  readonly language?: string | undefined
  readonly model?: string | undefined
  readonly signal: AbortSignal
}

type Scores = readonly { readonly label: string; readonly score: number }[]

/** What was heard in a voice: the best label, and the score of each. */
export interface Emotion {
  readonly emotion: string
  readonly confidence: number
  readonly scores: Scores
  readonly model: string
  /** Seconds it took. */
  readonly seconds: number
}

/** Whether a voice is made by a machine: where its score reaches the threshold. */
export interface Synthesis {
  readonly isSynthetic: boolean
  /** Of that answer: the score, or what it lacks to 1. */
  readonly confidence: number
  readonly score: number
  readonly threshold: number
  readonly model: string
  /** Seconds it took. */
  readonly seconds: number
}

export interface SpeechParts {
  readonly sounds: Sounds
  readonly locals: LocalModels
  readonly converter: Converter
  readonly transcribers: Pick<Transcribers, 'forModel'>
}

export type Speech = ReturnType<typeof createSpeech>

/** What recognisers work at. */
const RATE = 16_000
/** What ffmpeg writes before the samples, its own name included. */
const WAV_HEADER = 78
/** Services take 25 MB; longer sound goes to them compressed. */
const MOST_WAV_BYTES = 20_000_000
const MOST_OPUS_BYTES = 24_000_000
const ENCODE_MS = 10 * 60_000
/** Seconds of speech given to a recogniser at once; those of different people take turns. */
const BATCH_SECONDS = 60
const MOST_SECONDS = 20

/** Understands speech: by the service that is set, or by models that are installed; where there are none, says what is missing. */
export function createSpeech({ sounds, locals, converter, transcribers }: SpeechParts) {
  async function compress(wav: string, gone: AbortSignal): Promise<{ path: string; mime: string }> {
    const path = `${wav}.ogg`
    const options = ['-c:a', 'libopus', '-b:a', '24k', '-f', 'ogg']
    const signal = AbortSignal.any([gone, AbortSignal.timeout(ENCODE_MS)])
    await converter.run({ input: wav, output: path, options, mostBytes: MOST_OPUS_BYTES, signal })
    return { path, mime: 'audio/ogg' }
  }

  /** Where somebody speaks: by a detector where one is installed, else by loudness. */
  async function findSpeech(
    input: string,
    recogniser: OpenedModel<'speech-recognition'>,
    signal: AbortSignal,
  ): Promise<Span[]> {
    const mostSeconds = recogniser.contract.most_seconds ?? MOST_SECONDS
    const detector = await locals.findFor('voice-activity')
    // A detector that fails says so in the list of models; recognition goes on without it.
    const found = await detector?.model.findSpeech({ input, mostSeconds, signal }).catch(() => undefined)
    return found ?? (await recogniser.model.findSpeech({ input, mostSeconds, signal }))
  }

  async function recogniseHere(
    accountId: number,
    { source, language, signal }: SpeechAsked,
    recogniser: OpenedModel<'speech-recognition'>,
  ): Promise<Transcript & { duration: number }> {
    const work = await sounds.workspace()
    try {
      const input = join(work.folder, 'raw')
      await sounds.decode(accountId, source, { path: input, rate: RATE, format: 's16le', signal })
      const segments: Transcript['segments'][number][] = []
      let heard: string | null = null
      for (const spans of batches(await findSpeech(input, recogniser, signal))) {
        const said = await recogniser.model.recognise({ input, spans, language: primary(language), signal })
        segments.push(...said.segments)
        heard ??= said.language
      }
      const { size } = await stat(input)
      return { text: textOf(segments), language: heard ?? language ?? null, segments, duration: size / 2 / RATE }
    } finally {
      await work.remove()
    }
  }

  async function recogniseThere(
    accountId: number,
    { source, language, signal }: SpeechAsked,
    service: Transcriber,
  ): Promise<Transcript & { duration: number }> {
    const work = await sounds.workspace()
    try {
      const wav = join(work.folder, 'sound.wav')
      await sounds.decode(accountId, source, { path: wav, rate: RATE, format: 'wav', signal })
      const { size } = await stat(wav)
      const sound = size > MOST_WAV_BYTES ? await compress(wav, signal) : { path: wav, mime: 'audio/wav' }
      const transcript = await service.transcribe({ ...sound, language, signal })
      return { ...transcript, duration: Math.max(0, size - WAV_HEADER) / 2 / RATE }
    } finally {
      await work.remove()
    }
  }

  async function classify(accountId: number, task: 'emotion' | 'synthesis-detection', asked: SpeechAsked) {
    const before = performance.now()
    await sounds.check(accountId, asked.source)
    const { id, model, contract } = await locals.openFor(task, asked.model)
    const work = await sounds.workspace()
    try {
      const input = join(work.folder, 'raw')
      const rate = contract.input.sample_rate
      await sounds.decode(accountId, asked.source, { path: input, rate, format: 's16le', signal: asked.signal })
      const { scores } = await model.classify({ input, signal: asked.signal })
      return { scores, output: contract.output, model: id, seconds: (performance.now() - before) / 1000 }
    } finally {
      await work.remove()
    }
  }

  return {
    /**
     * Writes down what is said: by the model that is asked for, else by the service that is set, else by an installed model.
     * @throws Fault `ai.no-model`, `ai.not-installed`, `ai.model-missing`, `ai.stt-failed`, `ai.model-failed`, and those of the sound
     */
    async recognise(
      accountId: number,
      { source, language, model, signal }: SpeechAsked,
    ): Promise<Transcript & { confidence: number | null; duration: number; model: string; seconds: number }> {
      const before = performance.now()
      await sounds.check(accountId, source)
      const asked = { source, language: language === 'auto' ? undefined : language, signal }
      const done = (said: Transcript & { duration: number }, by: string) => ({
        ...said,
        confidence: confidenceOf(said.segments),
        model: by,
        seconds: (performance.now() - before) / 1000,
      })
      const service = await transcribers.forModel(model)
      if (service !== undefined) {
        const said = await recogniseThere(accountId, asked, service)
        return done(said, service.model)
      }
      const recogniser = await locals.openFor('speech-recognition', model)
      return done(await recogniseHere(accountId, asked, recogniser), recogniser.id)
    },

    /**
     * Which emotion is in a voice.
     * @throws Fault `ai.no-model`, `ai.not-installed`, `ai.model-missing`, `ai.wrong-task`, `ai.model-failed`, and those of the sound
     */
    async emotion(accountId: number, asked: SpeechAsked): Promise<Emotion> {
      const { scores, model, seconds } = await classify(accountId, 'emotion', asked)
      const [best = { label: '', score: 0 }] = scores.toSorted((a, b) => b.score - a.score)
      return { emotion: best.label, confidence: best.score, scores, model, seconds }
    },

    /** Whether a voice is made by a machine. @throws as `emotion` */
    async synthesis(accountId: number, asked: SpeechAsked): Promise<Synthesis> {
      const { scores, output, model, seconds } = await classify(accountId, 'synthesis-detection', asked)
      const found = scores.find(({ label }) => label === output.positive_class)
      if (found === undefined || output.threshold === undefined) throw faults.noContract(model)
      const { score } = found
      const isSynthetic = score >= output.threshold
      const confidence = isSynthetic ? score : 1 - score
      return { isSynthetic, confidence, score, threshold: output.threshold, model, seconds }
    },
  }
}

/** `zh` of `zh-TW`: models know no regions. */
const primary = (language: string | undefined): string | undefined => language?.split('-', 1)[0]?.toLowerCase()

/** Stretches together, as long as they stay within a batch. */
function batches(spans: readonly Span[]): Span[][] {
  const all: Span[][] = []
  let samples = 0
  for (const span of spans) {
    samples += span.end - span.start
    const last = all.at(-1)
    if (last === undefined || samples > BATCH_SECONDS * RATE) {
      all.push([span])
      samples = span.end - span.start
    } else last.push(span)
  }
  return all
}
