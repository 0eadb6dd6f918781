/** One turn as a language model takes it. */
export interface ModelTurn {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

export interface ModelRequest {
  readonly model: string
  readonly turns: readonly ModelTurn[]
  /** Tokens the answer may have. */
  readonly maxTokens: number
  readonly signal: AbortSignal
}

/**
 * A language model behind an API. Faults: `assistant.not-configured`, `assistant.provider-unreachable`,
 * `assistant.provider-refused` (401, 403), `assistant.model-unknown` (404), `assistant.provider-busy` (429, with
 * `retryAfterSeconds` where it said so), `assistant.provider-failed` (5xx, or an answer that is none), `assistant.provider-silent`, `assistant.answer-too-long`.
 */
export interface LanguageModel {
  /** The model that answers unless another is picked. Throws `assistant.not-configured` naming the missing setting. */
  defaultModel(): string
  /** The models that may be picked. */
  models(): Promise<string[]>
  /** Pieces of the answer as they come. Ends when the answer is whole; throws a fault otherwise, also when aborted. */
  stream(request: ModelRequest): AsyncIterable<string>
}

/** Counts as the model would, or close to it. */
export interface Tokenizer {
  count(text: string): number
}
