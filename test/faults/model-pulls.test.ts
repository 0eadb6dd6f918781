import { createHash, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startModelServer } from '#test/fakes/model-server.ts'
import { startServer } from '#test/support/server.ts'
import type { RunningServer } from '#test/support/server.ts'

const bytes = randomBytes(3_000_000)
const HALF = 1_500_000

async function ask(server: RunningServer, route: string, options: { body?: object; token?: string } = {}) {
  const [method = '', path = ''] = route.split(' ')
  const { body, token } = options
  const response = await fetch(server.url + path, {
    method,
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return ((await response.json()) as { data: unknown }).data
}

async function signIn(server: RunningServer): Promise<string> {
  const account = { username: 'admin', email: 'admin@example.com', password: 'password123' }
  await ask(server, 'POST /api/v1/auth/register', { body: account })
  return ((await ask(server, 'POST /api/v1/auth/login', { body: account })) as { token: string }).token
}

test('a download goes on by itself after the server was killed, where it was', async () => {
  const models = await startModelServer()
  const dataDir = await mkdtemp(join(tmpdir(), 'confab-pull-kill-'))
  const env = { CONFAB_FETCH_PRIVATE: 'on' }
  let server: RunningServer | undefined
  try {
    models.serve('/model', { bytes, answers: [{ stallAfter: HALF }, {}] })
    await mkdir(join(dataDir, 'model-imports/mine'), { recursive: true })
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const files = [{ path: 'model.onnx', url: `${models.url}/model`, sha256, bytes: bytes.length }]
    const about = { id: 'mine', name: 'Mine', type: 'emotion', version: '1', engine: 'onnx', licence: 'MIT' }
    await writeFile(join(dataDir, 'model-imports/mine/model.json'), JSON.stringify({ ...about, files }))

    server = await startServer({ env, dataDir })
    const token = await signIn(server)
    const running = server
    const status = async () =>
      (await ask(running, 'GET /api/v1/models/mine/status', { token })) as { progress: { bytes: number } }
    await ask(server, 'POST /api/v1/models/mine/pull', { token })
    await expect.poll(async () => (await status()).progress.bytes, { timeout: 40_000 }).toBe(HALF)
    await server.kill('SIGKILL')

    server = await startServer({ env, dataDir })
    const again = server
    const state = async () =>
      ((await ask(again, 'GET /api/v1/models/mine/status', { token })) as { state: string }).state
    await expect.poll(state, { timeout: 40_000 }).toBe('installed')
    expect((await readFile(join(dataDir, 'models/mine/model.onnx'))).equals(bytes)).toBe(true)
    expect(models.requests.map(({ range }) => range)).toEqual([undefined, `bytes=${HALF}-`])
  } finally {
    await server?.kill('SIGTERM')
    await models.close()
    await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}, 240_000)
