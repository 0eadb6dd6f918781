import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import autocannon from 'autocannon'
import { processTree } from '#test/support/processes.ts'
import { launchPostgres } from '#kernel/db/launcher/launch.ts'
import { silentLog } from '#kernel/log.ts'
import { startServer } from '#test/support/server.ts'
import { ratioOf } from '../measurement.ts'
import type { Benchmark, Measurement } from '../measurement.ts'

const CONNECTIONS = 32
const SECONDS = 6
/** Turns taken in one run, so that a slow minute of the machine hits both. */
const TURNS = 3

/** As many accounts as connections, so that no two requests of a moment read the same rows. */
async function signedUp(url: string): Promise<string[]> {
  const tokens: string[] = []
  for (let i = 0; i < CONNECTIONS; i++) {
    const body = JSON.stringify({ username: `bench${i}`, email: `bench${i}@example.com`, password: 'password123' })
    const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
    await fetch(`${url}/api/v1/auth/register`, options)
    const answer = (await (await fetch(`${url}/api/v1/auth/login`, options)).json()) as { data: { token: string } }
    tokens.push(answer.data.token)
  }
  return tokens
}

async function requestsPerSecond(url: string, tokens: readonly string[]): Promise<number> {
  let next = 0
  const result = await autocannon({
    url: `${url}/api/auth/me`,
    connections: tokens.length,
    duration: SECONDS,
    setupClient: (client) => client.setHeaders({ authorization: `Bearer ${tokens[next++ % tokens.length]}` }),
  })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} answers were not 2xx, ${result.errors} failed`)
  return result.requests.average
}

/** `GET /api/auth/me`, database reads included, beside raw node:http with the same reads on the same database. */
async function cheapRoute(): Promise<Measurement> {
  const dataDir = await mkdtemp(join(tmpdir(), 'confab-bench-'))
  const database = await launchPostgres({ dataDir, log: silentLog })
  const { host, port, user, database: name } = database.connection
  const url = `postgres://${user}@localhost:${port}/${name}?host=${encodeURIComponent(host)}`
  // Signing up 32 accounts from one address is more than document 5's limits allow.
  const env = { DATABASE_URL: url, CONFAB_LOG_LEVEL: 'error', CONFAB_RATE_LIMITS: 'off' }
  const server = await startServer({ dataDir, env })
  const raw = spawn(process.execPath, [join(import.meta.dirname, 'raw-server.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], CONFAB_DATA_DIR: dataDir, DATABASE_URL: url },
  })
  try {
    const [line] = (await once(createInterface({ input: raw.stdout }), 'line')) as [string]
    const rawUrl = `http://127.0.0.1:${line.split(' ')[1]}`
    const tokens = await signedUp(server.url)
    let ours = 0
    let peer = 0
    await requestsPerSecond(server.url, tokens)
    await requestsPerSecond(rawUrl, tokens)
    for (let turn = 0; turn < TURNS; turn++) {
      ours += await requestsPerSecond(server.url, tokens)
      peer += await requestsPerSecond(rawUrl, tokens)
    }
    return ratioOf({
      name: `GET /api/auth/me, ${CONNECTIONS} connections`,
      unit: 'requests/s',
      ours: ours / TURNS,
      peer: peer / TURNS,
      peerName: 'raw node:http with the same reads',
      atLeast: 0.85,
    })
  } finally {
    raw.kill('SIGKILL')
    await server.kill('SIGTERM')
    await database.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** Proportional set size: shared pages counted once, in MiB. */
async function memoryOf(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')
  return Number(/^Pss: +(\d+)/m.exec(rollup)?.[1] ?? 0) / 1024
}

async function timeToReady(dataDir: string): Promise<{ seconds: number; memory: number; processes: number }> {
  const began = performance.now()
  const server = await startServer({ dataDir, env: { CONFAB_LOG_LEVEL: 'error' } })
  try {
    const ready = await fetch(`${server.url}/ready`)
    if (!ready.ok) throw new Error(`/ready answers ${ready.status}`)
    const seconds = (performance.now() - began) / 1000
    const pids = processTree(server.process.pid ?? 0)
    const memory = await Promise.all(pids.map(memoryOf))
    return { seconds, memory: memory.reduce((sum, one) => sum + one, 0), processes: pids.length }
  } finally {
    await server.kill('SIGTERM')
  }
}

async function start(): Promise<Measurement[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'confab-bench-'))
  try {
    const first = await timeToReady(dataDir)
    const again = [await timeToReady(dataDir), await timeToReady(dataDir), await timeToReady(dataDir)]
    const seconds = again.map((one) => one.seconds).toSorted((a, b) => a - b)[1] ?? Number.NaN
    return [
      {
        name: 'start to /ready, empty data directory',
        measured: `${first.seconds.toFixed(2)} s`,
        asked: 'under 6 s',
        holds: first.seconds < 6,
      },
      {
        name: 'start to /ready, existing data directory',
        measured: `${seconds.toFixed(2)} s`,
        asked: 'under 1.5 s',
        holds: seconds < 1.5,
      },
      {
        name: 'idle memory of all processes (PSS)',
        measured: `${(again[2]?.memory ?? Number.NaN).toFixed(0)} MiB in ${again[2]?.processes} processes`,
      },
    ]
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** The floor under everything: a cheap route, starting, idling. */
export const benchmark: Benchmark = {
  title: 'HTTP and start',
  run: async () => [await cheapRoute(), ...(await start())],
}
