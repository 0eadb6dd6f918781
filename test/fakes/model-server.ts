import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How one answer goes; the next one goes as the next of the list says, the last one for ever. */
export interface Answer {
  /** Hangs up after so many bytes. */
  readonly dropAfter?: number
  /** Sends so many bytes and then nothing, with the connection open, until `release`. */
  readonly stallAfter?: number
  /** This status, without the file. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly redirectTo?: string
  /** Bytes that are not the file's. */
  readonly instead?: Buffer
}

export interface Served {
  readonly bytes: Buffer
  /** A strong ETag; `null`: none. */
  readonly etag?: string | null
  /** Ignores Range. */
  readonly noRanges?: boolean
  readonly answers?: readonly Answer[]
}

/** A server of models' files that misbehaves as it is told. */
export interface ModelServer {
  readonly url: string
  /** Every request so far. */
  readonly requests: { path: string; range: string | undefined; ifRange: string | undefined }[]
  serve(path: string, served: Served): void
  /** Resolves when so many requests came. */
  asked(count: number): Promise<void>
  /** Lets stalled answers end. */
  release(): void
  close(): Promise<void>
}

/** Starts one on a free port of loopback. */
export async function startModelServer(): Promise<ModelServer> {
  const files = new Map<string, Served & { asked: number }>()
  const requests: ModelServer['requests'] = []
  const waiting: { count: number; done: () => void }[] = []
  const stalled = new Set<() => void>()

  const server = createServer((request, response) => {
    const path = request.url ?? ''
    requests.push({ path, range: request.headers.range, ifRange: request.headers['if-range']?.toString() })
    for (const one of waiting.splice(0)) {
      if (requests.length >= one.count) one.done()
      else waiting.push(one)
    }
    const file = files.get(path)
    if (file === undefined) return void response.writeHead(404).end()
    const answers = file.answers ?? []
    const answer = answers[Math.min(file.asked++, answers.length - 1)] ?? {}
    send(request, response, file, answer, (end) => stalled.add(end))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    serve: (path, served) => void files.set(path, { ...served, asked: 0 }),
    asked: (count) =>
      new Promise((done) => {
        if (requests.length >= count) done()
        else waiting.push({ count, done })
      }),
    release: () => {
      for (const end of stalled) end()
      stalled.clear()
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  file: Served,
  answer: Answer,
  onStall: (end: () => void) => void,
): void {
  if (answer.redirectTo !== undefined) return void response.writeHead(302, { location: answer.redirectTo }).end()
  if (answer.status !== undefined) return void response.writeHead(answer.status, answer.headers).end()
  const all = answer.instead ?? file.bytes
  const etag = file.etag === undefined ? '"one"' : file.etag
  const headers = { ...(etag !== null && { etag }), ...answer.headers }
  const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1]
  const isSame = request.headers['if-range'] === undefined || request.headers['if-range'] === etag
  const start = asked !== undefined && isSame && file.noRanges !== true ? Number(asked) : 0
  if (start > 0 && start >= all.length) {
    return void response.writeHead(416, { ...headers, 'content-range': `bytes */${all.length}` }).end()
  }
  const rest = all.subarray(start)
  response.writeHead(start > 0 ? 206 : 200, {
    ...headers,
    'content-length': rest.length,
    ...(start > 0 && { 'content-range': `bytes ${start}-${all.length - 1}/${all.length}` }),
  })
  if (answer.dropAfter !== undefined && answer.dropAfter < rest.length) {
    // A reset would take what is still under way with it.
    return void response.write(rest.subarray(0, answer.dropAfter), () => response.socket?.end())
  }
  if (answer.stallAfter !== undefined && answer.stallAfter < rest.length) {
    response.write(rest.subarray(0, answer.stallAfter))
    onStall(() => response.end(rest.subarray(answer.stallAfter)))
    return
  }
  response.end(rest)
}
