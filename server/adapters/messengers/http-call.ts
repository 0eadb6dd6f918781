import { Agent, request } from 'undici'

/** An answer of a messenger's API. */
export interface HttpAnswer {
  readonly status: number
  /** A header by its name in lower case. */
  header(name: string): string | null
  /** The JSON body; undefined when it was none. */
  readonly body: unknown
}

/** Longer than any of these services takes; then the socket is given up. */
const TIMEOUT_MS = 15_000
const LARGEST_ANSWER = 1_000_000

/** Sockets to each messenger, kept open between calls. */
const agent = new Agent({
  connections: 32,
  keepAliveTimeout: 30_000,
  headersTimeout: TIMEOUT_MS,
  bodyTimeout: TIMEOUT_MS,
})

/** Calls a messenger's API with JSON; redirects are answers like any other. @throws Error when no answer came in time */
export async function callJson(
  url: string,
  options: {
    method: 'GET' | 'POST' | 'PUT' | 'PATCH'
    headers: Readonly<Record<string, string>>
    body?: unknown
    signal?: AbortSignal
  },
): Promise<HttpAnswer> {
  const limit = limitedBy(options.signal)
  try {
    const answer = await request(url, {
      dispatcher: agent,
      method: options.method,
      headers: { ...options.headers, ...(options.body !== undefined && { 'content-type': 'application/json' }) },
      body: options.body === undefined ? null : JSON.stringify(options.body),
      signal: limit.signal,
    })
    const text = await answer.body.text()
    return {
      status: answer.statusCode,
      header: (name) => {
        const value = answer.headers[name]
        return (Array.isArray(value) ? value[0] : value) ?? null
      },
      body: parse(text.slice(0, LARGEST_ANSWER)),
    }
  } finally {
    limit.end()
  }
}

/** Aborts with `signal`, or when the time is over. By hand: composed signals cost as much as the call itself. */
function limitedBy(signal: AbortSignal | undefined): { signal: AbortSignal; end(): void } {
  const own = new AbortController()
  const timer = setTimeout(() => own.abort(new DOMException('no answer in time', 'TimeoutError')), TIMEOUT_MS)
  const stop = (): void => own.abort(signal?.reason)
  if (signal?.aborted === true) stop()
  else signal?.addEventListener('abort', stop, { once: true })
  return {
    signal: own.signal,
    end: () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
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

/** A field of an answer as text, empty where there is none. */
export function textField(body: unknown, name: string): string {
  const value = (body as Record<string, unknown> | null | undefined)?.[name]
  return typeof value === 'string' ? value : ''
}

/** A field of an answer as a number; undefined where there is none. */
export function numberField(body: unknown, name: string): number | undefined {
  const value = (body as Record<string, unknown> | null | undefined)?.[name]
  return typeof value === 'number' ? value : undefined
}

/** Milliseconds a `Retry-After` header in seconds asks for; undefined where it says none. */
export function retryAfterMs(answer: HttpAnswer): number | undefined {
  const seconds = Number(answer.header('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) ? seconds * 1000 : undefined
}

/** Why a call got no answer, in a few words without addresses. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer'
  if (error.name === 'TimeoutError') return 'no answer in time'
  const { code } = (error.cause ?? error) as { code?: unknown }
  return typeof code === 'string' ? `no connection (${code})` : error.message
}
