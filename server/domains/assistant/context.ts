import { Fault } from '#kernel/fault.ts'
import type { ContextMessage } from './background-store.ts'
import type { ModelTurn, Tokenizer } from './ports.ts'

/** What each turn costs beside its text, in the chat format of OpenAI's models. */
const TOKENS_PER_TURN = 4

/** What is to be cut to a model's window. */
export interface ContextParts {
  readonly instructions: readonly (string | null)[]
  /** Oldest first; the last one is what is asked now and always goes along. */
  readonly messages: readonly ContextMessage[]
  /** Tokens that the turns may have together. */
  readonly budget: number
  readonly tokenizer: Tokenizer
}

/**
 * The turns that go to the model: instructions, then as many of the newest messages as fit. A first turn that would be an
 * answer without its question is left out, as are answers without a word. Fault: `assistant.message-too-long` when not
 * even the last message fits beside the instructions.
 */
export function fitContext({ instructions, messages, budget, tokenizer }: ContextParts): ModelTurn[] {
  const system = instructions.filter((text) => text !== null && text.trim() !== '').join('\n\n')
  const cost = (content: string, known: number | null = null): number =>
    (known ?? tokenizer.count(content)) + TOKENS_PER_TURN
  let left = budget - (system === '' ? 0 : cost(system))
  const room = left
  const turns: ModelTurn[] = []
  for (const { role, content, tokens } of messages.toReversed()) {
    if (content.trim() === '') continue
    const price = cost(content, tokens)
    left -= price
    if (left < 0) {
      if (turns.length > 0) break
      throw new Fault(
        'invalid',
        'assistant.message-too-long',
        `The message has ${price} tokens; ${Math.max(0, room)} fit into the model's window beside the instructions`,
      )
    }
    turns.unshift({ role, content })
  }
  while (turns.length > 1 && turns[0]?.role === 'assistant') turns.shift()
  return system === '' ? turns : [{ role: 'system', content: system }, ...turns]
}
