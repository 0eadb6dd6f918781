import { mkdir, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ModelContract } from '#contracts/schemas/model-contract.ts'
import { silentLog } from '#kernel/log.ts'
import { onnxFile } from '#test/support/onnx.ts'
import {
  DENOISER,
  GAIN,
  LOUDNESS,
  NEAREST,
  RECOGNISER,
  RECOGNISER_TOKENS,
  SENSE_VOICE,
  TRANSDUCER,
  VOICE_ACTIVITY,
  gainFilter,
  loudnessClassifier,
  nearestUpscaler,
  tinyDenoiser,
  tinyRecogniser,
  tinySenseVoice,
  tinyTransducer,
  tinyVoiceActivity,
} from '#test/support/tiny-models.ts'
import type { ModelFiles } from '#test/support/tiny-models.ts'
import { ModelProcess } from './host.ts'
import type { Classified, Denoised, Recognised, Span } from './protocol.ts'

/** The real engines, each in its process, on tiny models that are written here: good and broken ones. */
let folder: string
let made: ModelProcess[] = []
let files = 0

const RATE = 16_000
const LIMIT = 60_000

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-engines-'))
})
afterEach(async () => {
  await Promise.all(made.map((one) => one.unload()))
  made = []
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const path = (name: string): string => join(folder, `${++files}-${name}`)

async function open(
  engine: 'onnx' | 'sherpa-onnx',
  contract: ModelContract,
  content: ModelFiles,
  { memory = 0 } = {},
): Promise<ModelProcess> {
  const at = path('model')
  await mkdir(at)
  for (const [name, bytes] of Object.entries(content)) await writeFile(join(at, name), bytes)
  const model = { engine, folder: at, contract, threads: 1 }
  const one = new ModelProcess({ model, log: silentLog, idleMs: 60_000, mostWaiting: 8, mostMemory: memory })
  made.push(one)
  return one
}

const onnx = (contract: ModelContract, model: Buffer, options?: { memory?: number }): Promise<ModelProcess> =>
  open('onnx', contract, { 'model.onnx': model }, options)
const sherpa = (contract: ModelContract, model: Buffer | string): Promise<ModelProcess> =>
  open('sherpa-onnx', contract, { 'model.onnx': model, 'tokens.txt': RECOGNISER_TOKENS })

/** Tones of a frequency and loudness for some seconds each, one after another. */
function tones(...parts: readonly (readonly [seconds: number, loudness: number, frequency?: number])[]): Int16Array {
  const sound: number[] = []
  for (const [seconds, loudness, frequency = 300] of parts) {
    for (let at = 0; at < seconds * RATE; at++) {
      sound.push(Math.round(32_767 * loudness * Math.sin((2 * Math.PI * frequency * at) / RATE)))
    }
  }
  return Int16Array.from(sound)
}

async function raw(sound: Int16Array): Promise<string> {
  const at = path('sound.raw')
  await writeFile(at, new Uint8Array(sound.buffer))
  return at
}

async function wavOf(file: string): Promise<Int16Array> {
  const bytes = await readFile(file)
  return Int16Array.from({ length: (bytes.length - 44) / 2 }, (_, i) => bytes.readInt16LE(44 + i * 2))
}

const reasonOf = (one: ModelProcess): Promise<string> =>
  one.load().then(
    () => 'it was loaded',
    (error: { data: { reason: string } }) => error.data.reason,
  )

describe('audio-classification', () => {
  const classify = async (one: ModelProcess, sound: Int16Array): Promise<Record<string, number>> => {
    const { scores } = (await one.ask({ do: 'classify', input: await raw(sound) }, LIMIT)) as Classified
    return Object.fromEntries(scores.map(({ label, score }) => [label, Math.round(score * 1000) / 1000]))
  }

  test('scores each label, over windows', async () => {
    const one = await onnx(LOUDNESS, loudnessClassifier())
    expect(await classify(one, tones([2, 0.5]))).toEqual({ loud: 1, quiet: 0 })
    expect(await classify(one, tones([2, 0]))).toEqual({ loud: 0, quiet: 1 })
    const half = await classify(one, tones([2, 0.5], [2, 0]))
    expect(half['loud']).toBeGreaterThan(0.3)
    expect(half['loud']).toBeLessThan(0.7)
  })

  test('takes the loudest window, or the middle one, where that is declared', async () => {
    const aggregated = (aggregation: 'max' | 'median') =>
      onnx({ ...LOUDNESS, output: { ...LOUDNESS.output, aggregation } }, loudnessClassifier())
    const sound = tones([0.5, 0.5], [3, 0])
    expect(await classify(await aggregated('max'), sound)).toEqual({ loud: 1, quiet: 1 })
    expect(await classify(await aggregated('median'), sound)).toEqual({ loud: 0, quiet: 1 })
  })

  test('brings sound to what was declared: filled up, repeated, as it is, normalised', async () => {
    const declared = (input: Partial<typeof LOUDNESS.input | { pad: 'repeat' | 'none'; normalisation: 'peak' }>) =>
      ({ ...LOUDNESS, input: { ...LOUDNESS.input, ...input } }) as ModelContract
    // A tenth of a window: in silence it is lost, repeated it is as loud as it was.
    const short = tones([0.05, 0.3])
    expect(await classify(await onnx(LOUDNESS, loudnessClassifier(8000)), short)).toMatchObject({ quiet: 1 })
    const repeated = await onnx(declared({ pad: 'repeat' }), loudnessClassifier(8000))
    expect(await classify(repeated, short)).toMatchObject({ loud: 1 })
    expect(await classify(await onnx(declared({ pad: 'none' }), loudnessClassifier()), short)).toMatchObject({
      loud: 1,
    })
    const peak = await onnx(declared({ normalisation: 'peak' }), loudnessClassifier())
    expect(await classify(peak, tones([2, 0.01]))).toMatchObject({ loud: 1 })
    expect(await classify(peak, tones([2, 0]))).toMatchObject({ quiet: 1 })
  })

  test.each([
    ['input', { input: { name: 'audio' } }, 'the file has no input "audio"; it has "sound"'],
    ['output', { output: { name: 'scores' } }, 'the file has no output "scores"; it has "logits"'],
    [
      'number of labels',
      { output: { labels: ['a', 'b', 'c'] } },
      'the output "logits" is 1×2, and the manifest names 3 labels',
    ],
    ['window', { input: { window: 7000 } }, 'the input "sound" is 1×8000, and the manifest declares 1×7000'],
    ['layout', { input: { layout: 'samples' } }, 'the input "sound" is 1×8000, and the manifest declares 8000'],
    ['padding', { input: { pad: 'none' } }, 'the input "sound" is 1×8000, and it must take any length'],
  ])('says which declared %s is not the file’s', async (_what, other, reason) => {
    const change = other as { input?: object; output?: object }
    const contract = {
      ...LOUDNESS,
      input: { ...LOUDNESS.input, ...change.input },
      output: { ...LOUDNESS.output, ...change.output },
    } as ModelContract
    const one = await onnx(contract, loudnessClassifier(8000))
    expect(await reasonOf(one)).toBe(reason)
    expect(one).toMatchObject({ state: 'error', reason })
  })

  test('says that scores are none, where no activation was declared', async () => {
    const contract = { ...LOUDNESS, output: { ...LOUDNESS.output, activation: 'none' } } as const
    const asked = classify(await onnx(contract, loudnessClassifier()), tones([1, 0.5]))
    await expect(asked).rejects.toMatchObject({ data: { reason: /must declare an activation/ } })
  })
})

describe('audio-to-audio', () => {
  const filtered = async (one: ModelProcess, sound: Int16Array): Promise<{ wav: Int16Array; result: Denoised }> => {
    const output = path('out.wav')
    const ask = { do: 'denoise', input: await raw(sound), output, level: 'medium' } as const
    const result = (await one.ask(ask, LIMIT)) as Denoised
    return { wav: await wavOf(output), result }
  }

  test.each(['none', 'peak', 'standard'] as const)(
    'is as long, without seams, normalised by %s',
    async (normalisation) => {
      const contract = { ...GAIN, input: { ...GAIN.input, normalisation } }
      const sound = tones([1, 0.4], [0.33, 0.1])
      const { wav, result } = await filtered(await onnx(contract, gainFilter(1)), sound)
      expect(wav.length).toBe(sound.length)
      expect(result.samples).toBe(sound.length)
      const worst = wav.reduce((most, value, at) => Math.max(most, Math.abs(value - (sound[at] ?? 0))), 0)
      expect(worst).toBeLessThanOrEqual(1)
    },
  )

  test('measures how much quieter it became', async () => {
    const { result } = await filtered(await onnx(GAIN, gainFilter(0.1)), tones([2, 0.5]))
    expect(result).toMatchObject({ wetShare: 1, snr: null, reduction: expect.closeTo(20, 0) })
  })

  test.each([0, 1, 2999, 3000, 3001])('takes %i samples', async (length) => {
    const { wav } = await filtered(await onnx(GAIN, gainFilter(1)), new Int16Array(length))
    expect(wav.length).toBe(length)
  })
})

describe('image-to-image', () => {
  test.each(['nchw', 'bgr', '255'])('enlarges tile by tile without seams (%s)', async (kind) => {
    const contract = {
      ...NEAREST,
      input: { ...NEAREST.input, ...(kind === 'bgr' && { channels: 'bgr' }), ...(kind === '255' && { range: 255 }) },
    } as ModelContract
    const [width, height] = [71, 45]
    const picture = Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * 37) % 256)
    const input = path('picture.rgb')
    const output = path('large.rgb')
    await writeFile(input, picture)
    const one = await onnx(contract, nearestUpscaler())
    expect(await one.ask({ do: 'enlarge', input, output, width, height }, LIMIT)).toEqual({ width: 142, height: 90 })
    const large = await readFile(output)
    const wrong = large.findIndex((value, at) => {
      const pixel = Math.floor(at / 3)
      const x = Math.floor((pixel % (width * 2)) / 2)
      const y = Math.floor(pixel / (width * 2) / 2)
      return value !== picture[(y * width + x) * 3 + (at % 3)]
    })
    expect([large.length, wrong]).toEqual([width * height * 12, -1])
  })

  test('says when the model makes another size than declared', async () => {
    const one = await onnx({ ...NEAREST, output: { name: 'large', scale: 3 } }, nearestUpscaler())
    const input = path('picture.rgb')
    await writeFile(input, new Uint8Array(32 * 32 * 3))
    const asked = one.ask({ do: 'enlarge', input, output: path('large'), width: 32, height: 32 }, LIMIT)
    await expect(asked).rejects.toMatchObject({ data: { reason: 'it answered 1×3×64×64 for 1×3×32×32 at scale 3' } })
  })
})

describe('recognition by sherpa-onnx', () => {
  const recognise = async (one: ModelProcess, sound: Int16Array): Promise<Recognised & { spans: Span[] }> => {
    const input = await raw(sound)
    const spans = (await one.ask({ do: 'find-speech', input, mostSeconds: 5 }, LIMIT)) as Span[]
    return { spans, ...((await one.ask({ do: 'recognise', input, spans, language: undefined }, LIMIT)) as Recognised) }
  }

  test('writes down what it hears, with times', async () => {
    const one = await sherpa(RECOGNISER, tinyRecogniser())
    const { segments } = await recognise(one, tones([1, 0], [1, 0.3, 300], [1, 0], [1, 0.3, 4000], [1, 0]))
    expect(segments.map(({ text }) => [...new Set(text)].join(''))).toEqual(['啊', '嗯'])
    const [first, second] = segments
    expect(first?.start).toBeCloseTo(0.8, 0)
    expect(first?.end).toBeCloseTo(2.2, 0)
    expect(second?.start).toBeGreaterThan(2.5)
  })

  test('by a transducer, which tells how sure it is', async () => {
    const one = await open('sherpa-onnx', TRANSDUCER, tinyTransducer())
    const { segments } = await recognise(one, tones([1, 0], [1, 0.3, 300], [1, 0], [1, 0.3, 4000], [1, 0]))
    expect(segments.map(({ text }) => [...new Set(text)].join(''))).toEqual(['啊', '嗯'])
    for (const { confidence } of segments) {
      expect(confidence).toBeGreaterThan(0.3)
      expect(confidence).toBeLessThanOrEqual(1)
    }
  })

  test('in the language that is asked for, which may change from one request to the next', async () => {
    const one = await open('sherpa-onnx', SENSE_VOICE, tinySenseVoice())
    const input = await raw(tones([1, 0.3]))
    const spans = [{ start: 0, end: RATE }]
    const said = [undefined, 'zh', 'ja', 'de', 'zh'].map((language) =>
      one.ask({ do: 'recognise', input, spans, language }, LIMIT),
    )
    const heard = (await Promise.all(said)) as Recognised[]
    // German it does not know, and is not told.
    expect(heard.map(({ language }) => language)).toEqual([null, 'zh', 'ja', null, 'zh'])
    expect(heard.every(({ segments }) => segments[0]?.text === '啊')).toBe(true)
  })

  test('hears nothing in silence', async () => {
    const one = await sherpa(RECOGNISER, tinyRecogniser())
    expect(await recognise(one, new Int16Array(RATE * 3))).toMatchObject({ segments: [], spans: [] })
  })

  test('cuts speech without a pause', async () => {
    const { spans } = await recognise(await sherpa(RECOGNISER, tinyRecogniser()), tones([12, 0.3]))
    expect(spans.length).toBeGreaterThanOrEqual(3)
    expect(spans.every(({ start, end }) => end - start <= 5 * RATE)).toBe(true)
    expect(spans.at(-1)?.end).toBe(12 * RATE)
  })

  test('three hours take no more memory than a minute', async () => {
    const one = await sherpa(RECOGNISER, tinyRecogniser())
    const short = await raw(tones([1, 0.3], [59, 0]))
    await one.ask({ do: 'find-speech', input: short, mostSeconds: 20 }, LIMIT)
    const before = one.memory
    const long = path('long.raw')
    await writeFile(long, new Uint8Array(tones([1, 0.3]).buffer))
    // The rest is a hole in the file, which reads as silence.
    await truncate(long, 3 * 3600 * RATE * 2)
    expect((await stat(long)).size).toBe(345_600_000)
    const spans = (await one.ask({ do: 'find-speech', input: long, mostSeconds: 20 }, LIMIT)) as Span[]
    expect(spans).toHaveLength(1)
    expect(one.memory - before).toBeLessThan(80 * 1024 * 1024)
  }, 90_000)

  test.each([
    ['without metadata', tinyRecogniser({ metadata: false }), /vocab_size/],
    ['that is cut off', tinyRecogniser().subarray(0, 200), /./],
    ['that is no model', 'not a model', /./],
  ])('a model %s ends its process, with a reason', async (_what, model, words) => {
    const one = await sherpa(RECOGNISER, model)
    expect(await reasonOf(one)).toMatch(/^its process ended/)
    expect(one.reason).toMatch(words)
    expect(one.state).toBe('error')
  })
})

describe('voice activity by sherpa-onnx', () => {
  test('finds where somebody speaks', async () => {
    const one = await sherpa(VOICE_ACTIVITY, tinyVoiceActivity())
    const input = await raw(tones([1, 0], [2, 0.3], [2, 0], [1, 0.3], [1, 0]))
    const spans = (await one.ask({ do: 'find-speech', input, mostSeconds: 20 }, LIMIT)) as Span[]
    expect(spans).toHaveLength(2)
    expect((spans[0]?.start ?? 0) / RATE).toBeCloseTo(1, 0)
    expect((spans[1]?.start ?? 0) / RATE).toBeCloseTo(5, 0)
    // Each sound is heard anew.
    expect(await one.ask({ do: 'find-speech', input, mostSeconds: 20 }, LIMIT)).toEqual(spans)
  })
})

describe('denoising by sherpa-onnx', () => {
  test('is as long as the sound, and in step with it', async () => {
    const sound = tones([1.3, 0.4], [0.7, 0], [1, 0.4, 700])
    const output = path('out.wav')
    const one = await sherpa(DENOISER, tinyDenoiser(0.5))
    const ask = { do: 'denoise', input: await raw(sound), output, level: 'medium' } as const
    const result = (await one.ask(ask, LIMIT)) as Denoised
    const wav = await wavOf(output)
    expect(wav.length).toBe(sound.length)
    expect(result.samples).toBe(sound.length)
    const worst = wav.reduce((most, value, at) => Math.max(most, Math.abs(value - (sound[at] ?? 0) / 2)), 0)
    expect(worst).toBeLessThan(400)
  })

  test('says when it works at another rate than declared', async () => {
    const one = await sherpa({ ...DENOISER, sample_rate: 48_000 }, tinyDenoiser(1))
    expect(await reasonOf(one)).toMatch(/16000 samples a second, and the manifest declares 48000/)
  })
})

describe('hostile files', () => {
  test('that are cut off, or no models, are a reason', async () => {
    for (const model of [loudnessClassifier().subarray(0, 80), Buffer.from('not a model'), Buffer.alloc(0)]) {
      const one = await onnx(LOUDNESS, model)
      expect(await reasonOf(one)).not.toBe('it was loaded')
      expect(one.state).toBe('error')
    }
  })

  test('that want more memory than there is are a reason, and the process goes on', async () => {
    const greedy = onnxFile({
      inputs: [{ name: 'sound', shape: [1, 'length'] }],
      outputs: [{ name: 'logits', shape: ['many', 'length'] }],
      constants: [{ name: 'column', shape: [2], values: [-1, 1], type: 'int64' }],
      nodes: [
        { op: 'Reshape', inputs: ['sound', 'column'], outputs: ['standing'] },
        // Nine gigabytes for three seconds.
        { op: 'MatMul', inputs: ['standing', 'sound'], outputs: ['logits'] },
      ],
    })
    const contract = { ...LOUDNESS, input: { ...LOUDNESS.input, window: 48_000 } }
    const one = await onnx(contract, greedy, { memory: 2 * 1024 ** 3 })
    const ask = { do: 'classify', input: await raw(tones([1, 0.5])) } as const
    await expect(one.ask(ask, LIMIT)).rejects.toMatchObject({ code: 'ai.model-failed' })
    await one.ask({ do: 'ping' }, LIMIT)
    expect(one.state).toBe('loaded')
  })

  test('that ask for more than is declared are refused as they load', async () => {
    const two = onnxFile({
      inputs: [
        { name: 'sound', shape: [1, 'length'] },
        { name: 'speaker', shape: [1, 1] },
      ],
      outputs: [{ name: 'logits', shape: [1, 'length'] }],
      nodes: [{ op: 'Add', inputs: ['sound', 'speaker'], outputs: ['logits'] }],
    })
    expect(await reasonOf(await onnx(LOUDNESS, two))).toBe('the file also asks for the inputs "speaker"')
  })
})
