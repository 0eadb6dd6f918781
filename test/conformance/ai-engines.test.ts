import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ModelContract } from '#contracts/schemas/model-contract.ts'
import { call } from '#test/support/accounts-client.ts'
import { as, expectFailure, newPerson, success } from '#test/support/accounts-v1.ts'
import type { Person } from '#test/support/accounts-v1.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'
import { formOf, makeFilm } from '#test/support/media.ts'
import {
  DENOISER,
  GAIN,
  LOUDNESS,
  NEAREST,
  RECOGNISER,
  RECOGNISER_TOKENS,
  VOICE_ACTIVITY,
  gainFilter,
  layModel,
  loudnessClassifier,
  nearestUpscaler,
  tinyDenoiser,
  tinyRecogniser,
  tinyVoiceActivity,
} from '#test/support/tiny-models.ts'

/** Document 5's AI routes with models installed: the real engines, on tiny models. */
let app: TestApp
let folder: string
let admin: Person
let loud: string
let film: Buffer

type About = Parameters<typeof layModel>[1]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-ai-engines-'))
  app = await startTestApp()
  admin = await newPerson(app)
  // A tone between silences.
  loud = sound('loud.wav', 'adelay=1000,apad=pad_dur=1').toString('base64')
  film = makeFilm(folder, 'film.mp4', { seconds: 1, size: '70x50' })
})
afterAll(async () => {
  await app.close()
  await rm(folder, { recursive: true, force: true })
})

function sound(name: string, filter: string, options: readonly string[] = []): Buffer {
  const at = join(folder, name)
  const tone = ['-f', 'lavfi', '-i', 'sine=frequency=300:duration=1', '-af', `${filter},volume=8dB`]
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...tone, ...options, at])
  return readFileSync(at)
}

const post = (path: string, body: object) => call(app, `POST /api/v1/${path}`, body, as(admin))

async function install(about: About, model: Buffer | string, { tokens = false } = {}): Promise<void> {
  const files = { 'model.onnx': model, ...(tokens && { 'tokens.txt': RECOGNISER_TOKENS }) }
  await layModel(join(app.dataDir, 'model-imports', about.id), about, files)
  expect((await post('models/import', { folder: about.id })).status).toBe(200)
}

const status = async (id: string) =>
  (await call(app, `GET /api/v1/models/${id}/status`, undefined, as(admin))).body.data

describe('an emotion model', () => {
  const about = { id: 'loudness', type: 'emotion', engine: 'onnx', contract: LOUDNESS } as const

  test('is asked, with a score for each of its labels', async () => {
    await install(about, loudnessClassifier())
    const { body } = await post('speech/emotion', { audio_data: loud })
    expect(body).toEqual(
      success({
        emotion: 'quiet',
        confidence: expect.closeTo(0.6, 0),
        details: { loud: expect.any(Number), quiet: expect.any(Number) },
        processing_time: expect.any(Number),
        model: 'loudness',
      }),
    )
    expect(body.data.details.loud + body.data.details.quiet).toBeCloseTo(1, 5)
    expect(await status('loudness')).toMatchObject({ status: 'loaded', node_id: 'local', reason: null })
  })

  test('is loaded and unloaded, and its process is asked by the node’s health check', async () => {
    const gone = await call(app, 'DELETE /api/v1/models/loudness/unload', undefined, as(admin))
    expect(gone.body.data).toMatchObject({ status: 'unloaded', memory_usage: 0 })
    const loaded = await post('models/loudness/load', {})
    expect(loaded.body.data).toMatchObject({ status: 'loaded', load_time: expect.any(Number) })
    expect(loaded.body.data.memory_usage).toBeGreaterThan(30_000_000)
    const { body } = await post('nodes/local/health-check', {})
    expect(body.data.loaded_models).toContain('loudness')
    expect(body.data.checks).toContainEqual(expect.objectContaining({ name: 'loudness', ok: true }))
  })

  test.each([
    ['a film’s sound', () => film],
    ['8 kHz mu-law', () => sound('mu.wav', 'anull', ['-ar', '8000', '-c:a', 'pcm_mulaw'])],
    ['silence', () => sound('silence.wav', 'volume=0')],
  ])('understands %s', async (_what, bytes) => {
    const { body } = await post('speech/emotion', { audio_data: bytes().toString('base64') })
    expect(body.data).toMatchObject({ emotion: expect.stringMatching(/loud|quiet/) })
  })

  test('refuses what cannot be read, and is not asked', async () => {
    const corrupt = Buffer.concat([Buffer.from(loud, 'base64').subarray(0, 30), Buffer.alloc(500, 7)])
    const failure = await post('speech/emotion', { audio_data: corrupt.toString('base64') })
    expectFailure(failure, 400, 400, expect.stringMatching(/无法读取音频/))
    const mute = makeFilm(folder, 'mute.mp4', { extra: ['-an'] }).toString('base64')
    const silent = await post('speech/emotion', { audio_data: mute })
    expectFailure(silent, 400, 400, '请求错误: 无法读取音频 (there is no sound in it)')
  })

  test('cannot be asked for something else', async () => {
    const failure = await post('speech/synthesis-detection', { audio_data: loud, model: 'loudness' })
    expectFailure(failure, 400, 400, expect.stringMatching(/不适用/))
  })
})

test('synthetic speech: always score, threshold and model', async () => {
  const output = { ...LOUDNESS.output, positive_class: 'quiet', threshold: 0.75 } as const
  const contract = { ...LOUDNESS, output }
  await install({ id: 'detector', type: 'synthesis-detection', engine: 'onnx', contract }, loudnessClassifier())
  const { body } = await post('speech/synthesis-detection', { audio_data: loud })
  const { score, confidence } = body.data
  expect(body.data).toEqual({
    is_synthetic: false,
    score: expect.any(Number),
    confidence: expect.any(Number),
    threshold: 0.75,
    processing_time: expect.any(Number),
    model: 'detector',
  })
  expect(score + confidence).toBeCloseTo(1, 5)
  const silence = sound('still.wav', 'volume=0').toString('base64')
  const sure = await post('speech/synthesis-detection', { audio_data: silence })
  expect(sure.body.data).toMatchObject({ is_synthetic: true, score: 1, confidence: 1 })
})

describe('recognition', () => {
  const about = { id: 'tiny-stt', type: 'speech-recognition', engine: 'sherpa-onnx', contract: RECOGNISER } as const

  test('by an installed model: text, segments with times, duration', async () => {
    await install(about, tinyRecogniser(), { tokens: true })
    const { body } = await post('speech/recognition', { audio_data: loud, language: 'zh-TW' })
    expect(body.data).toMatchObject({
      text: expect.stringMatching(/^啊+$/),
      confidence: null,
      language: 'zh-TW',
      duration: expect.closeTo(3, 1),
      model: 'tiny-stt',
      segments: [{ start: expect.closeTo(0.8, 0), end: expect.closeTo(2.2, 0), text: expect.stringMatching(/^啊+$/) }],
    })
  })

  test('finds where somebody speaks by an installed detector', async () => {
    const vad = { id: 'tiny-vad', type: 'voice-activity', engine: 'sherpa-onnx', contract: VOICE_ACTIVITY } as const
    await install(vad, tinyVoiceActivity())
    const { body } = await post('speech/recognition', { audio_data: loud })
    expect(body.data.segments).toHaveLength(1)
    expect(await status('tiny-vad')).toMatchObject({ status: 'loaded' })
  })

  test('goes on by loudness where the detector is broken, which says so', async () => {
    await rm(join(app.dataDir, 'models/tiny-vad'), { recursive: true })
    const broken = { id: 'a-vad', type: 'voice-activity', engine: 'sherpa-onnx', contract: VOICE_ACTIVITY } as const
    await install(broken, 'not a model')
    const { body } = await post('speech/recognition', { audio_data: loud })
    expect(body.data.text).toMatch(/^啊+$/)
    expect(await status('a-vad')).toMatchObject({ status: 'error', reason: expect.stringMatching(/its process ended/) })
  })

  test('hears nothing in silence', async () => {
    const silence = sound('hush.wav', 'volume=0').toString('base64')
    const { body } = await post('speech/recognition', { audio_data: silence })
    expect(body.data).toMatchObject({ text: '', segments: [], confidence: null })
  })

  test('in OpenAI’s shapes too', async () => {
    const { type, body } = formOf({
      name: 'a.wav',
      bytes: Buffer.from(loud, 'base64'),
      field: 'file',
      fields: { model: 'tiny-stt' },
    })
    const answer = await app.http.inject({
      method: 'POST',
      url: '/v1/audio/transcriptions',
      headers: { authorization: `Bearer ${admin.token}`, 'content-type': type },
      payload: body,
    })
    expect(answer.json()).toEqual({ text: expect.stringMatching(/^啊+$/) })
  })

  test('by a model that breaks as it loads: 503, 4001, the reason, and the server lives', async () => {
    await install({ ...about, id: 'no-metadata' }, tinyRecogniser({ metadata: false }), { tokens: true })
    const failure = await post('speech/recognition', { audio_data: loud, model: 'no-metadata' })
    expectFailure(failure, 503, 4001, expect.stringMatching(/模型运行失败.*vocab_size/))
    expect(await status('no-metadata')).toMatchObject({ status: 'error', reason: expect.stringMatching(/vocab_size/) })
    expect((await post('speech/recognition', { audio_data: loud, model: 'tiny-stt' })).status).toBe(200)
  })
})

describe('denoising by a model that is chosen', () => {
  test.each([
    ['onnx', GAIN, gainFilter(0.5)],
    ['sherpa-onnx', DENOISER, tinyDenoiser(0.5)],
  ] as const)('of engine %s', async (engine, contract: ModelContract, model) => {
    const id = `half-${engine}`
    await install({ id, type: 'denoising', engine, contract }, model)
    const tone = sound('tone.wav', 'anull').toString('base64')
    const { body } = await post('audio/denoising', { audio_data: tone, model: id })
    expect(body.data).toMatchObject({ model: id, wet_share: 1, duration: 1, noise_reduction_db: expect.closeTo(6, 0) })
  })

  test('is RNNoise’s where none is, and nothing else’s', async () => {
    expect((await post('audio/denoising', { audio_data: loud })).body.data.model).toBe('rnnoise')
    const failure = await post('audio/denoising', { audio_data: loud, model: 'loudness' })
    expectFailure(failure, 400, 400, expect.stringMatching(/不适用/))
    const absent = await post('audio/denoising', { audio_data: loud, model: 'gtcrn' })
    expectFailure(absent, 503, 4001, expect.stringMatching(/gtcrn 未安装/))
  })
})

describe('super-resolution', () => {
  async function enhanced(fields: Record<string, string>) {
    const { type, body } = formOf({ name: 'film.mp4', bytes: film, field: 'video', fields })
    const headers = { authorization: `Bearer ${admin.token}`, 'content-type': type }
    const answer = await app.http.inject({ method: 'POST', url: '/api/v1/video/enhancement', headers, payload: body })
    const { method, job_id: id } = answer.json().data
    const job = async () => (await call(app, `GET /api/v1/video/enhancement/${id}`, undefined, as(admin))).body.data
    await expect.poll(job, { timeout: 60_000, interval: 200 }).toMatchObject({ status: 'completed', error: null })
    const { output_file_id: file } = await job()
    const info = await call(app, `GET /api/v1/media/info/${file}`, undefined, as(admin))
    return { method, ...info.body.data }
  }

  test('by the model that is installed, with the sound it had', async () => {
    await install({ id: 'nearest', type: 'super-resolution', engine: 'onnx', contract: NEAREST }, nearestUpscaler())
    const large = await enhanced({ enhancement_type: 'super_resolution' })
    expect(large).toMatchObject({ method: 'model nearest', width: 140, height: 100, duration: expect.closeTo(1, 0) })
    const id = String(large.file_id)
    const bytes = await app.http.inject({
      url: `/api/v1/media/download/${id}`,
      headers: { authorization: `Bearer ${admin.token}` },
    })
    const at = join(folder, 'large.mp4')
    await writeFile(at, bytes.rawPayload)
    const show = ['-v', 'error', '-show_entries', 'stream=codec_type,nb_frames', '-of', 'csv=p=0']
    const streams = String(execFileSync('ffprobe', [...show, at]))
    expect(streams).toMatch(/^video,15$/m)
    expect(streams).toMatch(/^audio,/m)
  }, 90_000)

  test('scales its result to what is asked for, and is Lanczos where that is named', async () => {
    const asked = { enhancement_type: 'super_resolution', target_resolution: '120p' }
    expect(await enhanced({ ...asked, model: 'nearest' })).toMatchObject({ method: 'model nearest', height: 120 })
    expect(await enhanced({ ...asked, model: 'lanczos' })).toMatchObject({
      method: 'lanczos scaling with sharpening',
      height: 120,
    })
  }, 90_000)
})

test('leaves nothing behind in the working folder', async () => {
  expect(await readdir(join(app.dataDir, 'ai-work'))).toEqual([])
})
