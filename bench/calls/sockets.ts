import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { startServer } from '#test/support/server.ts'
import type { RunningServer } from '#test/support/server.ts'
import { percentile } from '../measurement.ts'
import type { Measurement } from '../measurement.ts'

const ACCOUNTS = 20
const SOCKETS = 1_000
/** Calls asked for a second, spread over the sockets. */
const RATE = 100

/** 1,000 sockets of the real server: what each costs, and how soon a call is acknowledged while all of them ping. */
export async function measureSockets(): Promise<Measurement[]> {
  const server = await startServer({
    env: {
      CONFAB_CALLS_QUIET_FROM: '0',
      CONFAB_CALLS_QUIET_UNTIL: '0',
      CONFAB_CALLS_DAILY: '1000000',
      CONFAB_CALLS_DAILY_PER_ACCOUNT: '1000000',
      CONFAB_CALLS_DAILY_PER_DESTINATION: '1000000',
      CONFAB_CALLS_ACTIVE: '100',
    },
  })
  try {
    const keys = await registerAll(server)
    await delay(2_000)
    const before = await residentBytes(server)
    const sockets: WebSocket[] = []
    for (let at = 0; at < SOCKETS; at += 50) {
      sockets.push(...(await Promise.all(Array.from({ length: 50 }, (_, one) => open(server, keys, at + one)))))
    }
    const pings = setInterval(() => {
      for (const socket of sockets) socket.send('{"type":"ping"}')
    }, 1_000)
    await delay(5_000)
    const after = await residentBytes(server)
    const times = await askOnAll(sockets)
    clearInterval(pings)
    for (const socket of sockets) socket.terminate()
    const p99 = percentile(times, 0.99)
    return [
      {
        name: `${SOCKETS} sockets: memory of each`,
        measured: `${((after - before) / SOCKETS / 1024).toFixed(1)} KiB`,
      },
      {
        name: `${SOCKETS} sockets pinging every second, ${RATE} calls a second: call to call_ack`,
        measured: `median ${percentile(times, 0.5).toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
      },
    ]
  } finally {
    await server.stop()
  }
}

async function registerAll(server: RunningServer): Promise<string[]> {
  const keys: string[] = []
  for (let at = 0; at < ACCOUNTS; at++) {
    const answer = await fetch(`${server.url}/api/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: `bench${at}@example.com`, password: 'password123' }),
    })
    keys.push(((await answer.json()) as { user: { apiKey: string } }).user.apiKey)
  }
  return keys
}

function open(server: RunningServer, keys: readonly string[], at: number): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/ws?token=${keys[at % keys.length]}`)
    socket.once('open', () => resolve(socket))
    socket.once('error', reject)
  })
}

/** One call on each socket, `RATE` a second; the times to their acknowledgements, in ms. */
async function askOnAll(sockets: readonly WebSocket[]): Promise<number[]> {
  const times: Promise<number>[] = []
  for (const [at, socket] of sockets.entries()) {
    times.push(ask(socket, at))
    if (at % (RATE / 10) === 0) await delay(100)
  }
  return Promise.all(times)
}

function ask(socket: WebSocket, at: number): Promise<number> {
  const callId = `bench-${at}`
  const begun = performance.now()
  return new Promise((resolve, reject) => {
    const onMessage = (data: Buffer): void => {
      const frame = JSON.parse(data.toString()) as { type: string; callId?: string; code?: string }
      if (frame.callId !== callId || (frame.type !== 'call_ack' && frame.type !== 'error')) return
      socket.off('message', onMessage)
      if (frame.type === 'call_ack') resolve(performance.now() - begun)
      else reject(new Error(`a call was refused: ${frame.code ?? ''}`))
    }
    socket.on('message', onMessage)
    const to = `+8869${String(10_000_000 + at).padStart(8, '0')}`
    socket.send(JSON.stringify({ type: 'call', callId, to, message: 'hello' }))
  })
}

async function residentBytes(server: RunningServer): Promise<number> {
  const status = await readFile(`/proc/${server.process.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024
}
