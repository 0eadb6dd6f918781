import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call } from '#test/support/accounts-client.ts'
import { as, expectFailure, newPerson } from '#test/support/accounts-v1.ts'
import type { Person } from '#test/support/accounts-v1.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'
import { startNode } from '#test/support/inference-node.ts'
import type { RunningNode } from '#test/support/inference-node.ts'
import {
  LOUDNESS,
  RECOGNISER,
  RECOGNISER_TOKENS,
  layModel,
  loudnessClassifier,
  tinyRecogniser,
} from '#test/support/tiny-models.ts'
import { toneOf } from '#test/support/tone.ts'

/** Other machines as nodes: a server that does no inference itself, and a node in a process of its own. */
let app: TestApp
let admin: Person
let person: Person
let node: RunningNode
let token: string
beforeAll(async () => {
  app = await startTestApp({ listen: true, env: { CONFAB_ROLES: 'web,jobs' } })
  admin = await newPerson(app)
  person = await newPerson(app)
})
afterAll(async () => {
  await node?.stop()
  await app.close()
})

const ask = (route: string, body?: object, who = admin) => call(app, route, body, as(who))
const nodeStatus = async (id: string) => (await ask(`GET /api/v1/nodes/${id}/status`)).body.data
const denoise = () => ask('POST /api/v1/audio/denoising', { audio_data: toneOf({ seconds: 1 }) }, person)
const REPORT = { cpu: 1, memory: 1, memory_total: 1, active: 0, queue_limit: 1, models: [], loaded: [] }
const machine = (path: string, body: object, bearer: string) =>
  call(app, `POST /api/v1/nodes/${path}`, body, { bearer })

describe('tokens', () => {
  test('are an admin’s to make; they are told once and kept as hashes', async () => {
    for (const route of ['GET /api/v1/nodes/tokens', 'POST /api/v1/nodes/tokens', 'DELETE /api/v1/nodes/tokens/1']) {
      expectFailure(await ask(route, route.startsWith('POST') ? { name: 'x' } : undefined, person), 403, 403)
    }
    const made = await ask('POST /api/v1/nodes/tokens', { name: 'rack 1' })
    expect(made.status).toBe(201)
    token = made.body.data.token
    expect(token).toMatch(/^cfn_\w{40}$/)
    const list = (await ask('GET /api/v1/nodes/tokens')).body.data
    expect(list).toMatchObject({ count: 1, tokens: [{ name: 'rack 1', last_used_at: null, nodes: [] }] })
    expect(JSON.stringify(list)).not.toContain(token)
    const [row] = await app.db.query<{ text: string }>('SELECT ai_node_tokens::text AS text FROM ai_node_tokens')
    expect(row?.text).not.toContain(token)
  })

  test('that are not known, and names that are taken, are refused', async () => {
    const about = { node_id: 'mars', port: 1, key: 'k'.repeat(40), version: '1', report: REPORT }
    expectFailure(await machine('register', about, `cfn_${'x'.repeat(40)}`), 401, 401, '节点令牌无效')
    expectFailure(await machine('register', about, admin.token), 401, 401)
    expectFailure(await machine('register', { ...about, node_id: 'local' }, token), 409, 409)
    expectFailure(await machine('heartbeat', { node_id: 'mars', report: REPORT }, token), 404, 404, '节点不存在')
  })
})

describe('a node', () => {
  test('without one, and no inference here, a request says so', async () => {
    expect((await ask('GET /api/v1/nodes')).body.data).toEqual({ nodes: [], count: 0 })
    expectFailure(await denoise(), 503, 4001, expect.stringMatching(/在线节点/))
  })

  test('registers, and is seen with what it measures', async () => {
    node = await startNode({ url: app.url, token, name: 'rack-1' })
    expect(await nodeStatus('rack-1')).toMatchObject({
      node_id: 'rack-1',
      kind: 'confab',
      status: 'online',
      address: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
      cpu_usage: expect.any(Number) as number,
      memory_usage: expect.any(Number) as number,
      loaded_models: [],
      models: ['rnnoise'],
      active_requests: 0,
      queue_limit: 16,
      version: '0.1.0',
      reason: null,
      removable: true,
    })
    expect((await nodeStatus('rack-1')).memory_total).toBeGreaterThan(100_000_000)
    const { tokens } = (await ask('GET /api/v1/nodes/tokens')).body.data
    expect(tokens[0]).toMatchObject({ nodes: ['rack-1'], last_used_at: expect.any(String) as string })
  })

  test('does what is asked of the server', async () => {
    const { status, body } = await denoise()
    expect(status).toBe(200)
    expect(body.data).toMatchObject({ duration: 1, model: 'rnnoise', file_id: expect.any(String) as string })
    // Its process runs there and not here.
    expect((await ask('GET /api/v1/models/rnnoise/status')).body.data).toMatchObject({ state: 'installed' })
    const health = (await ask('POST /api/v1/nodes/rack-1/health-check')).body.data
    expect(health).toMatchObject({ healthy: true, status: 'online' })
    expect(health.checks.map((one: { name: string; ok: boolean }) => [one.name, one.ok])).toEqual([
      ['node', true],
      ['rnnoise', true],
    ])
  })

  test('classifies and recognises, with models that are installed on both', async () => {
    for (const dataDir of [app.dataDir, node.dataDir]) {
      const lay = (about: Parameters<typeof layModel>[1], files: Parameters<typeof layModel>[2]) =>
        layModel(join(dataDir, 'models', about.id), about, files)
      await lay(
        { id: 'loudness', type: 'emotion', engine: 'onnx', contract: LOUDNESS },
        { 'model.onnx': loudnessClassifier() },
      )
      const stt = { id: 'tiny-stt', type: 'speech-recognition', engine: 'sherpa-onnx', contract: RECOGNISER } as const
      await lay(stt, { 'model.onnx': tinyRecogniser(), 'tokens.txt': RECOGNISER_TOKENS })
    }
    // The node tells of them with its next heartbeat.
    const able = async (): Promise<string[]> => (await nodeStatus('rack-1')).models
    await expect.poll(able, { timeout: 15_000 }).toEqual(['rnnoise', 'loudness', 'tiny-stt'])
    const sound = { audio_data: toneOf({ seconds: 2 }) }
    const emotion = await ask('POST /api/v1/speech/emotion', sound, person)
    expect(emotion.body.data).toMatchObject({ model: 'loudness', details: { loud: expect.any(Number) as number } })
    const said = await ask('POST /api/v1/speech/recognition', sound, person)
    expect(said.body.data).toMatchObject({ model: 'tiny-stt', text: expect.stringMatching(/^[啊嗯]+$/) as string })
    for (const id of ['loudness', 'tiny-stt']) {
      expect((await ask(`GET /api/v1/models/${id}/status`)).body.data).toMatchObject({ state: 'installed' })
    }
    const health = (await ask('POST /api/v1/nodes/rack-1/health-check')).body.data
    expect(health.checks.map((one: { name: string }) => one.name)).toEqual(['node', 'rnnoise', 'loudness', 'tiny-stt'])
  }, 40_000)

  test('loads and frees a model there when it is asked to', async () => {
    const unload = () => ask('DELETE /api/v1/models/rnnoise/unload?node_id=rack-1')
    expect((await unload()).body.data).toMatchObject({ status: 'unloaded', memory_usage: 0 })
    const loaded = await ask('POST /api/v1/models/rnnoise/load', { node_id: 'rack-1' })
    expect(loaded.body.data).toMatchObject({ status: 'loaded', load_time: expect.any(Number) as number })
    expect(loaded.body.data.memory_usage).toBeGreaterThan(10_000_000)
    expectFailure(await ask('POST /api/v1/models/nobody-has-it/load', { node_id: 'rack-1' }), 404, 404)
  })

  test('says what is wrong with a sound, as the server itself would', async () => {
    expectFailure(await ask('POST /api/v1/audio/denoising', { audio_data: 'AAAA' }, person), 400, 400)
  })

  test('lets in nobody but its server', async () => {
    const { address } = await nodeStatus('rack-1')
    for (const authorization of ['', `Bearer ${token}`, `Bearer ${admin.token}`]) {
      const response = await fetch(`${address}/node/v1/check`, { headers: { authorization } })
      expect(response.status).toBe(401)
    }
    const [row] = await app.db.query<{ key: Buffer }>("SELECT key FROM ai_nodes WHERE id = 'rack-1'")
    expect(row?.key.toString('latin1')).not.toMatch(/^\w{48}$/)
  })

  test('that leaves is offline, and found out when it died', async () => {
    await node.kill('SIGKILL')
    const health = (await ask('POST /api/v1/nodes/rack-1/health-check')).body.data
    expect(health).toMatchObject({ healthy: false, status: 'offline', checks: [{ name: 'node', ok: false }] })
    expectFailure(await denoise(), 503, 4001)
    await node.stop()
    node = await startNode({ url: app.url, token, name: 'rack-1' })
    expect(await nodeStatus('rack-1')).toMatchObject({ status: 'online' })
    expect((await denoise()).status).toBe(200)
    await node.kill('SIGTERM')
    expect(await nodeStatus('rack-1')).toMatchObject({ status: 'offline', reason: 'it left' })
  })

  test('is gone with its token', async () => {
    await node.stop()
    node = await startNode({ url: app.url, token, name: 'rack-1' })
    const { tokens } = (await ask('GET /api/v1/nodes/tokens')).body.data
    expect((await ask(`DELETE /api/v1/nodes/tokens/${tokens[0].token_id}`)).status).toBe(200)
    expectFailure(await ask('GET /api/v1/nodes/rack-1/status'), 404, 404)
    expectFailure(await machine('heartbeat', { node_id: 'rack-1', report: REPORT }, token), 401, 401)
    expectFailure(await denoise(), 503, 4001)
    expectFailure(await ask(`DELETE /api/v1/nodes/tokens/${tokens[0].token_id}`), 404, 404)
  })
})
