import { createParser } from 'eventsource-parser'
import { Agent, interceptors, request } from 'undici'
import type { Dispatcher } from 'undici'
import { createPieces } from './pieces.ts'
import type { Pieces } from './pieces.ts'

/** Bytes of one answer as it comes, whatever is in it. */
const MOST_BYTES = 64 * 1024 * 1024
/** Characters of one event. */
const LONGEST_EVENT = 4 * 1024 * 1024
/** Characters kept of what a refusal says. */
const MOST_SAID = 64 * 1024
const MOST_REDIRECTIONS = 5
/** How long a provider may take to close an answer that it said is over; its connection is used again. */
const LINGER_MS = 2_000
/** Chunks that pile up before the provider is read no further. */
const MOST_WAITING = 1_000
/** Why a request ends that nobody waits for. One for all: making its stack would cost more than ending the request. */
const GIVEN_UP = new Error('nobody waits for the answer')

/** What stands in one event of an answer, as far as it is of use; none of it is sure to be there. */
export interface Chunk {
  readonly choices?: readonly { readonly delta?: { readonly content?: unknown }; readonly finish_reason?: unknown }[]
}

/** The provider answers something other than 2xx. */
export class ProviderRefusal extends Error {
  readonly status: number
  /** Seconds, where it says so. */
  readonly retryAfter: number | undefined
  readonly #said: string

  constructor(status: number, retryAfter: string | string[] | undefined, said: string) {
    super(`the provider answers ${status}`)
    this.status = status
    const seconds = Number(retryAfter)
    if (seconds > 0 && Number.isFinite(seconds)) this.retryAfter = seconds
    this.#said = said
  }

  /** Whether a word stands in its text, which itself is kept out of logs: it may hold the key. */
  mentions(word: string): boolean {
    return this.#said.includes(word)
  }
}

/** An event of the answer is no chunk of one. */
export class NoChunk extends Error {
  constructor() {
    super('the provider answers what is no chunk')
  }
}

/** An event of the answer does not end. */
export class EventTooLong extends Error {
  constructor() {
    super('the answer has an event that does not end')
  }
}

export type Provider = ReturnType<typeof openProvider>

/**
 * A provider that speaks OpenAI's chat completions (API reference, "Create chat completion", streaming), asked by plain
 * requests. Nothing is asked twice. Both fail with ProviderRefusal, and with undici's errors where it cannot be reached.
 */
export function openProvider({ url, key }: { url: string; key: string | undefined }) {
  const dispatcher = new Agent({
    maxResponseSize: MOST_BYTES,
    // Silence is bounded by who asks.
    headersTimeout: 0,
    bodyTimeout: 0,
  }).compose(interceptors.redirect({ maxRedirections: MOST_REDIRECTIONS }))
  const { origin, pathname, search } = new URL(url)
  const pathOf = (path: string): string => `${pathname.replace(/\/+$/, '')}${path}${search}`
  const headers = { 'user-agent': 'Confab', ...(key !== undefined && { authorization: `Bearer ${key}` }) }

  return {
    /** What it answers to GET. @throws SyntaxError where that is no JSON */
    read: async (path: string, signal: AbortSignal): Promise<unknown> => {
      const options = { dispatcher, headers: { ...headers, accept: 'application/json' }, signal }
      const { statusCode, body } = await request(origin + pathOf(path), options)
      const text = await body.text()
      if (isRefusal(statusCode)) throw new ProviderRefusal(statusCode, undefined, text)
      return JSON.parse(text)
    },

    /** What it answers to POST, event by event; whoever leaves the iteration ends the request. @throws NoChunk, EventTooLong */
    stream: (path: string, body: object): AsyncIterableIterator<Chunk> => {
      const { pieces, handler } = receive()
      const options = {
        origin,
        path: pathOf(path),
        method: 'POST',
        headers: { ...headers, accept: 'text/event-stream', 'content-type': 'application/json' },
        body: JSON.stringify(body),
      } as const
      dispatcher.dispatch(options, handler)
      return pieces
    },
  }
}

const isRefusal = (status: number): boolean => status < 200 || status > 299

/** Where an answer comes in, and where it is taken. */
function receive(): { pieces: Pieces<Chunk>; handler: Dispatcher.DispatchHandler } {
  const decoder = new TextDecoder()
  let controller: Dispatcher.DispatchController | undefined
  let isGivenUp = false
  let lingering: NodeJS.Timeout | undefined
  let refusal: { status: number; after: string | string[] | undefined; said: string } | undefined

  const giveUp = (): void => {
    isGivenUp = true
    controller?.abort(GIVEN_UP)
  }
  const pieces = createPieces<Chunk>({ left: giveUp, emptied: () => controller?.resume() })
  const fail = (error: Error): void => {
    pieces.end(error)
    giveUp()
  }
  const parser = createParser({
    maxBufferSize: LONGEST_EVENT,
    onEvent: ({ data }) => {
      if (data.startsWith('[DONE]')) {
        pieces.end()
        lingering ??= setTimeout(giveUp, LINGER_MS).unref()
        return
      }
      const chunk = chunkOf(data)
      if (chunk === undefined) fail(new NoChunk())
      else pieces.push(chunk)
    },
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded') fail(new EventTooLong())
    },
  })
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart: (begun) => {
      controller = begun
      if (isGivenUp) giveUp()
    },
    onResponseStart: (_begun, status, { 'retry-after': after }) => {
      if (isRefusal(status)) refusal = { status, after, said: '' }
    },
    onResponseData: (begun, bytes) => {
      if (isGivenUp) return
      const text = decoder.decode(bytes, { stream: true })
      if (refusal === undefined) parser.feed(text)
      else if (refusal.said.length < MOST_SAID) refusal.said += text
      if (pieces.waiting > MOST_WAITING) begun.pause()
    },
    onResponseEnd: () => {
      clearTimeout(lingering)
      pieces.end(refusal && new ProviderRefusal(refusal.status, refusal.after, refusal.said))
    },
    onResponseError: (_begun, error) => {
      clearTimeout(lingering)
      pieces.end(error)
    },
  }
  return { pieces, handler }
}

/** A chunk, or undefined where that is none: no JSON, or an error that is told in the middle of an answer. */
function chunkOf(data: string): Chunk | undefined {
  try {
    const chunk: unknown = JSON.parse(data)
    return typeof chunk === 'object' && chunk !== null && !('error' in chunk && chunk.error) ? chunk : undefined
  } catch {
    return undefined
  }
}
