import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startServer } from '#test/support/server.ts'
import type { RunningServer } from '#test/support/server.ts'
import {
  LOUDNESS,
  RECOGNISER,
  RECOGNISER_TOKENS,
  layModel,
  loudnessClassifier,
  tinyRecogniser,
} from '#test/support/tiny-models.ts'
import { toneOf } from '#test/support/tone.ts'

/** An installation without its optional packages (`npm install --omit=optional`): the real program, which does not find them. */
let folder: string
let dataDir: string
let server: RunningServer | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'confab-no-engines-'))
  dataDir = join(folder, 'data')
  const emotion = { id: 'loudness', type: 'emotion', engine: 'onnx', contract: LOUDNESS } as const
  await layModel(join(dataDir, 'models/loudness'), emotion, { 'model.onnx': loudnessClassifier() })
  const words = { id: 'words', type: 'speech-recognition', engine: 'sherpa-onnx', contract: RECOGNISER } as const
  const files = { 'model.onnx': tinyRecogniser(), 'tokens.txt': RECOGNISER_TOKENS }
  await layModel(join(dataDir, 'models/words'), words, files)
})
afterEach(() => server?.stop())
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The program, for which these packages are not there. */
async function startWithout(...missing: string[]): Promise<RunningServer> {
  const hook = join(folder, `without-${missing.length}.mjs`)
  await writeFile(
    hook,
    `import Module from 'node:module'
    const resolve = Module._resolveFilename
    Module._resolveFilename = function (name, ...rest) {
      if (${JSON.stringify(missing)}.includes(name)) {
        throw Object.assign(new Error('Cannot find module ' + name), { code: 'MODULE_NOT_FOUND' })
      }
      return resolve.call(this, name, ...rest)
    }`,
  )
  return await startServer({ dataDir, env: { NODE_OPTIONS: `--import=${pathToFileURL(hook).href}` } })
}

let people = 0

async function signedIn({ url }: RunningServer) {
  const send = async (method: string, path: string, body: object | undefined, token?: string) => {
    const answer = await fetch(`${url}/api/v1/${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const said = (await answer.json()) as { code: number; message: string; data: Record<string, unknown> }
    return { status: answer.status, fault: answer.headers.get('x-fault'), body: said }
  }
  const about = { username: `person${++people}`, email: `p${people}@example.com`, password: 'password123' }
  await send('POST', 'auth/register', about)
  const token = String((await send('POST', 'auth/login', about)).body.data['token'])
  return (route: string, body?: object) => {
    const [method = '', path = ''] = route.split(' ')
    return send(method, path, body, token)
  }
}

const audio_data = toneOf({ seconds: 1 })

test('without sherpa-onnx-node and koffi the server starts, says so, and answers 503 with what to do', async () => {
  server = await startWithout('sherpa-onnx-node', 'koffi')
  expect(server.output()).toMatch(/npm install --include=optional.*sherpa-onnx-node and koffi.*only RNNoise runs/)
  const ask = await signedIn(server)
  for (const [route, engine] of [
    ['speech/emotion', 'onnx'],
    ['speech/recognition', 'sherpa-onnx'],
  ]) {
    const { status, fault, body } = await ask(`POST ${route}`, { audio_data })
    expect({ status, fault }).toEqual({ status: 503, fault: 'ai.no-engine' })
    expect(body).toMatchObject({
      code: 4001,
      message: expect.stringMatching(new RegExp(`${engine}.*npm install --include=optional`)),
    })
  }
  const loaded = await ask('POST models/words/load', {})
  expect([loaded.status, loaded.body.code]).toEqual([503, 4001])
  const listed = await ask('GET models')
  expect(listed.body.data['models']).toContainEqual(
    expect.objectContaining({ model_id: 'words', state: 'installed', obstacle: 'no-engine' }),
  )
  const clean = await ask('POST audio/denoising', { audio_data })
  expect(clean.body.data).toMatchObject({ model: 'rnnoise', duration: 1 })
}, 60_000)

test('without koffi, models of sherpa-onnx run', async () => {
  server = await startWithout('koffi')
  expect(server.output()).toMatch(/koffi not installed, so only RNNoise and models of sherpa-onnx run/)
  const ask = await signedIn(server)
  const refused = await ask('POST speech/emotion', { audio_data })
  expect([refused.status, refused.fault]).toEqual([503, 'ai.no-engine'])
  const listed = await ask('GET models')
  expect(listed.body.data['models']).toContainEqual(expect.objectContaining({ model_id: 'words', obstacle: null }))
  const heard = await ask('POST speech/recognition', { audio_data })
  expect(heard.body.data).toMatchObject({ model: 'words' })
}, 60_000)
