import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { processesNaming } from '#test/support/processes.ts'
import { startServer } from '#test/support/server.ts'
import type { RunningServer } from '#test/support/server.ts'

/** `kill -9` of the server while it acknowledges writes: what was acknowledged is there afterwards, and nothing is left running. */
const ROUNDS = 10
const WRITERS = 8
/** The kill comes while this many acknowledgements of the round are still to come. */
const ACKNOWLEDGED_PER_ROUND = 40

let dataDir: string
let running: RunningServer | undefined
// Each try has an installation of its own.
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'confab-kill-'))
})
afterEach(async () => {
  await running?.kill('SIGKILL')
  await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

interface Envelope<T> {
  readonly data: T
}

async function call<T>(
  server: RunningServer,
  method: string,
  path: string,
  token: string | undefined,
  body?: unknown,
): Promise<T> {
  const answer = await fetch(server.url + path, {
    method,
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(20_000),
  })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  return ((await answer.json()) as Envelope<T>).data
}

/** Creates meetings until the server is gone; every acknowledged title is noted. */
async function write(server: RunningServer, token: string, name: string, acknowledged: Set<string>): Promise<void> {
  for (let i = 0; ; i++) {
    const title = `${name}-${i}`
    try {
      await call(server, 'POST', '/api/v1/meetings', token, {
        title,
        start_time: '2027-01-01T00:00:00Z',
        end_time: '2027-01-01T01:00:00Z',
      })
    } catch {
      return
    }
    acknowledged.add(title)
  }
}

async function titlesOf(server: RunningServer, token: string): Promise<Set<string>> {
  const found = new Set<string>()
  for (let page = 1; ; page++) {
    const { meetings } = await call<{ meetings: { title: string }[] }>(
      server,
      'GET',
      `/api/v1/meetings?page=${page}&page_size=100`,
      token,
    )
    for (const { title } of meetings) found.add(title)
    if (meetings.length < 100) return found
  }
}

test(`nothing acknowledged is lost by kill -9, ${ROUNDS} times in a row`, { timeout: 240_000 }, async () => {
  const acknowledged = new Set<string>()
  const account = { username: 'writer', email: 'writer@example.com', password: 'password123' }
  let server = (running = await startServer({ dataDir }))
  await call(server, 'POST', '/api/v1/auth/register', undefined, account)
  const { token } = await call<{ token: string }>(server, 'POST', '/api/v1/auth/login', undefined, account)
  for (let round = 0; round < ROUNDS; round++) {
    const before = acknowledged.size
    const current = server
    const writers = Array.from({ length: WRITERS }, (_, i) => write(current, token, `r${round}w${i}`, acknowledged))
    await vi.waitUntil(() => acknowledged.size - before >= ACKNOWLEDGED_PER_ROUND, { timeout: 30_000, interval: 2 })
    await server.kill('SIGKILL')
    await Promise.all(writers)
    server = running = await startServer({ dataDir })
    const found = await titlesOf(server, token)
    const lost = [...acknowledged].filter((title) => !found.has(title))
    expect(lost, `round ${round}`).toEqual([])
  }
  await server.kill('SIGKILL')
  // The database ends by itself once its server is gone.
  await vi.waitUntil(() => processesNaming(dataDir).length === 0, { timeout: 20_000, interval: 50 })
  expect(acknowledged.size).toBeGreaterThanOrEqual(ROUNDS * ACKNOWLEDGED_PER_ROUND)
})
