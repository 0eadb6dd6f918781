import { errors } from 'undici'
import { Fault } from '#kernel/fault.ts'
import type { LanguageModel, ModelRequest } from '#domains/assistant/ports.ts'
import { EventTooLong, NoChunk, ProviderRefusal, openProvider } from './provider.ts'
import type { Chunk, Provider } from './provider.ts'
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
  const provider = openProvider(options)
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
        listed = {
          at: Date.now(),
          names: namesIn(await provider.read('/models', AbortSignal.timeout(LIST_TIMEOUT_MS))),
        }
      } catch {
        // Some servers list nothing; the default can be picked all the same.
        listed = { at: Date.now(), names: [] }
      }
      return listed.names
    },
    stream: (request) => {
      defaultModel()
      return streamAnswer(provider, request, options.silenceMs)
    },
  }
}

/** The ids of a list of models. @throws Error where the answer is none */
function namesIn(answer: unknown): string[] {
  const { data } = answer as { data: { id: unknown }[] }
  return data.flatMap(({ id }) => (typeof id === 'string' ? id : [])).toSorted()
}

async function* streamAnswer(provider: Provider, request: ModelRequest, silenceMs: number): AsyncGenerator<string> {
  const { signal } = request
  let answer: AsyncIterator<Chunk> | undefined
  let isSilent = false
  const leave = (): void => void answer?.return?.()
  const open: Open = (limit) => {
    const { model, turns } = request
    const messages = turns.map(({ role, content }) => ({ role, content }))
    const chunks = provider.stream('/chat/completions', { model, messages, stream: true, ...limit })
    answer = chunks
    if (signal.aborted || isSilent) leave()
    return chunks
  }
  const timer = setTimeout(() => {
    isSilent = true
    leave()
  }, silenceMs)
  signal.addEventListener('abort', leave)
  let length = 0
  let isFinished = false
  try {
    for await (const chunk of chunksOf(open, request)) {
      const choice = chunk.choices?.[0]
      if (choice?.finish_reason) isFinished = true
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
    if (signal.aborted) return
    throw error instanceof Fault ? error : faultOf(error, { isBegun: length > 0 })
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', leave)
  }
  if (signal.aborted) return
  if (isSilent) throw new Fault('unavailable', 'assistant.provider-silent', 'The model went silent')
  // Closed in the middle of an answer: the connection ended without the model saying that it had.
  if (!isFinished) throw new Fault('unavailable', 'assistant.provider-failed', 'The answer broke off')
}

type Open = (limit: { max_tokens: number } | { max_completion_tokens: number }) => AsyncIterable<Chunk>

/** Models that were asked to be told their limit by its newer name. */
const newerLimit = new Set<string>()

/** The chunks of an answer. A model that refuses `max_tokens` (OpenAI's reasoning models do) is asked once more in its words. */
async function* chunksOf(open: Open, { model, maxTokens }: ModelRequest): AsyncGenerator<Chunk> {
  if (!newerLimit.has(model)) {
    try {
      return yield* open({ max_tokens: maxTokens })
    } catch (error) {
      const isOtherName = error instanceof ProviderRefusal && error.status === 400
      if (!isOtherName || !error.mentions('max_completion_tokens')) throw error
    }
  }
  for await (const chunk of open({ max_completion_tokens: maxTokens })) {
    newerLimit.add(model)
    yield chunk
  }
}

/** What went wrong at the provider, as a fault; never its raw words, which may hold the key. */
function faultOf(error: unknown, { isBegun }: { isBegun: boolean }): Fault {
  const options = { cause: error }
  if (error instanceof EventTooLong || error instanceof errors.ResponseExceededMaxSizeError) {
    return new Fault('unavailable', 'assistant.answer-too-long', 'The answer is too long', options)
  }
  if (error instanceof NoChunk) {
    return new Fault('unavailable', 'assistant.provider-failed', 'The model answers what makes no sense', options)
  }
  if (!(error instanceof ProviderRefusal)) {
    // A connection that was lost in the middle of an answer was there before.
    if (isBegun) return new Fault('unavailable', 'assistant.provider-failed', 'The answer broke off', options)
    return new Fault('unavailable', 'assistant.provider-unreachable', 'The model cannot be reached', options)
  }
  const { status, retryAfter } = error
  if (status === 401 || status === 403) {
    return new Fault('unavailable', 'assistant.provider-refused', 'The model refuses our key (CONFAB_LLM_KEY)', options)
  }
  if (status === 404) {
    return new Fault('unavailable', 'assistant.model-unknown', 'The provider knows no such model', options)
  }
  if (status === 429) {
    const data = retryAfter === undefined ? {} : { retryAfterSeconds: Math.ceil(retryAfter) }
    return new Fault('unavailable', 'assistant.provider-busy', 'The model has too much to do', { ...options, data })
  }
  return new Fault('unavailable', 'assistant.provider-failed', `The model answers ${status}`, options)
}
