import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { startServer } from '#test/support/server.ts'
import { percentile, ratioOf } from '../measurement.ts'
import type { Benchmark, Measurement } from '../measurement.ts'
import { disperse, everybodyChats, joinRoom } from './crowd.ts'

const LADDER = [10, 50, 100, 200, 500]
const CHATTERS = 100
const LINES = 20
/** Milliseconds between a person's lines: five a second each, five hundred in the room. */
const EVERY = 200
const BATCH = 20

interface Person {
  readonly token: string
}

async function call<T>(url: string, path: string, token: string | null, body: object = {}): Promise<T> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== null && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(60_000),
  })
  if (!response.ok)
    throw new Error(`${path} answers ${response.status} ${response.headers.get('x-fault')}: ${await response.text()}`)
  return (await response.json()) as T
}

async function inBatches<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let at = 0; at < all.length; at += BATCH) {
    results.push(...(await Promise.all(all.slice(at, at + BATCH).map(work))))
  }
  return results
}

/** A meeting with everybody joined by REST; their socket addresses. */
async function gathered(url: string, people: readonly Person[]): Promise<string[]> {
  const host = people[0] as Person
  const { data } = await call<{ data: { meeting_id: number } }>(url, '/api/v1/meetings', host.token, {
    title: 'Bench',
    start_time: '2030-01-01T10:00:00Z',
    end_time: '2030-01-01T11:00:00Z',
    max_participants: 1000,
  })
  await call(url, `/api/v1/meetings/${data.meeting_id}/start`, host.token)
  await inBatches(people, ({ token }) => call(url, `/api/v1/meetings/${data.meeting_id}/join`, token))
  const socket = `${url.replace('http', 'ws')}/ws/signaling?meeting_id=${data.meeting_id}`
  return people.map(({ token }) => `${socket}&token=${token}`)
}

async function ladder(ours: readonly string[][], raw: string): Promise<Measurement[]> {
  const measured: Measurement[] = []
  for (const addresses of ours) {
    const peers = await Promise.all(addresses.map(() => joinRoom(raw)))
    await disperse(peers.map(({ member }) => member))
    const joins = await Promise.all(addresses.map((address) => joinRoom(address)))
    await disperse(joins.map(({ member }) => member))
    const shown = (all: readonly { ms: number }[]): string => {
      const times = all.map(({ ms }) => ms)
      return `p50 ${percentile(times, 0.5).toFixed(0)} ms, p99 ${percentile(times, 0.99).toFixed(0)} ms`
    }
    measured.push({
      name: `${addresses.length} sockets joining one room at once`,
      measured: `${joins.length} joined, ${shown(joins)}`,
      beside: `bare ws, no accounts, database or media: ${shown(peers)}`,
    })
  }
  return measured
}

async function chatter(addresses: readonly string[], raw: string): Promise<Measurement[]> {
  const results = []
  for (const all of [addresses.map(() => raw), addresses]) {
    const members = (await Promise.all(all.map((address) => joinRoom(address)))).map(({ member }) => member)
    results.push(await everybodyChats(members, { lines: LINES, every: EVERY }))
    await disperse(members)
  }
  const [peer, ours] = results as [(typeof results)[0], (typeof results)[0]]
  const rate = ratioOf({
    name: `a room of ${CHATTERS} where everybody chats`,
    unit: 'deliveries/s',
    ours: ours.deliveriesPerSecond,
    peer: peer.deliveriesPerSecond,
    peerName: 'bare ws, nothing kept',
  })
  const p = (one: { latencies: number[] }, part: number): string => `${percentile(one.latencies, part).toFixed(0)} ms`
  return [
    rate,
    {
      name: 'from sending a line to hearing it, every line kept in the database',
      measured: `p50 ${p(ours, 0.5)}, p99 ${p(ours, 0.99)}`,
      beside: `bare ws, nothing kept: p50 ${p(peer, 0.5)}, p99 ${p(peer, 0.99)}`,
    },
  ]
}

async function residentMiB(pid: number): Promise<number> {
  return Number(/^VmRSS:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
}

async function run(): Promise<Measurement[]> {
  const server = await startServer({ env: { CONFAB_LOG_LEVEL: 'error' } })
  const peer = spawn(process.execPath, [join(import.meta.dirname, 'raw-server.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const [line] = (await once(createInterface({ input: peer.stdout }), 'line')) as [string]
    const raw = `ws://127.0.0.1:${line.split(' ')[1]}`
    const numbers = Array.from({ length: Math.max(...LADDER) }, (_, at) => at)
    const people = await inBatches(numbers, (at) =>
      call<Person>(server.url, '/api/auth/register', null, { email: `p${at}@example.com`, password: 'password123' }),
    )
    const rungs: string[][] = []
    for (const rung of LADDER) rungs.push(await gathered(server.url, people.slice(0, rung)))
    const climbed = await ladder(rungs, raw)
    const talked = await chatter(await gathered(server.url, people.slice(0, CHATTERS)), raw)
    const memory = await residentMiB(server.process.pid ?? 0)
    return [...climbed, ...talked, { name: 'server memory afterwards', measured: `${memory.toFixed(0)} MiB resident` }]
  } finally {
    peer.kill('SIGKILL')
    await server.stop()
  }
}

/** How fast rooms fill, and how fast words go round in them. */
export const benchmark: Benchmark = { title: 'Signalling', run }
