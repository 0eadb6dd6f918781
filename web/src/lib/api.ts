import type { AnyRoute, BodyOf, Family, ParamsOf, QueryOf, ResultOf } from '#contracts/route.ts'
import { ApiError, NetworkError, SignedOutError } from './api-error.ts'
import { freshSession, refreshSession } from './refresh.ts'

type OrNothing<Key extends string, Value> = undefined extends Value
  ? { [K in Key]?: undefined }
  : Record<never, never> extends Value
    ? { [K in Key]?: Value }
    : { [K in Key]: Value }

/** What a call to a route takes: exactly the parts its contract declares. */
export type InputOf<R> = OrNothing<'params', ParamsOf<R>> &
  OrNothing<'query', QueryOf<R>> &
  OrNothing<'body', BodyOf<R>>

/** Beyond the contract. */
export interface CallOptions {
  signal?: AbortSignal
  /** Milliseconds until the call counts as failed; 20 s unless given. */
  timeout?: number
  /** Files and plain fields, for a route that takes a multipart form. */
  form?: FormData
}

interface AnyInput {
  params?: Record<string, unknown> | undefined
  query?: Record<string, unknown> | undefined
  body?: unknown
}

/**
 * Calls a route of `contracts/` and answers what its envelope carries.
 * Throws ApiError with the family's code and the server's message, NetworkError when no answer came, SignedOutError when
 * the session is over, and the signal's own AbortError when the caller gave up.
 */
export async function callApi<R extends AnyRoute>(
  route: R,
  ...[input, options = {}]: Record<never, never> extends InputOf<R>
    ? [input?: InputOf<R>, options?: CallOptions]
    : [input: InputOf<R>, options?: CallOptions]
): Promise<ResultOf<R>> {
  const given = (input ?? {}) as AnyInput
  const session = route.access === 'anyone' ? null : await freshSession()
  if (route.access !== 'anyone' && !session) throw new SignedOutError('')
  let response = await send(route, given, options, session?.accessToken)
  if (response.status === 401 && session) {
    const renewed = await refreshSession(session.accessToken)
    if (!renewed) throw new SignedOutError(messageOf(await readBody(response)))
    response = await send(route, given, options, renewed.accessToken)
  }
  const answer = await readBody(response)
  if (!response.ok) throw errorFrom(response, answer)
  return unwrap(route.family, Boolean(route.bare), answer) as ResultOf<R>
}

/** The address of a route, its parameters filled in. */
export function addressOf(
  route: AnyRoute,
  params: Record<string, unknown> = {},
  query: Record<string, unknown> = {},
): string {
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])))
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') {
      search.set(name, typeof value === 'string' ? value : JSON.stringify(value))
    }
  }
  return search.size > 0 ? `${path}?${search}` : path
}

async function send(
  route: AnyRoute,
  { params, query, body }: AnyInput,
  options: CallOptions,
  token: string | undefined,
): Promise<Response> {
  const headers = new Headers({ Accept: 'application/json' })
  if (token) headers.set('Authorization', `Bearer ${token}`)
  if (body !== undefined && !options.form) headers.set('Content-Type', 'application/json')
  const timeout = AbortSignal.timeout(options.timeout ?? 20_000)
  try {
    return await fetch(addressOf(route, params, query), {
      method: route.method,
      headers,
      body: options.form ?? (body === undefined ? null : JSON.stringify(body)),
      signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
    })
  } catch (cause) {
    if (options.signal?.aborted) throw cause
    throw new NetworkError(timeout.aborted, cause)
  }
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text().catch((cause: unknown) => {
    throw new NetworkError(false, cause)
  })
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function unwrap(family: Family, bare: boolean, answer: unknown): unknown {
  if (!bare && (family === 'meetings' || family === 'workspace')) return (answer as { data: unknown }).data
  return answer
}

function messageOf(answer: unknown): string {
  const { message, error } = (answer ?? {}) as { message?: unknown; error?: unknown }
  return typeof message === 'string' ? message : typeof error === 'string' ? error : ''
}

function errorFrom(response: Response, answer: unknown): ApiError {
  const { code, error, details } = (answer ?? {}) as { code?: unknown; error?: { code?: unknown }; details?: unknown }
  const inner = code ?? error?.code
  const own = typeof inner === 'number' || typeof inner === 'string' ? inner : response.status
  const wait = Number(response.headers.get('Retry-After'))
  const fault = response.headers.get('X-Fault') ?? undefined
  return new ApiError(response.status, own, messageOf(answer), details, wait > 0 ? wait : undefined, fault)
}
