import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call } from '#test/support/accounts-client.ts'
import { as, newPerson } from '#test/support/accounts-v1.ts'
import type { Person } from '#test/support/accounts-v1.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'
import { RECOGNISER, RECOGNISER_TOKENS, layModel, tinyRecogniser } from '#test/support/tiny-models.ts'
import { toneOf } from '#test/support/tone.ts'

/** Clients that hang up: what was being made for them is made no longer. */
let app: TestApp
let person: Person
let folder: string
let service: Server
let isAsked = Promise.withResolvers<void>()
let isLeft = Promise.withResolvers<void>()
let long: Buffer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-hung-up-'))
  // Takes sound, and never comes to an end.
  service = createServer((request, response) => {
    request.resume()
    response.once('close', () => isLeft.resolve())
    isAsked.resolve()
  })
  await new Promise<void>((done) => service.listen(0, '127.0.0.1', done))
  app = await startTestApp({
    listen: true,
    env: {
      CONFAB_STT_URL: `http://127.0.0.1:${(service.address() as AddressInfo).port}`,
      CONFAB_FETCH_PRIVATE: 'on',
    },
  })
  person = await newPerson(app)
  // Work for minutes that takes no time to send nor to decode.
  const silence = ['-f', 'lavfi', '-i', 'anullsrc=r=48000:cl=mono', '-t', '3600', '-c:a', 'flac']
  execFileSync('ffmpeg', ['-v', 'error', ...silence, join(folder, 'long.flac')])
  long = readFileSync(join(folder, 'long.flac'))
})
afterAll(async () => {
  await app.close()
  service.closeAllConnections()
  await once(service.close(), 'close')
  await rm(folder, { recursive: true, force: true })
})

/** Asks over a real connection that can be cut. */
function send(path: string, body: FormData | string) {
  const gone = new AbortController()
  const answer = fetch(app.url + path, {
    method: 'POST',
    body,
    headers: {
      authorization: `Bearer ${person.token}`,
      ...(typeof body === 'string' && { 'content-type': 'application/json' }),
    },
    signal: gone.signal,
  })
  return { hangUp: () => gone.abort(), isOver: expect(answer).rejects.toThrow(/abort/) }
}

function formWith(field: string, sound: Buffer, model?: string): FormData {
  const form = new FormData()
  if (model !== undefined) form.set('model', model)
  form.set(field, new Blob([new Uint8Array(sound)]), 'sound.flac')
  return form
}

const ask = async (route: string, body?: object) => (await call(app, route, body, as(person))).body.data
const active = async (): Promise<number> => (await ask('GET /api/v1/nodes/local/status')).active_requests
const workspaces = (): Promise<string[]> => readdir(join(app.dataDir, 'ai-work'))

test('a long denoising ends in the model’s process, which is free for the next one', async () => {
  const { hangUp, isOver } = send('/api/v1/audio/denoising', formWith('audio', long))
  await expect.poll(active, { timeout: 20_000 }).toBe(1)
  hangUp()
  await isOver
  await expect.poll(active).toBe(0)
  await expect.poll(workspaces).toEqual([])
  // Would wait for the long one, were it still worked on.
  const { duration } = await ask('POST /api/v1/audio/denoising', { audio_data: toneOf({ seconds: 1 }) })
  expect(duration).toBe(1)
}, 60_000)

test('a long recognition by a model here ends', async () => {
  const about = { id: 'words', type: 'speech-recognition', engine: 'sherpa-onnx', contract: RECOGNISER } as const
  const files = { 'model.onnx': tinyRecogniser(), 'tokens.txt': RECOGNISER_TOKENS }
  await layModel(join(app.dataDir, 'models', 'words'), about, files)
  const loud = ['-f', 'lavfi', '-i', 'sine=frequency=300:sample_rate=16000', '-t', '3000', '-b:a', '16k']
  execFileSync('ffmpeg', ['-v', 'error', ...loud, join(folder, 'loud.mp3')])
  const sound = readFileSync(join(folder, 'loud.mp3'))
  const { hangUp, isOver } = send('/api/v1/speech/recognition', formWith('audio', sound, 'words'))
  await expect.poll(active, { timeout: 30_000 }).toBe(1)
  hangUp()
  await isOver
  await expect.poll(active).toBe(0)
  await expect.poll(workspaces).toEqual([])
  const short = { audio_data: toneOf({ seconds: 1 }), model: 'words' }
  expect(await ask('POST /api/v1/speech/recognition', short)).toMatchObject({ model: 'words' })
}, 60_000)

test.each([
  ['/api/v1/speech/recognition', 'audio', undefined],
  ['/v1/audio/transcriptions', 'file', 'whisper-1'],
])('a recognition by a service is given up there too: %s', async (path, field, model) => {
  isAsked = Promise.withResolvers()
  isLeft = Promise.withResolvers()
  const sound = Buffer.from(toneOf({ seconds: 1 }), 'base64')
  const { hangUp, isOver } = send(path, formWith(field, sound, model))
  await isAsked.promise
  hangUp()
  await isOver
  await isLeft.promise
  await expect.poll(workspaces).toEqual([])
})

test('sound that trickles in from an address is fetched no longer', async () => {
  isAsked = Promise.withResolvers()
  isLeft = Promise.withResolvers()
  const { port } = service.address() as AddressInfo
  const body = JSON.stringify({ audio_url: `http://127.0.0.1:${port}/endless.wav` })
  const { hangUp, isOver } = send('/api/v1/audio/denoising', body)
  await isAsked.promise
  hangUp()
  await isOver
  await isLeft.promise
  await expect.poll(workspaces).toEqual([])
})
