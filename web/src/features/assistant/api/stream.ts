import type { AnyRoute } from '#contracts/route.ts'
import type { ChatMessage } from '#contracts/schemas/assistant.ts'
import { ApiError, NetworkError, SignedOutError } from '@/lib/api-error.ts'
import { addressOf } from '@/lib/api.ts'
import { freshSession, refreshSession } from '@/lib/refresh.ts'
import { createSseReader } from './sse.ts'

/** What an answer's stream says (contract, section 5). */
export type StreamEvent =
  | { event: 'ready'; data: { conversationId: number; userMessage: ChatMessage | null; assistantMessageId?: number } }
  | { event: 'delta'; data: { content: string } }
  | { event: 'complete'; data: { assistantMessage: ChatMessage } }
  | { event: 'error'; data: { message: string; code: string } }
  | { event: 'done'; data: object }

interface StreamInput {
  params?: Record<string, unknown>
  body?: unknown
}

/** A comment comes every 15 s; a stream that is silent for longer than this is dead. */
const SILENT_MS = 40_000

/** Opens a stream. Throws as `callApi` does; a failure later on ends the iteration with NetworkError. */
export async function openStream(route: AnyRoute, input: StreamInput): Promise<AsyncGenerator<StreamEvent>> {
  const session = await freshSession()
  if (!session) throw new SignedOutError('')
  const dead = new AbortController()
  let response = await send(route, input, session.accessToken, dead.signal)
  if (response.status === 401) {
    const renewed = await refreshSession(session.accessToken)
    if (!renewed) throw new SignedOutError('')
    response = await send(route, input, renewed.accessToken, dead.signal)
  }
  if (!response.ok || !response.body) throw await errorFrom(response)
  return read(response.body, dead)
}

async function send(route: AnyRoute, { params, body }: StreamInput, token: string, signal: AbortSignal) {
  const headers = new Headers({ Accept: 'text/event-stream, application/json', Authorization: `Bearer ${token}` })
  if (body !== undefined) headers.set('Content-Type', 'application/json')
  const init = { method: route.method, headers, body: body === undefined ? null : JSON.stringify(body), signal }
  return fetch(addressOf(route, params), init).catch((cause: unknown) => {
    throw new NetworkError(false, cause)
  })
}

async function* read(body: ReadableStream<Uint8Array>, dead: AbortController): AsyncGenerator<StreamEvent> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  const eventsOf = createSseReader()
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    for (;;) {
      clearTimeout(timer)
      timer = setTimeout(() => dead.abort(), SILENT_MS)
      const { done, value } = await reader.read()
      if (done) return
      for (const { event, data } of eventsOf(decoder.decode(value, { stream: true }))) {
        yield { event, data: JSON.parse(data) as unknown } as StreamEvent
      }
    }
  } catch (cause) {
    throw new NetworkError(dead.signal.aborted, cause)
  } finally {
    clearTimeout(timer)
    void reader.cancel().catch(() => undefined)
  }
}

async function errorFrom(response: Response): Promise<ApiError> {
  const answer = (await response.json().catch(() => ({}))) as { error?: unknown; details?: unknown }
  const message = typeof answer.error === 'string' ? answer.error : ''
  const wait = Number(response.headers.get('Retry-After'))
  return new ApiError(response.status, response.status, message, answer.details, wait > 0 ? wait : undefined)
}
