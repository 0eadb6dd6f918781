import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import type { MediaEngine, MediaEvent, MediaSource } from '#domains/meetings/media-engine.ts'

/** A page with a bare client of the engine, and the WebSocket it talks over: signalling as small as it can be. */
export interface MeetingServer {
  url: string
  /** Everything the engine told of, in order. */
  events: MediaEvent[]
  close(): Promise<void>
}

const EVERYTHING: MediaSource[] = ['microphone', 'camera', 'screen', 'screen-audio']

/** Serves the page and carries its requests to `engine`; each socket is one peer of room `r`. */
export async function startMeetingServer(engine: MediaEngine): Promise<MeetingServer> {
  const page = readFileSync(new URL('./meeting-page.html', import.meta.url))
  const http = createServer((request, response) => {
    if (request.url?.startsWith('/?') || request.url === '/') {
      response.setHeader('content-type', 'text/html').end(page)
    } else {
      response.writeHead(404).end()
    }
  })
  const sockets = new Map<string, WebSocket>()
  const events: MediaEvent[] = []
  const unsubscribe = engine.subscribe((event) => {
    events.push(event)
    if ('peerId' in event && event.type === 'offer') sockets.get(event.peerId)?.send(JSON.stringify(event))
  })
  const websockets = new WebSocketServer({ server: http })
  websockets.on('connection', (socket, request) => {
    const peerId = new URL(request.url ?? '/', 'http://localhost').searchParams.get('peer') ?? 'nobody'
    sockets.set(peerId, socket)
    const joined = engine.addPeer('r', peerId, { userId: sockets.size, canPublish: EVERYTHING })
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { id: number; method: string; sdp: string; tracks?: [] }
      void joined
        .then(async (): Promise<unknown> => {
          const { method, sdp, tracks } = message
          if (method === 'publish') return await engine.publishOffer('r', peerId, { sdp, tracks })
          return await engine.subscribeAnswer('r', peerId, { sdp })
        })
        .then(
          (result) => socket.send(JSON.stringify({ type: 'result', id: message.id, result })),
          (error: unknown) => socket.send(JSON.stringify({ type: 'result', id: message.id, error: String(error) })),
        )
    })
    socket.on('close', () => void engine.removePeer('r', peerId).catch(() => {}))
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/`,
    events,
    close: async () => {
      unsubscribe()
      for (const socket of websockets.clients) socket.terminate()
      websockets.close()
      http.closeAllConnections()
      await new Promise<void>((resolve) => http.close(() => resolve()))
    },
  }
}
