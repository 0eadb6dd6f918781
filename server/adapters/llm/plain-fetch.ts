import { Headers, interceptors, request } from 'undici'
import { bounded } from './bounded.ts'

const MOST_REDIRECTIONS = 5

const dispatcher = bounded.compose(interceptors.redirect({ maxRedirections: MOST_REDIRECTIONS }))

/**
 * As much of `fetch` as OpenAI's client uses, over plain requests: the whole of it costs a millisecond of each question,
 * and half of the processor time of an answer. Bodies are `node:stream` readables, which the client takes as they are.
 */
export const plainFetch = (async (input: string | URL, init: RequestInit = {}) => {
  const { statusCode, headers, body } = await request(input, {
    dispatcher,
    method: (init.method ?? 'GET') as 'GET' | 'POST',
    headers: Object.fromEntries(new Headers(init.headers as Record<string, string>)),
    body: (init.body ?? null) as string | null,
    signal: init.signal ?? null,
  })
  return {
    ok: statusCode >= 200 && statusCode < 300,
    status: statusCode,
    url: String(input),
    headers: new Headers(headers as Record<string, string>),
    body,
    text: () => body.text(),
    json: () => body.json(),
  }
}) as unknown as typeof globalThis.fetch
