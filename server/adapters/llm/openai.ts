import { APIConnectionError, APIConnectionTimeoutError, APIError, OpenAI } from 'openai'
import { errors } from 'undici'
import { Fault } from '#kernel/fault.ts'
import type { LanguageModel, ModelRequest } from '#domains/assistant/ports.ts'
import { LineTooLong } from './bounded.ts'
import { plainFetch } from './plain-fetch.ts'
import { notConfigured } from './unset.ts'

export interface OpenAiOptions {
  readonly url: string
  readonly key: string | undefined
  readonly model: string
  /** Models that may be picked; empty: those the API lists. */
  readonly models: readonly string[]
  /** After how many milliseconds without a word an answer is given up. */
  readonly silenceMs: number
}

/** Characters of one answer; a model that goes on for ever is cut off here. */
const LONGEST_ANSWER = 1_000_000
const LIST_TIMEOUT_MS = 10_000
const LIST_KEPT_MS = 60_000

/** Any API that speaks OpenAI's chat completions. */
export function createOpenAiModel(options: OpenAiOptions): LanguageModel {
  const client = new OpenAI({
    baseURL: options.url,
    // The client insists on a key; servers without keys take any.
    apiKey: options.key ?? 'none',
    // A retry is the user's to ask for: a provider in trouble gets no storm from us.
    maxRetries: 0,
    timeout: options.silenceMs,
    fetch: plainFetch,
    // It would print what a provider said; what went wrong is told by the fault.
    logLevel: 'off',
  })
  let listed: { at: number; names: string[] } | undefined

  const defaultModel = (): string => {
    if (options.model !== '') return options.model
    throw notConfigured(['CONFAB_LLM_MODEL'])
  }

  return {
    defaultModel,
    models: async () => {
      if (options.models.length > 0) return [...options.models]
      if (listed !== undefined && Date.now() - listed.at < LIST_KEPT_MS) return listed.names
      try {
        const page = await client.models.list({ timeout: LIST_TIMEOUT_MS })
        listed = { at: Date.now(), names: page.data.map((one) => one.id).toSorted() }
      } catch {
        // Some servers list nothing; the default can be picked all the same.
        listed = { at: Date.now(), names: [] }
      }
      return listed.names
    },
    stream: (request) => {
      defaultModel()
      return streamAnswer(client, request, options.silenceMs)
    },
  }
}

async function* streamAnswer(client: OpenAI, request: ModelRequest, silenceMs: number): AsyncGenerator<string> {
  const silence = new AbortController()
  const signal = AbortSignal.any([request.signal, silence.signal])
  let timer = setTimeout(() => silence.abort(), silenceMs)
  let length = 0
  let finished = false
  try {
    const chunks = await ask(client, request, signal)
    for await (const chunk of chunks) {
      const choice = chunk.choices?.[0]
      if (choice?.finish_reason) finished = true
      const given: unknown = choice?.delta?.content
      if (typeof given !== 'string' || given === '') continue
      // The database's texts cannot hold the character zero.
      const piece = given.replaceAll('\0', '')
      timer.refresh()
      length += piece.length
      if (length > LONGEST_ANSWER) {
        throw new Fault('unavailable', 'assistant.answer-too-long', 'The model did not come to an end')
      }
      yield piece
    }
  } catch (error) {
    if (request.signal.aborted) return
    throw error instanceof Fault ? error : faultOf(error, { silent: silence.signal.aborted, begun: length > 0 })
  } finally {
    clearTimeout(timer)
  }
  if (request.signal.aborted) return
  if (silence.signal.aborted) throw faultOf(undefined, { silent: true, begun: length > 0 })
  // Closed in the middle of an answer: the connection ended without the model saying that it had.
  if (!finished) throw new Fault('unavailable', 'assistant.provider-failed', 'The answer broke off')
}

/** Models that were asked to be told their limit by its newer name. */
const newerLimit = new Set<string>()

/** Asks for the stream. A model that refuses `max_tokens` (OpenAI's reasoning models do) is asked once more in its words. */
async function ask(client: OpenAI, request: ModelRequest, signal: AbortSignal) {
  const { model, maxTokens } = request
  const messages = request.turns.map(({ role, content }) => ({ role, content }))
  const create = (limit: { max_tokens: number } | { max_completion_tokens: number }) =>
    client.chat.completions.create({ model, messages, stream: true, ...limit }, { signal })
  if (newerLimit.has(model)) return create({ max_completion_tokens: maxTokens })
  try {
    return await create({ max_tokens: maxTokens })
  } catch (error) {
    if (!(error instanceof APIError) || error.status !== 400 || !error.message.includes('max_completion_tokens'))
      throw error
    const chunks = await create({ max_completion_tokens: maxTokens })
    newerLimit.add(model)
    return chunks
  }
}

/** What went wrong at the provider, as a fault; never its raw words, which may hold the key. */
function faultOf(error: unknown, { silent, begun }: { silent: boolean; begun: boolean }): Fault {
  const options = { cause: error }
  if (isTooLarge(error)) return new Fault('unavailable', 'assistant.answer-too-long', 'The answer is too long', options)
  if (silent || error instanceof APIConnectionTimeoutError) {
    return new Fault('unavailable', 'assistant.provider-silent', 'The model went silent', options)
  }
  if (error instanceof APIConnectionError) {
    // A connection that was lost in the middle of an answer was there before.
    if (begun) return new Fault('unavailable', 'assistant.provider-failed', 'The answer broke off', options)
    return new Fault('unavailable', 'assistant.provider-unreachable', 'The model cannot be reached', options)
  }
  if (error instanceof APIError) {
    const { status } = error
    if (status === 401 || status === 403) {
      return new Fault(
        'unavailable',
        'assistant.provider-refused',
        'The model refuses our key (CONFAB_LLM_KEY)',
        options,
      )
    }
    if (status === 404) {
      return new Fault('unavailable', 'assistant.model-unknown', 'The provider knows no such model', options)
    }
    if (status === 429) {
      const after = Number((error.headers as Headers | undefined)?.get('retry-after'))
      const data = Number.isFinite(after) && after > 0 ? { retryAfterSeconds: Math.ceil(after) } : {}
      return new Fault('unavailable', 'assistant.provider-busy', 'The model has too much to do', { ...options, data })
    }
    if (status !== undefined) {
      return new Fault('unavailable', 'assistant.provider-failed', `The model answers ${status}`, options)
    }
  }
  return new Fault('unavailable', 'assistant.provider-failed', 'The model answers what makes no sense', options)
}

/** Whether an answer was cut off for its size, however deep that is told. */
function isTooLarge(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof LineTooLong || at instanceof errors.ResponseExceededMaxSizeError) return true
  }
  return false
}
