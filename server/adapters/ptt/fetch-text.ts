import { request } from 'undici'
import type { Dispatcher } from 'undici'
import { Fault } from '#kernel/fault.ts'

/** A page or feed that was fetched. */
export interface FetchedText {
  readonly text: string
  readonly etag: string | null
  readonly modified: string | null
}

/** Real pages have 30 kB, feeds 100 kB. */
const MOST_BYTES = 2 * 1024 * 1024
const MOST_REDIRECTS = 2
/** The whole of a request, however slowly it drips. */
const DEADLINE_MS = 20_000

/**
 * Fetches a text of the site; null when it is unchanged (304).
 * @throws Fault `ptt.no-board` (404), `ptt.busy` (429), `ptt.unreachable` (no answer, 5xx), `ptt.unreadable` (anything else)
 */
export async function fetchText(from: {
  pool: Dispatcher
  origin: string
  path: string
  headers: Record<string, string>
}): Promise<FetchedText | null> {
  let url = new URL(from.path, from.origin)
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const answer = await ask(from.pool, url, from.headers)
    const { statusCode: status, headers, body } = answer
    const location = headerOf(headers, 'location')
    if (status === 200) {
      const text = decode(await readBody(body, url), headerOf(headers, 'content-type'))
      return { text, etag: headerOf(headers, 'etag'), modified: headerOf(headers, 'last-modified') }
    }
    await body.dump().catch(() => {})
    if (status === 304) return null
    if (status === 404 || status === 410) throw new Fault('missing', 'ptt.no-board', `PTT has no ${url.pathname}`)
    if (status === 429) throw new Fault('busy', 'ptt.busy', 'PTT answered 429', { data: retryAfter(headers) })
    if (status >= 500) {
      throw new Fault('unavailable', 'ptt.unreachable', `PTT answered ${status}`, { data: retryAfter(headers) })
    }
    const next =
      status >= 300 && location !== null && URL.canParse(location, url.href) ? new URL(location, url) : undefined
    // Elsewhere is no board: a login page, an age check that our cookie did not pass, another host.
    if (next === undefined || next.origin !== url.origin || !/^\/(bbs|atom)\//.test(next.pathname)) {
      throw new Fault('unavailable', 'ptt.unreadable', `PTT answered ${status} for ${url.pathname}`)
    }
    url = next
  }
  throw new Fault('unavailable', 'ptt.unreadable', `PTT redirects ${from.path} in circles`)
}

async function ask(
  dispatcher: Dispatcher,
  url: URL,
  headers: Record<string, string>,
): Promise<Dispatcher.ResponseData> {
  try {
    return await request(url, { dispatcher, headers, signal: AbortSignal.timeout(DEADLINE_MS) })
  } catch (cause) {
    throw new Fault('unavailable', 'ptt.unreachable', `PTT does not answer: ${(cause as Error).message}`, { cause })
  }
}

async function readBody(body: Dispatcher.ResponseData['body'], url: URL): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > MOST_BYTES) throw new Fault('unavailable', 'ptt.unreadable', `PTT’s ${url.pathname} is too large`)
      chunks.push(chunk)
    }
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    throw new Fault('unavailable', 'ptt.unreadable', `PTT broke off in ${url.pathname}`, { cause })
  }
  return Buffer.concat(chunks)
}

/** By the charset the answer names, else UTF-8; what does not decode becomes marks that cleaning removes. */
function decode(bytes: Buffer, contentType: string | null): string {
  const named = /charset\s*=\s*"?([\w-]+)/i.exec(contentType ?? '')?.[1]
  try {
    return new TextDecoder(named ?? 'utf-8').decode(bytes)
  } catch {
    return new TextDecoder().decode(bytes)
  }
}

function headerOf(headers: Dispatcher.ResponseData['headers'], name: string): string | null {
  const value = headers[name]
  return (Array.isArray(value) ? value[0] : value) ?? null
}

function retryAfter(headers: Dispatcher.ResponseData['headers']): { retryAfterSeconds?: number } {
  const value = headerOf(headers, 'retry-after')
  if (value === null) return {}
  const seconds = /^\d+$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - Date.now()) / 1000)
  return seconds > 0 ? { retryAfterSeconds: seconds } : {}
}
