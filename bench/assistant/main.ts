import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { openDatabase } from '#kernel/db/database.ts'
import { silentLog } from '#kernel/log.ts'
import { startServer } from '#test/support/server.ts'
import { percentile } from '../measurement.ts'
import type { Benchmark, Measurement } from '../measurement.ts'
import { manyStreams } from './many-streams.ts'
import { addedTime, addedWork } from './one-stream.ts'
import { seed } from './seed.ts'

/** A server with a pretended model, and who is signed in there. */
export interface Bench {
  readonly url: string
  readonly pid: number
  readonly providerUrl: string
  /** A new account's token. */
  signUp(): Promise<string>
}

async function jsonOf<T>(response: Response): Promise<T> {
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}

function signingUp(url: string): () => Promise<string> {
  let count = 0
  const post = (path: string, body: object): Promise<Response> =>
    fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  return async () => {
    const name = `bench${count++}`
    const account = { username: name, email: `${name}@example.com`, password: 'password123' }
    await jsonOf(await post('/api/auth/signup', account))
    const { email, password } = account
    return (await jsonOf<{ token: string }>(await post('/api/auth/signin', { email, password }))).token
  }
}

const get = (url: string, token: string): Promise<Response> =>
  fetch(url, { headers: { authorization: `Bearer ${token}` } })

/** Where the page after this one begins. */
async function cursorAfter(url: string, token: string): Promise<string> {
  return (await jsonOf<{ nextCursor: string }>(await get(url, token))).nextCursor
}

/** Milliseconds of `count` requests one after the other. */
async function timesOf(url: string, token: string, count: number): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < count; i++) {
    const began = performance.now()
    await jsonOf<unknown>(await get(url, token))
    times.push(performance.now() - began)
  }
  return times
}

/** A page of 10,000 conversations and of 5,000 messages, at the beginning and in the middle, and a search. */
async function lists(bench: Bench, dataDir: string): Promise<Measurement[]> {
  const token = await bench.signUp()
  const db = await openDatabase({ dataDir, log: silentLog, besideServer: true })
  let conversationId: number
  try {
    conversationId = await seed(db)
  } finally {
    await db.close()
  }
  const conversations = `${bench.url}/api/chat/conversations`
  const messages = `${conversations}/${conversationId}/messages`
  const measured = async (name: string, url: string): Promise<Measurement> => {
    await timesOf(url, token, 20)
    const times = await timesOf(url, token, 300)
    const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)]
    return { name, measured: `p99 ${p99.toFixed(1)} ms, p50 ${p50.toFixed(1)} ms` }
  }
  const next = await cursorAfter(`${conversations}?limit=50`, token)
  const older = await cursorAfter(`${messages}?limit=100`, token)
  return [
    await measured('list of 10,000 conversations, first 50', `${conversations}?limit=50`),
    await measured('list of 10,000 conversations, next 50', `${conversations}?limit=50&cursor=${next}`),
    await measured('conversation of 5,000 messages, newest 100', `${messages}?limit=100`),
    await measured('conversation of 5,000 messages, 100 before', `${messages}?limit=100&cursor=${older}`),
    await measured('search in 15,000 messages for two Chinese characters', `${bench.url}/api/chat/search?q=夜市`),
  ]
}

async function run(): Promise<Measurement[]> {
  const provider = spawn(process.execPath, [join(import.meta.dirname, 'provider.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] },
  })
  const dataDir = await mkdtemp(join(tmpdir(), 'confab-bench-'))
  try {
    const [line] = (await once(createInterface({ input: provider.stdout }), 'line')) as [string]
    const providerUrl = `http://127.0.0.1:${line.split(' ')[1]}/v1`
    const env = { CONFAB_LLM_URL: providerUrl, CONFAB_LLM_MODEL: 'bench', CONFAB_LOG_LEVEL: 'error' }
    const server = await startServer({ dataDir, env })
    try {
      const bench = { url: server.url, pid: server.process.pid ?? 0, providerUrl, signUp: signingUp(server.url) }
      return [
        await addedTime(bench),
        await addedWork(bench),
        ...(await manyStreams(bench)),
        ...(await lists(bench, dataDir)),
      ]
    } finally {
      await server.kill('SIGTERM')
    }
  } finally {
    provider.kill('SIGKILL')
    await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}

/** The assistant beside a client that calls the provider directly, and its lists. */
export const benchmark: Benchmark = { title: 'Assistant', run }
