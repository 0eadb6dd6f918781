import { createHash } from 'node:crypto'
import { mkdir, symlink, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call } from '#test/support/accounts-client.ts'
import { as, expectFailure, newPerson } from '#test/support/accounts-v1.ts'
import type { Person } from '#test/support/accounts-v1.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'
import { LOUDNESS } from '#test/support/tiny-models.ts'

/** Models that operators bring, and the rate limits of document 5's AI sections. */
let app: TestApp
let admin: Person

beforeAll(async () => {
  app = await startTestApp()
  // The first account of an installation is its admin.
  admin = await newPerson(app)
})
afterAll(() => app.close())

describe('models that operators bring', () => {
  const bytes = Buffer.from('not really a model')
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const file = { path: 'deep/model.onnx', sha256, bytes: bytes.length }

  async function prepare(name: string, manifest: object): Promise<void> {
    const at = join(app.dataDir, 'model-imports', name)
    await mkdir(join(at, 'deep'), { recursive: true })
    const about = { name: 'Mine', type: 'emotion', version: '1', engine: 'onnx', licence: 'MIT', files: [file] }
    await writeFile(join(at, 'model.json'), JSON.stringify({ id: name, ...about, ...manifest }))
    await writeFile(join(at, 'deep/model.onnx'), bytes)
  }
  const bring = (name: string) => call(app, 'POST /api/v1/models/import', { folder: name }, as(admin))

  test('are copied in, listed, verified, and say what their manifest lacks to be loaded', async () => {
    await prepare('mine', {})
    expect((await bring('mine')).body.data).toMatchObject({ model_id: 'mine', state: 'installed', status: 'unloaded' })
    expectFailure(await bring('mine'), 409, 409, '模型已安装')
    const verify = () => call(app, 'POST /api/v1/models/mine/verify', undefined, as(admin))
    expect((await verify()).body.data).toEqual({ model_id: 'mine', valid: true, problems: [] })
    await writeFile(join(app.dataDir, 'models/mine/deep/model.onnx'), 'not really a modem')
    const { data } = (await verify()).body
    expect(data).toMatchObject({ valid: false, problems: [{ path: 'deep/model.onnx', problem: 'sha256' }] })
    const load = await call(app, 'POST /api/v1/models/mine/load', {}, as(admin))
    expectFailure(load, 503, 4001, expect.stringMatching(/mine 的清单没有声明/))
  })

  test.each([
    ['a path out of its folder', { files: [{ ...file, path: '../../etc/passwd' }] }],
    ['an absolute path', { files: [{ ...file, path: '/etc/passwd' }] }],
    ['a path of another system', { files: [{ ...file, path: '..\\..\\x' }] }],
    ['itself among its files', { files: [{ ...file, path: 'model.json' }] }],
    ['the same file twice', { files: [file, file] }],
    ['a file that is not there', { files: [{ ...file, path: 'deep/other' }] }],
    ['another size', { files: [{ ...file, bytes: 5 }] }],
    ['another hash', { files: [{ ...file, sha256: 'a'.repeat(64) }] }],
    ['an unknown engine', { engine: 'shell' }],
    ['an id that is a path', { id: '../x' }],
    ['a contract of no kind', { contract: { kind: 'magic' } }],
    ['a contract for something else', { contract: { ...LOUDNESS, file: file.path }, type: 'denoising' }],
    ['a contract on a file that is not among its own', { contract: LOUDNESS }],
    ['a contract without a window', { contract: { ...LOUDNESS, input: { ...LOUDNESS.input, window: 0 } } }],
    [
      'a hop longer than the window',
      { contract: { ...LOUDNESS, file: file.path, input: { ...LOUDNESS.input, hop: 9000 } } },
    ],
    [
      'a detector that does not say what is positive',
      { contract: { ...LOUDNESS, file: file.path }, type: 'synthesis-detection' },
    ],
  ])('are refused with %s', async (_what, manifest) => {
    await prepare('bad', manifest)
    expectFailure(await bring('bad'), 400, 400, expect.stringMatching(/模型清单无效/))
    const { body } = await call(app, 'GET /api/v1/models/bad/status', undefined, as(admin))
    expect(body.code).toBe(404)
  })

  test('are refused with a link for a file', async () => {
    await prepare('link', {})
    const path = join(app.dataDir, 'model-imports/link/deep/model.onnx')
    await rm(path)
    await symlink('/etc/hostname', path)
    expectFailure(await bring('link'), 400, 400, expect.stringMatching(/is a link/))
  })

  test('that were broken later are shown with the reason', async () => {
    await mkdir(join(app.dataDir, 'models/broken'), { recursive: true })
    await writeFile(join(app.dataDir, 'models/broken/model.json'), '{"id": "broken"')
    const { body } = await call(app, 'GET /api/v1/models/broken/status', undefined, as(admin))
    expect(body.data).toMatchObject({ status: 'error', reason: expect.stringMatching(/JSON/) })
  })
})

test('every route is limited as the document says, and the limit holds', async () => {
  const documented: Readonly<Record<string, number>> = {
    'POST /api/v1/speech/recognition': 10,
    'POST /api/v1/speech/emotion': 10,
    'POST /api/v1/speech/synthesis-detection': 10,
    'POST /api/v1/audio/denoising': 10,
    'POST /api/v1/video/enhancement': 10,
    'GET /api/v1/models': 50,
    'POST /api/v1/models/:model_id/load': 10,
    'DELETE /api/v1/models/:model_id/unload': 10,
    'GET /api/v1/models/:model_id/status': 50,
    'GET /api/v1/nodes': 50,
    'GET /api/v1/nodes/:node_id/status': 50,
    'POST /api/v1/nodes/:node_id/health-check': 20,
  }
  for (const [route, max] of Object.entries(documented)) {
    const found = app.mounted.find(({ contract }) => `${contract.method} ${contract.path}` === route)
    expect(found?.contract.rateLimit, route).toEqual({ max, per: 'minute' })
  }
  const limited = await startTestApp({ env: { CONFAB_RATE_LIMITS: 'on' } })
  try {
    const hasty = await newPerson(limited)
    const ask = () => call(limited, 'POST /api/v1/speech/recognition', {}, as(hasty))
    for (let i = 0; i < 10; i++) expect((await ask()).status).toBe(400)
    const refused = await ask()
    expectFailure(refused, 429, 429)
    expect(refused.headers['retry-after']).toBeDefined()
  } finally {
    await limited.close()
  }
})
