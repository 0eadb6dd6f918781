import { randomUUID, timingSafeEqual, createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { RunWork, Task } from '#domains/ai/nodes/work.ts'
import { Fault } from '#kernel/fault.ts'
import { whenHungUp } from '#kernel/hung-up.ts'
import type { Log } from '#kernel/log.ts'

export interface NodeServerParts {
  /** What callers must show. */
  readonly key: string
  /** For files of requests under way; emptied at the start. */
  readonly folder: string
  readonly mostBytes: number
  readonly log: Log
  /** What a caller asks for; undefined where it is nothing a model can do. */
  taskOf(value: unknown): { task: Task; isWriting: boolean } | undefined
  readonly run: RunWork
  /** Throws where the model cannot take one more request now. */
  admit(model: string): Promise<void>
  check(): Promise<unknown[]>
  load(model: string): Promise<{ memory: number; loadTime: number | null }>
  unload(model: string): Promise<void>
}

const STATUS = { invalid: 400, unauthenticated: 401, forbidden: 403, missing: 404, conflict: 409, busy: 429 } as const

/** The HTTP face of a node: for its main server alone. */
export async function createNodeServer(parts: NodeServerParts): Promise<Server> {
  await rm(parts.folder, { recursive: true, force: true })
  await mkdir(parts.folder, { recursive: true, mode: 0o700 })
  const server = createServer((request, response) => void answer(parts, request, response))
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    void answer(parts, request, response)
  })
  // A long sound takes as long as it takes; whoever sent it has its own limit.
  server.requestTimeout = 0
  return server
}

async function answer(parts: NodeServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.on('error', () => {})
  request.on('error', () => {})
  try {
    await route(parts, request, response)
  } catch (error) {
    const fault = error instanceof Fault ? error : undefined
    if (fault === undefined) parts.log.error({ err: error }, 'a request to this node failed')
    if (response.headersSent) return void response.destroy()
    const { kind = 'unavailable', code = 'node.failed', message = 'The node failed', data = {} } = fault ?? {}
    const status = (STATUS as Partial<Record<string, number>>)[kind] ?? 503
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
    response.end(JSON.stringify({ fault: { kind, code, message, data } }))
  }
}

async function route(parts: NodeServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://node.invalid')
  if (!isShown(parts.key, request.headers.authorization))
    throw new Fault('unauthenticated', 'ai.node-token', 'This is not the key of this node')
  const [, model = '', act] = /^\/node\/v1\/models\/([^/]+)\/(load|unload)$/.exec(url.pathname) ?? []
  if (request.method === 'GET' && url.pathname === '/node/v1/check') {
    return send(response, { checks: await parts.check() })
  }
  if (request.method === 'POST' && url.pathname === '/node/v1/work') return await work(parts, request, response, url)
  if (request.method === 'POST' && act === 'load') return send(response, await parts.load(decodeURIComponent(model)))
  if (request.method === 'POST' && act === 'unload') {
    await parts.unload(decodeURIComponent(model))
    return send(response, null)
  }
  throw new Fault('missing', 'node.no-route', 'There is no such path')
}

async function work(
  parts: NodeServerParts,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const model = url.searchParams.get('model') ?? ''
  const { task, isWriting } = taskOf(parts, request)
  const signal = whenHungUp(response, () => new Fault('unavailable', 'node.hung-up', 'The main server hung up'))
  await parts.admit(model)
  const folder = join(parts.folder, randomUUID())
  await mkdir(folder, { mode: 0o700 })
  try {
    const input = join(folder, 'input')
    const output = isWriting ? join(folder, 'output') : undefined
    if (request.headers.expect !== undefined) response.writeContinue()
    const bounded = (source: AsyncIterable<Buffer>): AsyncIterable<Buffer> => upTo(parts.mostBytes, source)
    await pipeline(request, bounded, createWriteStream(input, { mode: 0o600 }))
    const result = await parts.run(model, { task, input, output, signal })
    if (output === undefined) return send(response, result)
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': (await stat(output)).size,
      'x-confab-result': Buffer.from(JSON.stringify(result)).toString('base64url'),
    })
    await pipeline(createReadStream(output), response)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function taskOf(parts: NodeServerParts, request: IncomingMessage): { task: Task; isWriting: boolean } {
  try {
    const header = request.headers['x-confab-task']
    const asked = parts.taskOf(JSON.parse(Buffer.from(String(header), 'base64url').toString()))
    if (asked !== undefined) return asked
  } catch {
    // Said below.
  }
  throw new Fault('invalid', 'node.task', 'x-confab-task is no task')
}

async function* upTo(most: number, source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let size = 0
  for await (const chunk of source) {
    size += chunk.length
    if (size > most) throw new Fault('too-large', 'node.too-large', `More than ${most} bytes came`)
    yield chunk
  }
}

function send(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

function isShown(key: string, header: string | undefined): boolean {
  // Equal in length, whatever was shown, so that comparing tells nothing.
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(`Bearer ${key}`), hash(header ?? ''))
}
