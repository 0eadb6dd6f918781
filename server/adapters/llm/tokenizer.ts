import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import type { Tokenizer } from '#domains/assistant/ports.ts'

/** Longer pieces without a break cost the tokenizer more than their length; cut, the count is off by a token a piece. */
const PIECE = 4_000

/** OpenAI's o200k_base; other models' counts are within about a fifth of it, which the window's reserve covers. */
export const tokenizer: Tokenizer = {
  count: (text) => {
    let tokens = 0
    for (let at = 0; at < text.length; at += PIECE) {
      tokens += countTokens(text.slice(at, at + PIECE), { allowedSpecial: 'all' })
    }
    return tokens
  },
}
