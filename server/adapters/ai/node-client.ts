import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import type { IncomingMessage, RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { pipeline } from 'node:stream/promises'
import type { RemoteNode } from '#domains/ai/nodes/roster.ts'
import type { NodeClient } from '#domains/ai/nodes/spread.ts'
import type { Task, Work } from '#domains/ai/nodes/work.ts'
import { Fault } from '#kernel/fault.ts'
import type { FaultKind } from '#kernel/fault.ts'

const ASK_MS = 10_000
const LOAD_MS = 5 * 60_000
const WORK_MS = 60 * 60_000
const CONNECT_MS = 5_000
const MOST_JSON = 64 * 1024 * 1024
/** Sound comes back about as long, a picture 16 times as large at most. */
const MOST_GROWTH = 20
/** 16-bit samples. */
const SAMPLE = 2

interface Part {
  readonly start: number
  readonly length: number
}

/** Calls nodes by HTTP, with the key each registered with. */
export function createNodeClient(): NodeClient {
  const ask = async (node: RemoteNode, method: string, path: string, timeoutMs: number): Promise<unknown> => {
    const signal = AbortSignal.timeout(timeoutMs)
    return await guarded(node, signal, async () => {
      const answer = await call(node, { method, path, signal })
      return JSON.parse(await readJson(node, answer)) as unknown
    })
  }

  return {
    run: async (node, model, work, gone) => {
      const signal = AbortSignal.any([work.signal, gone, AbortSignal.timeout(WORK_MS)])
      const { task, part } = await partOf(work)
      return await guarded(node, signal, async () => {
        const answer = await call(node, {
          method: 'POST',
          path: `/node/v1/work?model=${encodeURIComponent(model)}`,
          signal,
          headers: {
            'content-type': 'application/octet-stream',
            'content-length': String(part.length),
            'x-confab-task': Buffer.from(JSON.stringify(task)).toString('base64url'),
            // A node that is busy says so before anything is sent.
            expect: '100-continue',
          },
          body: { path: work.input, part },
        })
        const result = await resultOf(node, answer, work, part.length)
        return task === work.task ? result : shifted(result, part.start / SAMPLE)
      })
    },
    check: async (node) => {
      const { checks } = (await ask(node, 'GET', '/node/v1/check', ASK_MS)) as Awaited<{ checks: [] }>
      return checks
    },
    load: async (node, model) =>
      (await ask(node, 'POST', `/node/v1/models/${encodeURIComponent(model)}/load`, LOAD_MS)) as {
        memory: number
        loadTime: number | null
      },
    unload: async (node, model) =>
      void (await ask(node, 'POST', `/node/v1/models/${encodeURIComponent(model)}/unload`, ASK_MS)),
  }
}

/** Of a long sound only what is to be recognised is sent. */
async function partOf({ task, input }: Work): Promise<{ task: Task; part: Part }> {
  const { size } = await stat(input)
  if (task.do !== 'recognise' || task.spans.length === 0) return { task, part: { start: 0, length: size } }
  const first = Math.min(...task.spans.map(({ start }) => start))
  const last = Math.max(...task.spans.map(({ end }) => end))
  const start = Math.min(size, first * SAMPLE)
  const spans = task.spans.map((span) => ({ start: span.start - first, end: span.end - first }))
  return { task: { ...task, spans }, part: { start, length: Math.min(size, last * SAMPLE) - start } }
}

/** Recognisers work at 16 kHz; the times of a part are counted from its start. */
const RECOGNISER_RATE = 16_000

function shifted(result: unknown, samples: number): unknown {
  const { segments, ...rest } = result as { segments: { start: number; end: number }[] }
  const by = samples / RECOGNISER_RATE
  return { ...rest, segments: segments.map((one) => ({ ...one, start: one.start + by, end: one.end + by })) }
}

/** Tells what the network says apart from what the node says of its model. */
async function guarded<T>(node: RemoteNode, signal: AbortSignal, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof Fault) throw error
    const reason: unknown = signal.aborted ? signal.reason : error
    if (reason instanceof Fault) throw reason
    throw nodeFailed(node.id, (reason as Error).message, reason)
  }
}

function call(
  node: RemoteNode,
  options: {
    method: string
    path: string
    signal: AbortSignal
    headers?: Readonly<Record<string, string>>
    body?: { path: string; part: Part }
  },
): Promise<IncomingMessage> {
  const url = new URL(options.path, node.address)
  const { method, signal, body } = options
  const headers = { ...options.headers, authorization: `Bearer ${node.key ?? ''}` }
  const settings: RequestOptions = { method, signal, headers, agent: false }
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? httpsRequest(url, settings) : httpRequest(url, settings)
    const late = setTimeout(() => request.destroy(new Error('it could not be reached in time')), CONNECT_MS)
    request.once('socket', (socket) => {
      socket.setKeepAlive(true, 10_000)
      const isThere = (): void => clearTimeout(late)
      if (socket.connecting) socket.once('connect', isThere)
      else isThere()
    })
    request.once('close', () => clearTimeout(late))
    request.once('error', reject)
    request.once('response', (answer) => {
      answer.once('error', () => {})
      resolve(answer)
    })
    if (body === undefined) request.end()
    else {
      request.once('continue', () => {
        const { start, length } = body.part
        const bytes = createReadStream(body.path, { start, end: Math.max(start, start + length - 1) })
        if (length === 0) request.end()
        else pipeline(bytes, request).catch(reject)
      })
      request.flushHeaders()
    }
  })
}

async function resultOf(node: RemoteNode, answer: IncomingMessage, work: Work, sent: number): Promise<unknown> {
  const header = answer.headers['x-confab-result']
  if (answer.statusCode !== 200 || work.output === undefined || typeof header !== 'string') {
    return JSON.parse(await readJson(node, answer)) as unknown
  }
  const most = MOST_JSON + sent * MOST_GROWTH
  await pipeline(
    answer,
    (source: AsyncIterable<Buffer>) => upTo(node, most, source),
    createWriteStream(work.output, { flags: 'wx', mode: 0o600 }),
  )
  return JSON.parse(Buffer.from(header, 'base64url').toString()) as unknown
}

async function readJson(node: RemoteNode, answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of upTo(node, MOST_JSON, answer as AsyncIterable<Buffer>)) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('utf8')
  if (answer.statusCode === 200) return text
  throw faultOf(node, answer.statusCode ?? 0, text)
}

async function* upTo(node: RemoteNode, most: number, source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let size = 0
  for await (const chunk of source) {
    size += chunk.length
    if (size > most) throw nodeFailed(node.id, 'its answer is too large')
    yield chunk
  }
}

/** What the node's own model says is passed on; anything else is the node's fault. */
function faultOf(node: RemoteNode, status: number, text: string): Fault {
  try {
    const { fault } = JSON.parse(text) as {
      fault?: { kind: FaultKind; code: string; message: string; data: Record<string, unknown> }
    }
    if (fault !== undefined && fault.code.startsWith('ai.') && fault.code !== 'ai.node-token') {
      return new Fault(fault.kind, fault.code, fault.message, { data: fault.data })
    }
  } catch {
    // No words of ours.
  }
  return nodeFailed(node.id, `it answered ${status}`)
}

const nodeFailed = (id: string, why: string, cause?: unknown): Fault =>
  new Fault('unavailable', 'ai.node-failed', `The node ${id} failed: ${why}`, { data: { id, why }, cause })
