import { WebSocket } from 'ws'

/** Many sockets, and when each message came to each. */
export interface Listeners {
  readonly sockets: readonly WebSocket[]
  /** Milliseconds from when a message was sent (written into it) to when it came, one for each delivery. */
  readonly latencies: number[]
  /** Resolves once so many messages came in all. */
  heard(deliveries: number): Promise<void>
  close(): void
}

const BATCH = 100
const READY_MS = 60_000

/** Opens a socket for each address; `greet` is said on opening, `isReady` tells when it listens. */
export async function openListeners(
  addresses: readonly string[],
  options: { greet?: string; isReady?: (text: string) => boolean },
): Promise<Listeners> {
  const latencies: number[] = []
  let wanted = Infinity
  let done = (): void => {}
  const open = (address: string): Promise<WebSocket> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(address, { perMessageDeflate: false })
      const late = setTimeout(() => reject(new Error('a socket did not get ready within a minute')), READY_MS)
      const ready = (): void => {
        clearTimeout(late)
        resolve(socket)
      }
      socket.on('error', reject)
      socket.on('open', () => {
        if (options.greet === undefined) ready()
        else socket.send(options.greet)
      })
      socket.on('message', (data: Buffer) => {
        // First: where a room stands, its last message among it, is told with what greets.
        if (options.isReady?.(data.subarray(0, 40).toString()) === true) return ready()
        const at = data.indexOf('sent-at ')
        if (at < 0) return
        const sent = Number(data.subarray(at + 8, at + 8 + 17).toString('latin1'))
        latencies.push(performance.timeOrigin + performance.now() - sent)
        if (latencies.length >= wanted) done()
      })
    })
  const sockets: WebSocket[] = []
  for (let at = 0; at < addresses.length; at += BATCH) {
    sockets.push(...(await Promise.all(addresses.slice(at, at + BATCH).map(open))))
  }
  return {
    sockets,
    latencies,
    heard: (deliveries) =>
      new Promise((resolve) => {
        wanted = deliveries
        done = resolve
        if (latencies.length >= wanted) resolve()
      }),
    close: () => sockets.forEach((socket) => socket.terminate()),
  }
}

/** The time as 17 characters, to be found in a message. */
export const stamp = (): string =>
  `sent-at ${(performance.timeOrigin + performance.now()).toFixed(3).padStart(17, '0')}`
