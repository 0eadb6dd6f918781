import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request to a fake, its JSON body read. */
export interface FakeCall {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
}

/** What a fake answers. */
export interface FakeAnswer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** `drop`: take the request and close the socket without a word, as a network does. */
export type FakeVerdict = FakeAnswer | 'drop'

/** A JSON API of our own on a free port. */
export interface FakeServer {
  readonly url: string
  /** Answers otherwise: return undefined to leave it to the fake. `before` runs before the fake takes note of a call. */
  mood(before: ((call: FakeCall) => FakeVerdict | undefined | Promise<FakeVerdict | undefined>) | undefined): void
  /** What the fake answered is lost on the way as often as this returns true: the caller sees a dropped socket. */
  loseAnswers(lose: ((call: FakeCall) => boolean) | undefined): void
  close(): Promise<void>
}

/** Starts a fake that answers by `handle`. */
export async function startFakeServer(
  handle: (call: FakeCall, signal: AbortSignal) => FakeVerdict | Promise<FakeVerdict>,
): Promise<FakeServer> {
  let before: Parameters<FakeServer['mood']>[0]
  let lose: Parameters<FakeServer['loseAnswers']>[0]

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const call: FakeCall = {
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      headers: request.headers,
      body: parse(Buffer.concat(chunks).toString('utf8')),
    }
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    const verdict = (await before?.(call)) ?? (await handle(call, gone.signal))
    if (verdict === 'drop' || lose?.(call) === true) {
      request.socket.destroy()
      return
    }
    response.writeHead(verdict.status, { 'content-type': 'application/json', ...verdict.headers })
    response.end(JSON.stringify(verdict.body ?? {}))
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mood: (next) => (before = next),
    loseAnswers: (next) => (lose = next),
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
