import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { startServer } from '#test/support/server.ts'
import type { RunningServer } from '#test/support/server.ts'
import { percentile, ratioOf } from '../measurement.ts'
import type { Benchmark, Measurement } from '../measurement.ts'
import { measureDurable } from './durable.ts'
import { openListeners, stamp } from './listeners.ts'

const MEMBERS = 1_000
const MESSAGES = 60
const IDLE = 10_000
/** Sockets of one account: a router lets one account open a thousand. */
const PER_ACCOUNT = 500
/** What surrounds the text in a frame of ours, so that the peer sends as many bytes. */
const PADDING = 420

async function ask<T>(server: RunningServer, path: string, body: object, token?: string): Promise<T> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(60_000),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}

interface Person {
  readonly id: number
  readonly token: string
}

async function signUp(server: RunningServer, name: string): Promise<Person> {
  const { data } = await ask<{ data: { user: { id: number }; token: string } }>(server, '/api/auth/register', {
    email: `${name}@example.com`,
    username: name,
    account: name,
    password: 'password123',
    passwordChk: 'password123',
  })
  return { id: data.user.id, token: data.token }
}

const HELLO = JSON.stringify({ type: 'hello' })
const isReady = (text: string): boolean => text.startsWith('{"type":"ready"')

async function fanOut(server: RunningServer, people: readonly Person[], raw: string): Promise<Measurement[]> {
  const owner = people[0] as Person
  const { group } = await ask<{ group: { id: number } }>(
    server,
    '/api/groups',
    { name: 'Everybody', user_ids: people.slice(1).map(({ id }) => id) },
    owner.token,
  )
  const deliveries = MEMBERS * MESSAGES
  const addressOf = (index: number): string =>
    `${server.url.replace('http', 'ws')}/ws/events?token=${people[index % people.length]?.token}`

  const peers = await openListeners(
    Array.from({ length: MEMBERS }, () => raw),
    {},
  )
  let began = performance.now()
  for (let i = 0; i < MESSAGES; i++) peers.sockets[0]?.send(`${stamp()} ${'x'.repeat(PADDING)}`)
  await peers.heard(deliveries)
  const peerRate = (deliveries * 1_000) / (performance.now() - began)
  peers.close()

  const ours = await openListeners(
    Array.from({ length: MEMBERS }, (_, i) => addressOf(i)),
    { greet: HELLO, isReady },
  )
  began = performance.now()
  await Promise.all(
    Array.from({ length: MESSAGES }, () =>
      ask(server, '/api/messages', { chat_room_id: group.id, content: stamp() }, owner.token),
    ),
  )
  await ours.heard(deliveries)
  const ourRate = (deliveries * 1_000) / (performance.now() - began)
  const p = (all: readonly number[], part: number): string => `${percentile(all, part).toFixed(0)} ms`
  const crowded = `p50 ${p(ours.latencies, 0.5)}, p99 ${p(ours.latencies, 0.99)}`

  // One at a time, as people talk.
  ours.latencies.length = 0
  for (let i = 0; i < 10; i++) {
    await ask(server, '/api/messages', { chat_room_id: group.id, content: stamp() }, owner.token)
    await ours.heard(MEMBERS * (i + 1))
  }
  const calm = `p50 ${p(ours.latencies, 0.5)}, p99 ${p(ours.latencies, 0.99)}`
  ours.close()
  return [
    ratioOf({
      name: `one room of ${MEMBERS} connected members, ${MESSAGES} messages at once, each kept`,
      unit: 'deliveries/s',
      ours: ourRate,
      peer: peerRate,
      peerName: 'bare ws broadcast, nothing kept',
      atLeast: 0.8,
    }),
    {
      name: 'from posting to every one of them, all at once',
      measured: crowded,
      beside: `bare ws: p50 ${p(peers.latencies, 0.5)}, p99 ${p(peers.latencies, 0.99)}`,
    },
    { name: 'from posting to every one of them, one message at a time', measured: calm },
  ]
}

async function residentKiB(pid: number): Promise<number> {
  return Number(/^VmRSS:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
}

async function idle(server: RunningServer, people: readonly Person[]): Promise<Measurement> {
  const pid = server.process.pid ?? 0
  const before = await residentKiB(pid)
  const addresses = Array.from(
    { length: IDLE },
    (_, i) => `${server.url.replace('http', 'ws')}/ws/events?token=${people[Math.floor(i / PER_ACCOUNT)]?.token}`,
  )
  const open = await openListeners(addresses, { greet: HELLO, isReady })
  // Garbage of the opening is not what a socket costs.
  await pause(5_000)
  const after = await residentKiB(pid)
  open.close()
  return {
    name: `${IDLE.toLocaleString('en')} idle sockets`,
    measured: `${((after - before) / IDLE).toFixed(1)} KiB of resident memory each (${Math.round(before / 1024)} → ${Math.round(after / 1024)} MiB)`,
  }
}

async function run(): Promise<Measurement[]> {
  const durable = await measureDurable()
  const server = await startServer({ env: { CONFAB_LOG_LEVEL: 'error' } })
  const peer = spawn(process.execPath, [join(import.meta.dirname, 'raw-server.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const [line] = (await once(createInterface({ input: peer.stdout }), 'line')) as [string]
    const people: Person[] = []
    for (let i = 0; i < IDLE / PER_ACCOUNT; i++) people.push(await signUp(server, `member${i}`))
    const spread = await fanOut(server, people, `ws://127.0.0.1:${line.split(' ')[1]}`)
    return [...durable, ...spread, await idle(server, people)]
  } finally {
    peer.kill('SIGKILL')
    await server.stop()
  }
}

/** How fast messages are kept and told, and what an idle socket costs. */
export const benchmark: Benchmark = { title: 'Rooms', run }
