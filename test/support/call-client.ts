import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { WebSocket } from 'ws'
import type { ServerFrame } from '#contracts/calls.ts'

/** A client of document 1's `/ws` that keeps every frame. */
export interface CallClient {
  /** Every frame since the start. */
  readonly frames: readonly ServerFrame[]
  send(frame: unknown): void
  /** As it is: text, or bytes. */
  sendRaw(data: string | Buffer): void
  /** Resolves with the first frame, past or to come, that `wanted` accepts. */
  waitFor<T extends ServerFrame['type']>(
    type: T,
    wanted?: (frame: Extract<ServerFrame, { type: T }>) => boolean,
  ): Promise<Extract<ServerFrame, { type: T }>>
  /** How the socket was closed, once it is. */
  readonly closed: Promise<{ code: number; reason: string }>
  close(): Promise<void>
}

const WAIT_MS = 20_000

/** Opens `url` (a `ws://` address with its token) and resolves when it is open; rejects with `status` when refused. */
export async function connectCalls(
  url: string,
  options: { headers?: Record<string, string> } = {},
): Promise<CallClient> {
  const socket = new WebSocket(url, options)
  const frames: ServerFrame[] = []
  const listeners = new Set<() => void>()
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
  })
  socket.on('message', (data: Buffer) => {
    frames.push(JSON.parse(data.toString()) as ServerFrame)
    for (const listener of listeners) listener()
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('unexpected-response', (_request, response) => {
      text(response)
        .then((body) => reject(new Error(`refused with ${response.statusCode}: ${body}`)))
        .catch(reject)
        .finally(() => socket.terminate())
    })
    socket.on('error', reject)
  })
  return {
    frames,
    closed,
    send: (frame) => socket.send(JSON.stringify(frame)),
    sendRaw: (data) => socket.send(data),
    waitFor: (type, wanted = () => true) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          listeners.delete(look)
          reject(new Error(`no such ${type} frame; there were ${JSON.stringify(frames)}`))
        }, WAIT_MS)
        const look = (): void => {
          const found = frames.find((frame) => frame.type === type && wanted(frame as never))
          if (found === undefined) return
          clearTimeout(timer)
          listeners.delete(look)
          resolve(found as never)
        }
        listeners.add(look)
        look()
      }),
    close: async () => {
      if (socket.readyState === socket.CLOSED) return
      const gone = once(socket, 'close')
      socket.close()
      await gone
    },
  }
}
