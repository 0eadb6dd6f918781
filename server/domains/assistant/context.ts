import type { MessageRow } from './conversation.ts'
import type { ModelTurn, Tokenizer } from './ports.ts'

/** What each turn costs beside its text, in the chat format of OpenAI's models. */
const TOKENS_PER_TURN = 4

/** What is to be cut to a model's window. */
export interface ContextParts {
  readonly instructions: readonly (string | null)[]
  /** Oldest first; the last one is what is asked now and always goes along. */
  readonly messages: readonly Pick<MessageRow, 'role' | 'content' | 'tokens'>[]
  /** Tokens that the turns may have together. */
  readonly budget: number
  readonly tokenizer: Tokenizer
}

/**
 * The turns that go to the model: instructions, then as many of the newest messages as fit. A first turn that would be an
 * answer without its question is left out, as are answers without a word.
 */
export function fitContext({ instructions, messages, budget, tokenizer }: ContextParts): ModelTurn[] {
  const system = instructions.filter((text) => text !== null && text.trim() !== '').join('\n\n')
  const cost = (content: string, known: number | null = null): number =>
    (known ?? tokenizer.count(content)) + TOKENS_PER_TURN
  let left = budget - (system === '' ? 0 : cost(system))
  const turns: ModelTurn[] = []
  for (const { role, content, tokens } of messages.toReversed()) {
    if (content.trim() === '') continue
    left -= cost(content, tokens)
    if (left < 0 && turns.length > 0) break
    turns.unshift({ role, content })
  }
  while (turns.length > 1 && turns[0]?.role === 'assistant') turns.shift()
  return system === '' ? turns : [{ role: 'system', content: system }, ...turns]
}
