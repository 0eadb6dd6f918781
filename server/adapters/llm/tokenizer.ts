import { createRequire } from 'node:module'
import type { Tokenizer } from '#domains/assistant/ports.ts'

const require = createRequire(import.meta.url)

type Encoding = typeof import('gpt-tokenizer/encoding/o200k_base')

/** Longer pieces without a break cost the tokenizer more than their length; cut, the count is off by a token a piece. */
const PIECE = 4_000

let encoding: Encoding | undefined

/**
 * OpenAI's o200k_base; other models' counts are within about a fifth of it, which the window's reserve covers. Its
 * table takes a tenth of the time the server needs to start, so it is read when the first text is counted.
 */
export const tokenizer: Tokenizer = {
  count: (text) => {
    encoding ??= require('gpt-tokenizer/encoding/o200k_base') as Encoding
    let tokens = 0
    for (let at = 0; at < text.length; at += PIECE) {
      tokens += encoding.countTokens(text.slice(at, at + PIECE), { allowedSpecial: 'all' })
    }
    return tokens
  },
}
