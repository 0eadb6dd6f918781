import type { Bus } from '#kernel/bus/bus.ts'
import type { Events } from '#contracts/events.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Log } from '#kernel/log.ts'
import type { ConversationRow } from './conversation.ts'
import { setModelTitle } from './conversation-store.ts'
import type { LanguageModel } from './ports.ts'

const TITLE_TIMEOUT_MS = 20_000
const TITLE_TOKENS = 40
const LONGEST_TITLE = 60
/** Enough of both to know what the conversation is about. */
const LONGEST_EXCERPT = 1_000

const INSTRUCTION =
  'Give this conversation a title of at most 8 words (or 16 Chinese characters), in the language of the question. Answer with the title alone, without quotation marks.'

/** Lets the model name a conversation after its first answer. A failure leaves the title from the first message. */
export async function nameConversation(
  parts: { db: Database; bus: Bus<Events>; model: LanguageModel; log: Log; closing: AbortSignal },
  conversation: Pick<ConversationRow, 'id' | 'account_id'>,
  exchange: { model: string; question: string; answer: string },
): Promise<void> {
  try {
    let written = ''
    const pieces = parts.model.stream({
      model: exchange.model,
      turns: [
        { role: 'user', content: exchange.question.slice(0, LONGEST_EXCERPT) },
        { role: 'assistant', content: exchange.answer.slice(0, LONGEST_EXCERPT) },
        { role: 'user', content: INSTRUCTION },
      ],
      maxTokens: TITLE_TOKENS,
      signal: AbortSignal.any([parts.closing, AbortSignal.timeout(TITLE_TIMEOUT_MS)]),
    })
    for await (const piece of pieces) {
      written += piece
      if (written.length > LONGEST_EXCERPT) break
    }
    if (parts.closing.aborted) return
    const title = tidyTitle(written)
    if (title === '' || !(await setModelTitle(parts.db, conversation.id, title))) return
    parts.bus.publish('assistant.conversation.changed', {
      accountId: conversation.account_id,
      conversationId: conversation.id,
    })
  } catch (error) {
    parts.log.debug({ err: error, conversation: conversation.id }, 'no title from the model')
  }
}

/** The title in what a model wrote: its first line without quotation marks, of a bearable length. */
export function tidyTitle(written: string): string {
  const line = written.trim().split(/\r?\n/, 1)[0] ?? ''
  const bare = line
    .replace(/^(title|標題|标题)\s*[:：]\s*/i, '')
    .replace(/^["'「『《“#\s]+|["'」』》”\s.。]+$/g, '')
    .trim()
  return Array.from(bare).slice(0, LONGEST_TITLE).join('')
}
