import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call } from '#test/support/accounts-client.ts'
import { as, expectFailure, newPerson, success, TIME } from '#test/support/accounts-v1.ts'
import type { Person } from '#test/support/accounts-v1.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'
import { formOf, makeFilm, upload } from '#test/support/media.ts'

/** Document 5: speech, audio, video, models, nodes, with no model but the built-in one. */
let app: TestApp
let folder: string
let admin: Person
let person: Person
let sound: Buffer
let film: Buffer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-ai-'))
  sound = makeFilm(folder, 'tone.wav')
  film = makeFilm(folder, 'film.mp4')
  app = await startTestApp({ env: { CONFAB_AI_AUDIO_MINUTES: '1' } })
  admin = await newPerson(app)
  person = await newPerson(app)
})
afterAll(async () => {
  await app.close()
  await rm(folder, { recursive: true, force: true })
})

const post = (path: string, body: unknown, who: Person = person) => call(app, `POST ${path}`, body, as(who))
const audioData = (): string => sound.toString('base64')

async function sendForm(path: string, form: Parameters<typeof formOf>[0], headers: Record<string, string> = {}) {
  const { type, body } = formOf(form)
  const answer = await app.http.inject({
    method: 'POST',
    url: path,
    headers: { authorization: `Bearer ${person.token}`, 'content-type': type, ...headers },
    payload: body,
  })
  return { status: answer.statusCode, body: answer.json(), headers: answer.headers }
}

const SOUND_ROUTES = ['speech/recognition', 'speech/emotion', 'speech/synthesis-detection', 'audio/denoising']

describe.each(SOUND_ROUTES)('what %s is given', (name) => {
  const path = `/api/v1/${name}`

  test.each([
    ['nothing', {}],
    ['two sources', { audio_url: 'https://example.com/a.wav', file_id: 'abc' }],
    ['no base64', { audio_data: '!!!' }],
    ['a number for an address', { audio_url: 5 }],
    ['a list', []],
  ])('refuses %s', async (_what, body) => {
    expectFailure(await post(path, body), 400, 400, expect.stringMatching(/^请求错误: /))
  })

  test.each([
    'http://127.0.0.1/a.wav',
    'http://localhost/a.wav',
    'http://[::1]/a.wav',
    'http://[::ffff:10.0.0.1]/a.wav',
    'http://169.254.169.254/latest/meta-data',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://192.168.1.1/',
    'ftp://example.com/a.wav',
    'file:///etc/passwd',
    'not an address',
    'http://user:word@93.184.216.34/',
  ])('refuses the address %s', async (audio_url) => {
    expectFailure(await post(path, { audio_url }), 400, 400, expect.stringMatching(/不允许的地址/))
  })

  test('answers 3002 for a file that is not there, or somebody else’s', async () => {
    expectFailure(await post(path, { file_id: 'abc' }), 404, 3002, '文件不存在')
    const { body } = await upload(app, admin.token, { name: 'tone.wav', bytes: sound })
    expectFailure(await post(path, { file_id: body.data.file_id }), 404, 3002, '文件不存在')
  })

  test('refuses a form without a file, and one with two sources', async () => {
    expectFailure(await sendForm(path, { name: 'a.wav', bytes: sound, field: 'other' }), 400, 400)
    const both = { name: 'a.wav', bytes: sound, field: 'audio', fields: { audio_url: 'https://example.com/a' } }
    expectFailure(await sendForm(path, both), 400, 400)
  })

  test('asks for an account', async () => {
    expectFailure(await call(app, `POST ${path}`, {}), 401, 401, '未认证')
  })
})

describe('without a model', () => {
  test.each([
    ['speech/recognition', /语音识别.*CONFAB_STT_URL.*sense-voice-small/],
    ['speech/emotion', /情绪检测.*speech-emotion-wav2vec2/],
    ['speech/synthesis-detection', /合成检测.*aasist/],
  ])('%s answers 503, 4001 and which to install', async (name, words) => {
    const path = `/api/v1/${name}`
    expectFailure(await post(path, { audio_data: audioData() }), 503, 4001, expect.stringMatching(words))
    const form = await sendForm(path, { name: 'a.wav', bytes: sound, field: 'audio', fields: { language: 'zh-CN' } })
    expectFailure(form, 503, 4001, expect.stringMatching(words))
  })

  test('a model that is named: not installed, not for this, not known', async () => {
    const ask = (model: string) => post('/api/v1/speech/recognition', { audio_data: audioData(), model })
    expectFailure(await ask('whisper-base'), 503, 4001, expect.stringMatching(/whisper-base 未安装/))
    expectFailure(await ask('rnnoise'), 400, 400, expect.stringMatching(/不适用/))
    expectFailure(await ask('nobody'), 404, 404, '模型不存在')
  })

  test('refuses a language that is none', async () => {
    const answer = await post('/api/v1/speech/recognition', { audio_data: audioData(), language: '中文' })
    expectFailure(answer, 400, 400, expect.stringMatching(/language/))
  })
})

describe('denoising', () => {
  test('keeps the result as a file of the caller', async () => {
    const answer = await post('/api/v1/audio/denoising', { audio_data: `data:audio/wav;base64,${audioData()}` })
    expect(answer.body).toEqual(
      success({
        file_id: expect.any(String),
        file_url: expect.stringMatching(/^\/api\/v1\/media\/download\//),
        noise_reduction_db: expect.any(Number),
        processing_time: expect.any(Number),
        duration: 1,
        wet_share: expect.any(Number),
        model: 'rnnoise',
      }),
    )
    const { body } = await call(app, `GET /api/v1/media/info/${answer.body.data.file_id}`, undefined, as(person))
    expect(body.data).toMatchObject({ file_type: 'audio', is_mine: true, size: 44 + 96_000 })
  })

  test('answers the sound itself, of a film too', async () => {
    const { type, body } = formOf({ name: 'film.mp4', bytes: film, field: 'audio', fields: { level: 'high' } })
    const answer = await app.http.inject({
      method: 'POST',
      url: '/api/v1/audio/denoising',
      headers: { authorization: `Bearer ${person.token}`, 'content-type': type, accept: 'audio/wav' },
      payload: body,
    })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toBe('audio/wav')
    expect(answer.rawPayload.toString('latin1', 0, 4)).toBe('RIFF')
    expect(answer.rawPayload.readUInt32LE(40)).toBe(answer.rawPayload.length - 44)
  })

  test.each([
    ['noise that is no sound', Buffer.from('not a sound at all'), 400],
    ['an empty file', Buffer.alloc(0), 400],
    ['a file that is cut off', Buffer.from('RIFF\x24\0\0\0WAVE'), 400],
  ])('refuses %s with a reason', async (_what, bytes, status) => {
    const answer = await sendForm('/api/v1/audio/denoising', { name: 'a.wav', bytes, field: 'audio' })
    expectFailure(answer, status, status, expect.stringMatching(/无法读取音频/))
  })

  test('refuses what is longer than it takes', async () => {
    const long = makeFilm(folder, 'long.ogg', { seconds: 62 })
    expectFailure(
      await sendForm('/api/v1/audio/denoising', { name: 'long.ogg', bytes: long, field: 'audio' }),
      413,
      413,
      expect.stringMatching(/1分钟/),
    )
  })

  test('refuses a level that is none', async () => {
    expectFailure(await post('/api/v1/audio/denoising', { audio_data: audioData(), level: 'huge' }), 400, 400)
  })
})

describe('video enhancement', () => {
  test.each([
    ['nothing', {}],
    ['no file', { enhancement_type: 'denoising' }],
    ['an unknown kind', { file_id: 'abc', enhancement_type: 'magic' }],
    ['a size that is none', { file_id: 'abc', enhancement_type: 'denoising', target_resolution: 'large' }],
    ['an absurd size', { file_id: 'abc', enhancement_type: 'denoising', target_resolution: '9999x9999' }],
  ])('refuses %s', async (_what, body) => {
    expectFailure(await post('/api/v1/video/enhancement', body), 400, 400)
  })

  test('refuses a file without a picture', async () => {
    const { body } = await upload(app, person.token, { name: 'tone.wav', bytes: sound })
    const asked = { file_id: body.data.file_id, enhancement_type: 'denoising' }
    expectFailure(await post('/api/v1/video/enhancement', asked), 400, 400, expect.stringMatching(/没有视频画面/))
  })

  test.each([
    ['super_resolution', 'lanczos scaling with sharpening', 320],
    ['denoising', 'nlmeans', 160],
    ['stabilization', 'vidstab, two passes', 160],
    ['color_correction', 'normalize', 160],
  ])(
    '%s really makes a film, by %s',
    async (enhancement_type, method, width) => {
      const fields = { enhancement_type }
      const answer = await sendForm('/api/v1/video/enhancement', {
        name: '影片.mp4',
        bytes: film,
        field: 'video',
        fields,
      })
      expect(answer.body.data).toMatchObject({ status: expect.stringMatching(/^(queued|processing)$/), method })
      const at = `GET /api/v1/video/enhancement/${answer.body.data.job_id}`
      expectFailure(await call(app, at, undefined, as(admin)), 404, 404, '任务不存在')
      const job = () => call(app, at, undefined, as(person)).then(({ body }) => body.data)
      await expect.poll(job, { timeout: 60_000, interval: 200 }).toMatchObject({ status: 'completed', error: null })
      const { output_file_id: id } = await job()
      // The document's one status of jobs tells of it too.
      const status = `GET /api/v1/ffmpeg/job/${answer.body.data.job_id}/status`
      expect((await call(app, status, undefined, as(person))).body.data).toMatchObject({
        job_id: answer.body.data.job_id,
        type: 'video_enhancement',
        status: 'completed',
        progress: 100,
        output_file_id: id,
        completed_at: expect.any(String),
      })
      expectFailure(await call(app, status, undefined, as(admin)), 404, 404, '任务不存在')
      const { body } = await call(app, `GET /api/v1/media/info/${id}`, undefined, as(person))
      expect(body.data).toMatchObject({ file_name: '影片-enhanced.mp4', width, file_type: 'video' })
    },
    90_000,
  )

  test('is cancelled by whose it is, once, while it waits or runs', async () => {
    const long = makeFilm(folder, 'long.mp4', { seconds: 20, size: '1280x720', extra: ['-preset', 'ultrafast'] })
    const fields = { enhancement_type: 'denoising' }
    const begun = await sendForm('/api/v1/video/enhancement', { name: 'long.mp4', bytes: long, field: 'video', fields })
    const path = `/api/v1/video/enhancement/${begun.body.data.job_id}`
    const look = async () => (await call(app, `GET ${path}`, undefined, as(person))).body.data
    await expect.poll(look, { timeout: 20_000 }).toMatchObject({ status: 'processing' })
    expectFailure(await post(`${path}/cancel`, {}, admin), 404, 404, '任务不存在')
    const cancelled = await post(`${path}/cancel`, {})
    expect(cancelled.body.data).toMatchObject({ status: 'cancelled', output_file_id: null })
    expectFailure(await post(`${path}/cancel`, {}), 409, 409, '任务已结束')
    await expect.poll(() => readdir(join(app.dataDir, 'ai-work'))).toEqual([])
  }, 60_000)
})

describe('models', () => {
  test('lists what is installed, and the catalogue when asked', async () => {
    const { body } = await call(app, 'GET /api/v1/models', undefined, as(person))
    expect(body.data.models.map((one: { model_id: string }) => one.model_id)).toEqual(['rnnoise'])
    expect(body.data.count).toBe(1)
    const all = await call(app, 'GET /api/v1/models?scope=all&type=emotion', undefined, as(person))
    expect(all.body.data.models).toEqual([expect.objectContaining({ state: 'available', status: 'unloaded' })])
  })

  test('loads into a process that uses memory, and frees it', async () => {
    await call(app, 'DELETE /api/v1/models/rnnoise/unload', undefined, as(admin))
    const loaded = await post('/api/v1/models/rnnoise/load', {}, admin)
    expect(loaded.body.data).toMatchObject({ model_id: 'rnnoise', status: 'loaded', load_time: expect.any(Number) })
    expect(loaded.body.data.memory_usage).toBeGreaterThan(10_000_000)
    const status = await call(app, 'GET /api/v1/models/rnnoise/status', undefined, as(person))
    expect(status.body.data).toMatchObject({ status: 'loaded', node_id: 'local' })
    const gone = await call(app, 'DELETE /api/v1/models/rnnoise/unload', undefined, as(admin))
    expect(gone.body.data).toMatchObject({ status: 'unloaded', memory_usage: 0 })
  })

  test('refuses whoever is no admin, unknown models and nodes, and what is not installed', async () => {
    expectFailure(await post('/api/v1/models/rnnoise/load', {}), 403, 403)
    expectFailure(await call(app, 'DELETE /api/v1/models/rnnoise/unload', undefined, as(person)), 403, 403)
    expectFailure(await post('/api/v1/models/nobody/load', {}, admin), 404, 404, '模型不存在')
    expectFailure(await post('/api/v1/models/rnnoise/load', { node_id: 'mars' }, admin), 404, 404, '节点不存在')
    expectFailure(
      await post('/api/v1/models/aasist/load', {}, admin),
      503,
      4001,
      expect.stringMatching(/aasist 未安装/),
    )
    expectFailure(await call(app, 'GET /api/v1/models/..%2Fx/status', undefined, as(person)), 400, 400)
  })

  test('imports: only admins, only folders that are there', async () => {
    expectFailure(await post('/api/v1/models/import', { folder: 'x' }), 403, 403)
    expectFailure(await post('/api/v1/models/import', { folder: 'x' }, admin), 404, 404, '要导入的文件夹不存在')
    expectFailure(await post('/api/v1/models/import', { folder: '../x' }, admin), 400, 400)
  })
})

describe('nodes', () => {
  test('this process is one, with what it measures', async () => {
    const node = {
      node_id: 'local',
      name: 'local',
      address: expect.stringMatching(/^http:/),
      kind: 'local',
      status: 'online',
      cpu_usage: expect.any(Number),
      memory_usage: expect.any(Number),
      memory_total: expect.any(Number),
      loaded_models: expect.any(Array),
      models: ['rnnoise'],
      active_requests: 0,
      queue_limit: 16,
      version: '0.1.0',
      reason: null,
      removable: false,
      checked_at: TIME,
    }
    const list = await call(app, 'GET /api/v1/nodes', undefined, as(person))
    expect(list.body).toEqual(success({ nodes: [node], count: 1 }))
    const one = await call(app, 'GET /api/v1/nodes/local/status', undefined, as(person))
    expect(one.body).toEqual(success(node))
    expect(one.body.data.memory_usage).toBeGreaterThan(0)
  })

  test('a health check asks ffmpeg and the loaded model', async () => {
    await post('/api/v1/models/rnnoise/load', {}, admin)
    const { body } = await post('/api/v1/nodes/local/health-check', undefined)
    expect(body.data).toMatchObject({ healthy: true, loaded_models: ['rnnoise'] })
    expect(body.data.checks).toEqual([
      { name: 'ffmpeg', ok: true, latency_ms: expect.any(Number), reason: null },
      { name: 'rnnoise', ok: true, latency_ms: expect.any(Number), reason: null },
    ])
  })

  test('another one is not there', async () => {
    expectFailure(await call(app, 'GET /api/v1/nodes/mars/status', undefined, as(person)), 404, 404, '节点不存在')
    expectFailure(await post('/api/v1/nodes/mars/health-check', undefined), 404, 404, '节点不存在')
  })
})

test('leaves nothing behind in the working folder', async () => {
  const { readdir } = await import('node:fs/promises')
  expect(await readdir(join(app.dataDir, 'ai-work'))).toEqual([])
  expect((await readFile(join(folder, 'tone.wav'))).length).toBe(sound.length)
})
