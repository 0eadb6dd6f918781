import type { Events } from '#contracts/events.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import type { Database } from '#kernel/db/database.ts'
import { Fault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import { findBackground } from './background-store.ts'
import type { Background } from './background-store.ts'
import { fitContext } from './context.ts'
import { conversationMissing, replyRunning, titleOf } from './conversation.ts'
import type { ConversationRow, MessageRow } from './conversation.ts'
import { findAccountPrompt } from './conversation-store.ts'
import { insertAnswer, insertExchange } from './exchange-store.ts'
import type { Exchange } from './exchange-store.ts'
import type { LanguageModel, Tokenizer } from './ports.ts'
import type { Replies } from './replies.ts'
import type { RunningReply } from './reply-writer.ts'
import { nameConversation } from './titles.ts'

/** Something to say; in a new conversation without `conversationId`. */
export interface Said {
  readonly message: string
  readonly conversationId?: number | null | undefined
  readonly model?: string | undefined
}

/** The three ways to have something answered. */
export interface Asking {
  send(accountId: number, said: Said): Promise<RunningReply>
  /** Says an earlier message otherwise: a branch beside it. */
  edit(
    accountId: number,
    messageId: number,
    said: { message: string; model?: string | undefined },
  ): Promise<RunningReply>
  /** Answers again: `messageId` is an answer, or a question that has none. */
  regenerate(accountId: number, messageId: number, model?: string): Promise<RunningReply>
}

/** The model's window keeps at least this much for what is asked. */
const LEAST_BUDGET = 256

/** Asks the model: the branch, cut to its window, goes along; the answer begins at once. */
export function createAsking(parts: {
  db: Database
  bus: Bus<Events>
  model: LanguageModel
  tokenizer: Tokenizer
  contextTokens: number
  answerTokens: number
  log: Log
  replies: Replies
  /** Given when the assistant closes: titles are not waited for. */
  closing: AbortSignal
  requireMessage: (accountId: number, messageId: number) => Promise<MessageRow>
  changed: (conversation: Pick<ConversationRow, 'id' | 'account_id'>) => void
}): Asking {
  const { db, model, tokenizer, replies, changed } = parts
  const budget = Math.max(LEAST_BUDGET, parts.contextTokens - parts.answerTokens)

  /** Faults: `assistant.conversation-missing`, `assistant.reply-running`. */
  const backgroundOf = async (
    accountId: number,
    conversationId: number,
    parentId?: number | null,
  ): Promise<Background> => {
    const found = await findBackground(db, {
      accountId,
      conversationId,
      budget,
      ...(parentId !== undefined && { parentId }),
    })
    if (found === undefined) throw conversationMissing()
    if (found.isAnswering) throw replyRunning()
    return found
  }

  /** Asks what stands under `parentId`: a question already kept, or one to be kept. */
  const ask = async (asked: {
    accountId: number
    /** In a new conversation nothing but the account's instructions. */
    background: Background | Pick<Background, 'accountPrompt'>
    parentId: number | null
    question: MessageRow | string
    chosen: string | undefined
  }): Promise<RunningReply> => {
    const { accountId, background, parentId, question, chosen } = asked
    const { conversation, earlier } = { conversation: undefined, earlier: [], ...background }
    const name = chosen ?? conversation?.model ?? model.defaultModel()
    const text = typeof question === 'string' ? question : question.content
    const tokens = typeof question === 'string' ? tokenizer.count(text) : question.tokens
    const turns = fitContext({
      instructions: [background.accountPrompt, conversation?.system_prompt ?? null],
      messages: [...earlier, { role: 'user', content: text, tokens }],
      budget,
      tokenizer,
    })
    const keep = async (): Promise<Exchange> => {
      const where = conversation ?? { accountId, title: titleOf(text), model: chosen ?? null }
      const kept =
        typeof question === 'string'
          ? await insertExchange(db, { conversation: where, parentId, content: text, tokens, model: name })
          : await insertAnswer(db, question, name)
      if (kept === undefined)
        throw new Fault('missing', 'assistant.conversation-missing', 'The conversation was deleted')
      return kept
    }
    const reply = await replies.begin({ accountId, conversationId: conversation?.id, model: name, turns, keep })
    const shown = { id: reply.question.conversation_id, account_id: accountId }
    changed(shown)
    void reply.done.then(async (written) => {
      changed(shown)
      if (
        (conversation && conversation.title_source !== 'first') ||
        parentId !== null ||
        written?.status !== 'complete'
      )
        return
      await nameConversation(parts, shown, { model: name, question: text, answer: written.content })
    })
    return reply
  }

  return {
    send: async (accountId, { message, conversationId, model: chosen }) => {
      // Known before anything is read: without a provider there is nobody to say it to.
      model.defaultModel()
      if (conversationId === undefined || conversationId === null) {
        const background = { accountPrompt: await findAccountPrompt(db, accountId) }
        return ask({ accountId, background, parentId: null, question: message, chosen })
      }
      const background = await backgroundOf(accountId, conversationId)
      return ask({ accountId, background, parentId: background.conversation.leaf_id, question: message, chosen })
    },
    edit: async (accountId, messageId, said) => {
      model.defaultModel()
      const earlier = await parts.requireMessage(accountId, messageId)
      if (earlier.role !== 'user')
        throw new Fault('invalid', 'assistant.not-yours', 'Only your own messages can be said otherwise')
      const { parent_id: parentId } = earlier
      const background = await backgroundOf(accountId, earlier.conversation_id, parentId)
      return ask({ accountId, background, parentId, question: said.message, chosen: said.model })
    },
    regenerate: async (accountId, messageId, chosen) => {
      model.defaultModel()
      const message = await parts.requireMessage(accountId, messageId)
      const question = message.role === 'user' ? message : await parts.requireMessage(accountId, message.parent_id ?? 0)
      const background = await backgroundOf(accountId, message.conversation_id, question.parent_id)
      return ask({ accountId, background, parentId: question.parent_id, question, chosen })
    },
  }
}
