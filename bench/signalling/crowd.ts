import { once } from 'node:events'
import { WebSocket } from 'ws'

/** One client of a signalling server, as lean as can be. */
export interface Member {
  readonly socket: WebSocket
  /** Frames received so far, by type. */
  readonly counts: Map<string, number>
}

/** Opens a socket, sends `join` and waits for its answer; resolves with the milliseconds it took. */
export async function joinRoom(url: string): Promise<{ member: Member; ms: number }> {
  const began = performance.now()
  const socket = new WebSocket(url, { perMessageDeflate: false })
  const counts = new Map<string, number>()
  const joined = new Promise<void>((resolve, reject) => {
    socket.on('message', (data: Buffer) => {
      const type = typeOf(data)
      counts.set(type, (counts.get(type) ?? 0) + 1)
      if (type === 'join') resolve()
      if (type === 'error') reject(new Error(data.toString('utf8')))
    })
    socket.once('close', (code) => reject(new Error(`closed with ${code}`)))
    socket.once('error', reject)
  })
  joined.catch(() => {})
  await once(socket, 'open')
  socket.send('{"type":"join","data":{}}')
  await joined
  return { member: { socket, counts }, ms: performance.now() - began }
}

/** Every member says `lines` lines, `every` milliseconds apart; resolves when everybody has heard everything. */
export async function everybodyChats(
  members: readonly Member[],
  options: { lines: number; every: number },
): Promise<{ deliveriesPerSecond: number; latencies: number[] }> {
  const expected = members.length * options.lines * members.length
  const latencies: number[] = []
  let heard = 0
  let done = (): void => {}
  const all = new Promise<void>((resolve) => (done = resolve))
  for (const { socket } of members) {
    socket.on('message', (data: Buffer) => {
      if (typeOf(data) !== 'chat') return
      const sent = /at (\d+\.?\d*) /.exec(data.toString('utf8'))?.[1]
      latencies.push(performance.now() - Number(sent))
      if (++heard === expected) done()
    })
  }
  const began = performance.now()
  for (let line = 0; line < options.lines; line++) {
    for (const { socket } of members) {
      socket.send(
        JSON.stringify({ type: 'chat', data: { content: `at ${performance.now()} and some words beside it` } }),
      )
    }
    await new Promise((resolve) => setTimeout(resolve, options.every))
  }
  await all
  return { deliveriesPerSecond: (expected / (performance.now() - began)) * 1000, latencies }
}

/** Lets all go. */
export async function disperse(members: readonly Member[]): Promise<void> {
  await Promise.all(
    members.map(async ({ socket }) => {
      socket.send('{"type":"leave","data":{}}')
      await once(socket, 'close')
    }),
  )
}

/** The type of a frame without parsing all of it: it comes first. */
function typeOf(data: Buffer): string {
  return /^\{"type":"([^"]+)"/.exec(data.toString('latin1', 0, 60))?.[1] ?? ''
}
