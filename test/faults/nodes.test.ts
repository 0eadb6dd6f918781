import { afterEach, beforeEach, expect, test } from 'vitest'
import { startNode } from '#test/support/inference-node.ts'
import type { RunningNode } from '#test/support/inference-node.ts'
import { startServer } from '#test/support/server.ts'
import type { RunningServer } from '#test/support/server.ts'
import { toneOf } from '#test/support/tone.ts'

/** A node that dies under load: whoever asked the server notices nothing. */
let server: RunningServer
let authorization = ''
let nodes: RunningNode[] = []

async function ask(method: string, path: string, body?: object): Promise<{ status: number; data: unknown }> {
  const response = await fetch(server.url + path, {
    method,
    headers: { 'content-type': 'application/json', authorization },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const { data } = (await response.json()) as { data: unknown }
  return { status: response.status, data }
}

// Each try has nodes of its own.
beforeEach(async () => {
  authorization = ''
  // It does no inference itself.
  server = await startServer({ env: { CONFAB_ROLES: 'web,jobs' } })
  const account = { username: 'admin', email: 'admin@example.com', password: 'password123' }
  await ask('POST', '/api/v1/auth/register', account)
  const tokenOf = ({ data }: { data: unknown }): string => (data as { token: string }).token
  authorization = `Bearer ${tokenOf(await ask('POST', '/api/v1/auth/login', account))}`
  const token = tokenOf(await ask('POST', '/api/v1/nodes/tokens', { name: 'all' }))
  nodes = await Promise.all(['one', 'two'].map((name) => startNode({ url: server.url, token, name })))
}, 120_000)
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.stop()))
  await server.stop()
}, 60_000)

async function activeAt(id: string): Promise<number> {
  const { data } = await ask('GET', `/api/v1/nodes/${id}/status`)
  return (data as { active_requests: number }).active_requests
}

test('no request is lost, and the other node does them all', async () => {
  const sound = toneOf({ seconds: 20 })
  const requests = Array.from({ length: 10 }, () => ask('POST', '/api/v1/audio/denoising', { audio_data: sound }))
  // Only a node with work in hand proves anything.
  await expect.poll(() => activeAt('one'), { timeout: 30_000, interval: 5 }).toBeGreaterThan(0)
  await nodes[0]?.kill('SIGKILL')
  const answers = await Promise.all(requests)
  for (const answer of answers) expect(answer).toMatchObject({ status: 200, data: { duration: 20, model: 'rnnoise' } })
  await expect
    .poll(async () => (await ask('GET', '/api/v1/nodes')).data)
    .toMatchObject({
      nodes: [
        { node_id: 'one', status: 'offline' },
        { node_id: 'two', status: 'online' },
      ],
    })
}, 180_000)
