import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { call } from '#test/support/accounts-client.ts'
import { as, expectFailure, newPerson, success } from '#test/support/accounts-v1.ts'
import type { Person } from '#test/support/accounts-v1.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'
import { formOf, makeFilm } from '#test/support/media.ts'

/** Recognition by an OpenAI-compatible service, which is also a node. */
let app: TestApp
let folder: string
let service: Server
let url: string
let person: Person
let film: Buffer
let asked: { request: IncomingMessage; form: FormData }[] = []
let answer: { status: number; body: unknown }

const SPOKEN = {
  text: ' 大家好。開會了。',
  language: 'chinese',
  segments: [
    { start: 0, end: 1, text: ' 大家好。', avg_logprob: 0 },
    { start: 1, end: 2, text: '開會了。', avg_logprob: Math.log(0.5) },
  ],
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-stt-'))
  film = makeFilm(folder, 'film.mp4', { seconds: 2 })
  service = createServer((request, response) => {
    void (async () => {
      const body = await buffer(request)
      if (request.url === '/film.mp4') {
        response.end(film)
        return
      }
      if (request.url === '/v1/models') {
        response.writeHead(answer.status).end('{}')
        return
      }
      const type = String(request.headers['content-type'])
      asked.push({ request, form: await new Response(body, { headers: { 'content-type': type } }).formData() })
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body))
    })()
  })
  await new Promise<void>((done) => service.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
  app = await startTestApp({
    env: {
      CONFAB_STT_URL: `${url}/v1`,
      CONFAB_STT_KEY: 'the-key',
      CONFAB_STT_MODEL: 'large-v3',
      CONFAB_FETCH_PRIVATE: 'on',
    },
  })
  person = await newPerson(app)
})
beforeEach(() => {
  asked = []
  answer = { status: 200, body: SPOKEN }
})
afterAll(async () => {
  await app.close()
  service.closeAllConnections()
  await new Promise((done) => service.close(done))
  await rm(folder, { recursive: true, force: true })
})

const recognise = (body: unknown, who = person) => call(app, 'POST /api/v1/speech/recognition', body, as(who))

describe('recognition', () => {
  test('of a film at an address: text, times, language, confidence', async () => {
    const { body } = await recognise({ audio_url: `${url}/film.mp4`, language: 'zh-CN' })
    expect(body).toEqual(
      success({
        text: '大家好。開會了。',
        confidence: 0.75,
        language: 'chinese',
        duration: expect.closeTo(2, 1),
        segments: [
          { start: 0, end: 1, text: '大家好。', confidence: 1 },
          { start: 1, end: 2, text: '開會了。', confidence: 0.5 },
        ],
        processing_time: expect.any(Number),
        model: 'large-v3',
      }),
    )
    const [sent] = asked
    expect(sent?.request.headers.authorization).toBe('Bearer the-key')
    expect(sent?.form.get('model')).toBe('large-v3')
    expect(sent?.form.get('language')).toBe('zh')
    const file = sent?.form.get('file')
    const sound = Buffer.from(file instanceof File ? await file.arrayBuffer() : new ArrayBuffer(0))
    expect([sound.toString('latin1', 0, 4), sound.readUInt16LE(22), sound.readUInt32LE(24)]).toEqual([
      'RIFF',
      1,
      16_000,
    ])
  })

  test('that finds nothing said is an empty text, without a made-up confidence', async () => {
    answer = { status: 200, body: { text: '' } }
    const { body } = await recognise({ audio_data: film.toString('base64') })
    expect(body.data).toMatchObject({ text: '', confidence: null, language: null, segments: [] })
  })

  test.each([
    ['refuses', { status: 401, body: { error: 'no' } }],
    ['fails', { status: 500, body: {} }],
    ['answers something else', { status: 200, body: { words: 1 } }],
  ])('answers 503 and 4001 where the service %s', async (_what, said) => {
    answer = said
    const failure = await recognise({ audio_data: film.toString('base64') })
    expectFailure(failure, 503, 4001, expect.stringMatching(/语音识别服务失败/))
  })

  test('says when there is nothing at the address', async () => {
    expectFailure(await recognise({ audio_url: `${url}/film.mp4`.replace(/\d+\/film/, '1/film') }), 400, 400)
  })
})

describe('OpenAI’s own path', () => {
  async function transcribe(fields: Record<string, string>, field = 'file') {
    const { type, body } = formOf({ name: 'film.mp4', bytes: film, field, fields })
    return await app.http.inject({
      method: 'POST',
      url: '/v1/audio/transcriptions',
      headers: { authorization: `Bearer ${person.token}`, 'content-type': type },
      payload: body,
    })
  }

  test('answers in each of its formats', async () => {
    expect((await transcribe({ model: 'whisper-1' })).json()).toEqual({ text: '大家好。開會了。' })
    expect((await transcribe({ response_format: 'text' })).payload).toBe('大家好。開會了。\n')
    expect((await transcribe({ response_format: 'srt' })).payload).toBe(
      '1\n00:00:00,000 --> 00:00:01,000\n大家好。\n\n2\n00:00:01,000 --> 00:00:02,000\n開會了。\n\n',
    )
    expect((await transcribe({ response_format: 'vtt' })).payload).toMatch(
      /^WEBVTT\n\n00:00:00\.000 --> 00:00:01\.000\n/,
    )
    const verbose = await transcribe({ response_format: 'verbose_json', language: 'zh' })
    expect(verbose.json()).toMatchObject({ task: 'transcribe', language: 'chinese', segments: [{ id: 0 }, { id: 1 }] })
  })

  test('fails in its shape', async () => {
    const error = (message: unknown) => ({
      error: { message, type: 'invalid_request_error', param: null, code: null },
    })
    const none = await transcribe({}, 'other')
    expect([none.statusCode, none.json()]).toEqual([400, error(expect.stringMatching(/file/))])
    const format = await transcribe({ response_format: 'song' })
    expect([format.statusCode, format.json()]).toEqual([400, error(expect.any(String))])
    answer = { status: 500, body: {} }
    const down = await transcribe({})
    expect(down.statusCode).toBe(503)
    expect(down.json().error).toMatchObject({ type: 'server_error', message: expect.stringMatching(/500/) })
  })
})

describe('the service as a node', () => {
  test('is online while it answers, and offline when it does not', async () => {
    const check = () => call(app, 'POST /api/v1/nodes/stt/health-check', undefined, as(person))
    const { body } = await check()
    expect(body.data).toMatchObject({
      kind: 'openai',
      status: 'online',
      cpu_usage: null,
      loaded_models: ['large-v3'],
      healthy: true,
    })
    answer = { status: 503, body: {} }
    const failed = await check()
    expect(failed.body.data).toMatchObject({ status: 'offline', healthy: false, loaded_models: [] })
    expect(failed.body.data.checks[0].reason).toMatch(/503/)
  })
})
