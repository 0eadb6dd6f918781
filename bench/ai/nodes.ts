import { startServer } from '#test/support/server.ts'
import { startNode } from '#test/support/inference-node.ts'
import type { RunningNode } from '#test/support/inference-node.ts'
import { toneOf } from '#test/support/tone.ts'
import { percentile, ratioOf } from '../measurement.ts'
import type { Measurement } from '../measurement.ts'

/** Seconds of sound in a request: enough that denoising it outweighs sending it. */
const SECONDS = 20
const REQUESTS = 12
const AT_ONCE = 4

/** A server that does no inference itself, and whoever asks it. */
interface Installation {
  readonly url: string
  readonly authorization: string
  join(name: string): Promise<RunningNode>
  stop(): Promise<void>
}

async function install(): Promise<Installation> {
  const server = await startServer({ env: { CONFAB_ROLES: 'web,jobs' } })
  const nodes: RunningNode[] = []
  const post = async <T>(path: string, body: object, authorization?: string): Promise<T> => {
    const headers = { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) }
    const response = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return ((await response.json()) as { data: T }).data
  }
  const account = { username: 'bench', email: 'bench@example.com', password: 'password123' }
  await post('/api/v1/auth/register', account)
  const { token } = await post<{ token: string }>('/api/v1/auth/login', account)
  const authorization = `Bearer ${token}`
  const made = await post<{ token: string }>('/api/v1/nodes/tokens', { name: 'bench' }, authorization)
  return {
    url: server.url,
    authorization,
    join: async (name) => {
      const node = await startNode({ url: server.url, token: made.token, name })
      nodes.push(node)
      return node
    },
    stop: async () => {
      await Promise.all(nodes.map((node) => node.stop()))
      await server.stop()
    },
  }
}

/** Milliseconds each request took; `undefined` for one that was not answered with the sound. */
async function load(
  { url, authorization }: Installation,
  body: string,
  onAnswer: (done: number) => void = () => {},
): Promise<{ times: (number | undefined)[]; seconds: number }> {
  const times: (number | undefined)[] = []
  let asked = 0
  const began = performance.now()
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (asked < REQUESTS) {
        asked++
        const before = performance.now()
        const headers = { 'content-type': 'application/json', accept: 'audio/wav', authorization }
        const response = await fetch(`${url}/api/v1/audio/denoising`, { method: 'POST', headers, body })
        const { byteLength } = await response.arrayBuffer()
        const isWhole = response.status === 200 && byteLength === 44 + SECONDS * 48_000 * 2
        times.push(isWhole ? performance.now() - before : undefined)
        onAnswer(times.length)
      }
    }),
  )
  return { times, seconds: (performance.now() - began) / 1000 }
}

const answered = (times: readonly (number | undefined)[]): number[] => times.flatMap((time) => time ?? [])

/** Denoising 20 seconds of sound, four requests at once: two nodes beside one, and one that is killed under load. */
export async function measureNodes(): Promise<Measurement[]> {
  const installation = await install()
  const body = JSON.stringify({ audio_data: toneOf({ seconds: SECONDS }) })
  try {
    await installation.join('one')
    // The first request loads the model.
    await load(installation, body)
    const alone = await load(installation, body)
    const second = await installation.join('two')
    await load(installation, body)
    const both = await load(installation, body)
    const killed = await load(installation, body, (done) => {
      if (done === 1) void second.kill('SIGKILL')
    })
    const usual = percentile(answered(alone.times), 0.5)
    const slowest = Math.max(...answered(killed.times))
    const lost = killed.times.length - answered(killed.times).length
    return [
      ratioOf({
        name: 'denoising by two nodes',
        unit: 'requests/s',
        ours: REQUESTS / both.seconds,
        peer: REQUESTS / alone.seconds,
        peerName: 'one node, same machine',
      }),
      {
        name: 'a node killed under load: requests lost',
        measured: `${lost} of ${REQUESTS}`,
        asked: 'none',
        holds: lost === 0,
      },
      {
        name: 'a node killed under load: slowest request',
        measured: `${Math.round(slowest)} ms`,
        beside: `one node, median: ${Math.round(usual)} ms`,
        ratio: slowest / usual,
      },
    ]
  } finally {
    await installation.stop()
  }
}
