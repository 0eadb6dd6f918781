import { createHash, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { create } from 'tar'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startModelServer } from '#test/fakes/model-server.ts'
import type { ModelServer } from '#test/fakes/model-server.ts'
import { call } from '#test/support/accounts-client.ts'
import { as, expectFailure, newPerson } from '#test/support/accounts-v1.ts'
import type { Person } from '#test/support/accounts-v1.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'
import { connectLive } from '#test/support/live-client.ts'

/** Downloading, uploading and removing models by the API, and what an admin's page is told meanwhile. */
let app: TestApp
let server: ModelServer
let admin: Person
let person: Person
beforeAll(async () => {
  server = await startModelServer()
  app = await startTestApp({ listen: true, env: { CONFAB_FETCH_PRIVATE: 'on' } })
  admin = await newPerson(app)
  person = await newPerson(app)
})
afterAll(async () => {
  await app.close()
  await server.close()
})

const bytes = randomBytes(500_000)
const sha256 = createHash('sha256').update(bytes).digest('hex')
const manifest = (id: string, file: object): string =>
  JSON.stringify({
    id,
    name: 'Mine',
    type: 'emotion',
    version: '1',
    engine: 'onnx',
    licence: 'MIT',
    files: [{ path: 'model.onnx', ...file }],
  })
async function layIn(id: string, file: object = { sha256, bytes: bytes.length }): Promise<void> {
  const folder = join(app.dataDir, 'model-imports', id)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'model.json'), manifest(id, { url: `${server.url}/${id}`, ...file }))
}
const ask = (route: string, who = admin) => call(app, route, undefined, as(who))
const status = async (id: string) => (await ask(`GET /api/v1/models/${id}/status`)).body.data

describe('a download', () => {
  test('is begun, seen, cancelled, resumed and told to admins', async () => {
    await layIn('mine')
    server.serve('/mine', { bytes, answers: [{ stallAfter: 200_000 }, {}] })
    const live = connectLive(app.url, admin.token)
    const other = connectLive(app.url, person.token)
    await Promise.all([live.waitFor('ready'), other.waitFor('ready')])
    try {
      const begun = await ask('POST /api/v1/models/mine/pull')
      expect(begun.body.data).toMatchObject({
        model_id: 'mine',
        state: 'downloading',
        status: 'unloaded',
        pullable: true,
      })
      await expect.poll(async () => (await status('mine')).progress.bytes).toBe(200_000)
      expect((await status('mine')).progress).toMatchObject({ total: 500_000, file: 'model.onnx' })
      // Somebody who asks again joins.
      expect((await ask('POST /api/v1/models/mine/pull')).body.data.state).toBe('downloading')
      const cancelled = await ask('DELETE /api/v1/models/mine/pull')
      expect(cancelled.body.data).toMatchObject({ state: 'available', reason: 'The download was cancelled' })
      expect(cancelled.body.data.progress).toMatchObject({ bytes: 200_000, speed: 0 })
      await ask('POST /api/v1/models/mine/pull')
      await expect.poll(async () => (await status('mine')).state).toBe('installed')
      expect(await status('mine')).toMatchObject({
        progress: null,
        reason: null,
        bytes: 500_000,
        verified_against: 'published',
      })
      expect(server.requests.map(({ range }) => range)).toEqual([undefined, 'bytes=200000-'])
      const told = (): unknown[] =>
        live.frames.flatMap((frame) =>
          frame.type === 'event' && frame.topic === 'ai.model.changed' ? [frame.data] : [],
        )
      const installed = { model_id: 'mine', state: 'installed', reason: null, progress: null, memory_usage: 0 }
      await expect.poll(told).toContainEqual(installed)
      expect(told()).toContainEqual(expect.objectContaining({ model_id: 'mine', state: 'downloading' }))
      expect(other.frames.filter(({ type }) => type === 'event')).toEqual([])
    } finally {
      live.close()
      other.close()
    }
  })

  test('and what becomes of a model’s process is told too', async () => {
    const live = connectLive(app.url, admin.token)
    try {
      await live.waitFor('ready')
      await call(app, 'POST /api/v1/models/rnnoise/load', {}, as(admin))
      await ask('DELETE /api/v1/models/rnnoise/unload')
      const told = (): { state: string; memory_usage: number }[] =>
        live.frames.flatMap((frame) =>
          frame.type === 'event' && frame.topic === 'ai.model.changed'
            ? [frame.data as { state: string; memory_usage: number }]
            : [],
        )
      await expect.poll(() => told().at(-1)?.state).toBe('installed')
      expect(told().at(-1)?.memory_usage).toBe(0)
      expect(told().find(({ state }) => state === 'loaded')?.memory_usage).toBeGreaterThan(1_000_000)
    } finally {
      live.close()
    }
  })

  test('that fails is an error with its reason', async () => {
    await layIn('wrong')
    server.serve('/wrong', { bytes: randomBytes(bytes.length) })
    await ask('POST /api/v1/models/wrong/pull')
    await expect.poll(async () => (await status('wrong')).state).toBe('error')
    expect(await status('wrong')).toMatchObject({ status: 'error', reason: expect.stringMatching(/hash/) as string })
    expect((await ask('DELETE /api/v1/models/wrong')).status).toBe(200)
  })

  test('is an admin’s to begin, of models that are known and have an address', async () => {
    for (const route of [
      'POST /api/v1/models/mine/pull',
      'DELETE /api/v1/models/mine/pull',
      'DELETE /api/v1/models/mine',
    ]) {
      expectFailure(await ask(route, person), 403, 403)
    }
    expectFailure(await ask('POST /api/v1/models/nobody-has-it/pull'), 404, 404, '模型不存在')
    expectFailure(await ask('POST /api/v1/models/aasist/pull'), 409, 409, expect.stringMatching(/没有下载地址/))
    expectFailure(await ask('DELETE /api/v1/models/rnnoise'), 409, 409, expect.stringMatching(/内置/))
    expectFailure(await ask('DELETE /api/v1/models/nobody-has-it'), 404, 404)
  })

  test('every model of the catalogue says what it is, and no hash that nobody published', async () => {
    const { models } = (await call(app, 'GET /api/v1/models?scope=all', undefined, as(admin))).body.data
    const known = models.filter((model: { state: string }) => model.state === 'available')
    expect(known.length).toBeGreaterThanOrEqual(10)
    for (const model of known) expect(model).toMatchObject({ licence: /./, source: /^https:/, verified_against: null })
    expect(known.map((model: { model_id: string }) => model.model_id)).toContain('whisper-tiny')
  })
})

describe('an upload', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'confab-upload-'))
    await writeFile(join(folder, 'model.json'), manifest('sent', { sha256, bytes: bytes.length }))
    await writeFile(join(folder, 'model.onnx'), bytes)
  })
  afterAll(() => rm(folder, { recursive: true }))

  async function upload(archive: Buffer | undefined, who = admin) {
    const form = new FormData()
    if (archive !== undefined) form.set('archive', new Blob([archive]), 'model.tar.gz')
    else form.set('other', 'x')
    const request = { method: 'POST', body: form, headers: { authorization: `Bearer ${who.token}` } }
    const response = await fetch(`${app.url}/api/v1/models/upload`, request)
    return {
      status: response.status,
      body: (await response.json()) as { code: number; message: string; data: unknown },
    }
  }

  test('of an archive installs the model; removing it frees the place', async () => {
    const path = join(folder, 'model.tar.gz')
    await create({ file: path, cwd: folder, gzip: true }, ['model.json', 'model.onnx'])
    const archive = await readFile(path)
    expect(await upload(archive)).toMatchObject({
      status: 201,
      body: { data: { model_id: 'sent', state: 'installed' } },
    })
    expect(await upload(archive)).toMatchObject({ status: 409 })
    expect((await ask('DELETE /api/v1/models/sent')).status).toBe(200)
    expect(await upload(archive)).toMatchObject({ status: 201 })
    expect((await readdir(join(app.dataDir, 'models'))).filter((name) => name.startsWith('.unpack'))).toEqual([])
  })

  test('of anything else is refused', async () => {
    expect(await upload(Buffer.from('no archive'))).toMatchObject({ status: 400, body: { message: /无法读取压缩包/ } })
    expect(await upload(undefined)).toMatchObject({ status: 400, body: { message: /archive/ } })
    expect(await upload(Buffer.from('x'), person)).toMatchObject({ status: 403 })
  })
})
