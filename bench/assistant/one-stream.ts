import { readFile } from 'node:fs/promises'
import { OpenAI } from 'openai'
import { eventsOf } from '#test/support/sse.ts'
import { percentile } from '../measurement.ts'
import type { Measurement } from '../measurement.ts'
import type { Bench } from './main.ts'

const TURNS = 400
/** Turns that warm both up: a server's code is compiled by use, and it is used for days. */
const WARM = 250
const TOKENS = 4_000
/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10

/** Opens a stream of our server. */
export function ask(
  bench: Pick<Bench, 'url'>,
  token: string,
  tokens: number,
  conversationId?: number,
): Promise<Response> {
  return fetch(`${bench.url}/api/chat/stream`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ message: `${tokens} tokens`, conversationId: conversationId ?? null }),
  })
}

/** The provider's own stream, through the client people use. */
export async function askDirectly(client: OpenAI, tokens: number): Promise<AsyncIterable<{ choices: unknown[] }>> {
  const messages = [{ role: 'user' as const, content: `${tokens} tokens` }]
  return client.chat.completions.create({ model: 'bench', messages, stream: true })
}

/** The first token through us and directly, in turns. */
export async function addedTime(bench: Bench): Promise<Measurement> {
  const token = await bench.signUp()
  const client = new OpenAI({ baseURL: bench.providerUrl, apiKey: 'none' })
  const ours: number[] = []
  const direct: number[] = []
  let conversationId: number | undefined
  for (let turn = 0; turn < TURNS; turn++) {
    // A new one every ten questions, so that asking for titles does not disturb the rest.
    if (turn % 10 === 0) conversationId = undefined
    let began = performance.now()
    for await (const one of eventsOf(await ask(bench, token, 2, conversationId))) {
      if (one.event === 'ready') ({ conversationId } = one.data as { conversationId: number })
      if (one.event === 'delta' && ours.length === turn) ours.push(performance.now() - began)
    }
    began = performance.now()
    for await (const _chunk of await askDirectly(client, 2)) {
      if (direct.length === turn) direct.push(performance.now() - began)
    }
  }
  const [us, them] = [percentile(ours.slice(WARM), 0.5), percentile(direct.slice(WARM), 0.5)]
  const added = us - them
  return {
    name: 'time to first token, added (p50; the question is kept meanwhile)',
    measured: `${added.toFixed(2)} ms`,
    beside: `through us ${us.toFixed(2)} ms (p99 ${percentile(ours.slice(WARM), 0.99).toFixed(2)}), directly ${them.toFixed(2)} ms`,
    asked: 'at most 3 ms',
    holds: added <= 3,
  }
}

/** Processor time a process has used, in milliseconds. */
async function workOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/** What 1,000 tokens cost our server, beside what they cost a client of the provider. */
export async function addedWork(bench: Bench): Promise<Measurement> {
  const tokens = await Promise.all([bench.signUp(), bench.signUp()])
  const client = new OpenAI({ baseURL: bench.providerUrl, apiKey: 'none' })
  const idle = await workOf(bench.pid)
  await Promise.all(
    tokens.map(async (token) => {
      for await (const one of eventsOf(await ask(bench, token, TOKENS))) if (one.event === 'done') return
    }),
  )
  const ours = ((await workOf(bench.pid)) - idle) / (TOKENS / 1_000) / tokens.length
  const before = process.cpuUsage()
  await Promise.all(
    tokens.map(async () => {
      for await (const chunk of await askDirectly(client, TOKENS)) if (chunk.choices.length === 0) return
    }),
  )
  const used = process.cpuUsage(before)
  const direct = (used.user + used.system) / 1_000 / (TOKENS / 1_000) / tokens.length
  return {
    name: 'processor time of the server for 1,000 tokens (at 200 a second: 5 s)',
    measured: `${ours.toFixed(0)} ms`,
    beside: `a client of the provider itself: ${direct.toFixed(0)} ms`,
    ratio: ours / direct,
  }
}
