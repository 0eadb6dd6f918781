import type { Events } from '#contracts/events.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import type { Database } from '#kernel/db/database.ts'
import { Fault } from '#kernel/fault.ts'
import { searchable } from '#kernel/grams.ts'
import type { Log } from '#kernel/log.ts'
import { fitContext } from './context.ts'
import { titleOf } from './conversation.ts'
import type { BranchedMessage, ConversationRow, MessageRow, Page } from './conversation.ts'
import * as conversations from './conversation-store.ts'
import type { ConversationChange } from './conversation-store.ts'
import * as messages from './message-store.ts'
import type { SearchHit } from './message-store.ts'
import type { LanguageModel, Tokenizer } from './ports.ts'
import { createReplies } from './replies.ts'
import type { RunningReply } from './replies.ts'
import { nameConversation } from './titles.ts'

/** Conversations of accounts with a language model. What is another account's is missing: `assistant.conversation-missing`. */
export interface Assistant {
  /** Says something, in a new conversation without `conversationId`; the answer begins at once. */
  send(accountId: number, said: Said): Promise<RunningReply>
  /** Says an earlier message otherwise: a branch beside it. */
  edit(
    accountId: number,
    messageId: number,
    said: { message: string; model?: string | undefined },
  ): Promise<RunningReply>
  /** Answers again: `messageId` is an answer, or a question that has none. */
  regenerate(accountId: number, messageId: number, model?: string): Promise<RunningReply>
  /** The answer being written, if any, else the last message. */
  follow(accountId: number, conversationId: number): Promise<{ reply?: RunningReply; last?: BranchedMessage }>
  stop(accountId: number, conversationId: number): Promise<boolean>
  show(accountId: number, messageId: number): Promise<number>
  deleteMessage(accountId: number, messageId: number): Promise<void>

  list(
    accountId: number,
    page: { limit?: number | undefined; cursor?: string | undefined },
  ): Promise<Page<ConversationRow>>
  get(accountId: number, conversationId: number): Promise<ConversationRow>
  messages(
    accountId: number,
    conversationId: number,
    page: { limit?: number | undefined; cursor?: string | undefined },
  ): Promise<Page<BranchedMessage>>
  change(accountId: number, conversationId: number, change: ConversationChange): Promise<ConversationRow>
  delete(accountId: number, conversationId: number): Promise<void>
  search(accountId: number, text: string, limit: number): Promise<SearchHit[]>

  models(): Promise<{ models: string[]; defaultModel: string }>
  accountPrompt(accountId: number): Promise<string | null>
  setAccountPrompt(accountId: number, prompt: string | null): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

export interface Said {
  readonly message: string
  readonly conversationId?: number | null | undefined
  readonly model?: string | undefined
}

export interface AssistantParts {
  readonly db: Database
  readonly bus: Bus<Events>
  readonly model: LanguageModel
  readonly tokenizer: Tokenizer
  readonly contextTokens: number
  readonly answerTokens: number
  readonly log: Log
}

/** An answer that nobody has touched for this long was left by a process that ended; running ones are touched every second. */
const INTERRUPTED_AFTER_S = 15

/** The assistant over the database and a model. */
export function createAssistant(parts: AssistantParts): Assistant {
  const { db, bus, model, tokenizer } = parts
  const replies = createReplies(parts)
  let sweeper: NodeJS.Timeout | undefined

  const sweep = async (silentSeconds: number): Promise<void> => {
    const count = await messages.markInterrupted(db, silentSeconds)
    if (count > 0) parts.log.info({ count }, 'answers broken off by a stop are marked so')
  }
  const require = async (accountId: number, conversationId: number): Promise<ConversationRow> => {
    const found = await conversations.findConversation(db, accountId, conversationId)
    if (found === undefined) throw missing()
    return found
  }
  const requireMessage = async (accountId: number, messageId: number): Promise<MessageRow> => {
    const found = await messages.findMessage(db, accountId, messageId)
    if (found === undefined) throw new Fault('missing', 'assistant.message-missing', 'There is no such message')
    return found
  }
  const changed = (conversation: Pick<ConversationRow, 'id' | 'account_id'>): void =>
    bus.publish('assistant.conversation.changed', {
      accountId: conversation.account_id,
      conversationId: conversation.id,
    })

  const refuseWhileRunning = (conversationId: number): void => {
    if (replies.running(conversationId) !== undefined) {
      throw new Fault('conflict', 'assistant.reply-running', 'An answer is already being written here')
    }
  }

  /** Has `question` answered: its branch, cut to the window, goes to the model. */
  const answer = async (
    conversation: ConversationRow,
    question: MessageRow,
    chosen?: string,
  ): Promise<RunningReply> => {
    const name = chosen ?? conversation.model ?? model.defaultModel()
    const branch = await messages.branchTo(db, question.id)
    const turns = fitContext({
      instructions: [await conversations.findAccountPrompt(db, conversation.account_id), conversation.system_prompt],
      messages: branch,
      budget: Math.max(256, parts.contextTokens - parts.answerTokens),
      tokenizer,
    })
    const reply = await replies.begin({ accountId: conversation.account_id, question, model: name, turns })
    changed(conversation)
    void reply.done.then(async (written) => {
      changed(conversation)
      if (conversation.title_source !== 'first' || branch.length > 1 || written?.status !== 'complete') return
      await nameConversation(parts, conversation, { model: name, question: question.content, answer: written.content })
    })
    return reply
  }

  const ask = (conversation: ConversationRow, parentId: number | null, message: string): Promise<MessageRow> =>
    db.transaction(async (tx) => {
      const question = await messages.insertMessage(tx, {
        conversationId: conversation.id,
        parentId,
        role: 'user',
        content: message,
        status: 'complete',
        tokens: tokenizer.count(message),
      })
      await conversations.setLeaf(tx, conversation.id, question.id)
      return question
    })

  return {
    send: async (accountId, { message, conversationId, model: chosen }) => {
      // Known before anything is written: without a provider there is nobody to say it to.
      model.defaultModel()
      let conversation: ConversationRow
      if (conversationId === undefined || conversationId === null) {
        const values = { accountId, title: titleOf(message), model: chosen ?? null }
        conversation = await conversations.insertConversation(db, values)
      } else {
        conversation = await require(accountId, conversationId)
        refuseWhileRunning(conversationId)
      }
      return answer(conversation, await ask(conversation, conversation.leaf_id, message), chosen)
    },
    edit: async (accountId, messageId, said) => {
      model.defaultModel()
      const earlier = await requireMessage(accountId, messageId)
      if (earlier.role !== 'user')
        throw new Fault('invalid', 'assistant.not-yours', 'Only your own messages can be said otherwise')
      refuseWhileRunning(earlier.conversation_id)
      const conversation = await require(accountId, earlier.conversation_id)
      return answer(conversation, await ask(conversation, earlier.parent_id, said.message), said.model)
    },
    regenerate: async (accountId, messageId, chosen) => {
      model.defaultModel()
      const message = await requireMessage(accountId, messageId)
      refuseWhileRunning(message.conversation_id)
      const conversation = await require(accountId, message.conversation_id)
      const question = message.role === 'user' ? message : await requireMessage(accountId, message.parent_id ?? 0)
      return answer(conversation, question, chosen)
    },
    follow: async (accountId, conversationId) => {
      const conversation = await require(accountId, conversationId)
      const reply = replies.running(conversationId)
      if (reply !== undefined) return { reply }
      const [last] = conversation.leaf_id === null ? [] : await messages.branchTo(db, conversation.leaf_id, 1)
      return last === undefined ? {} : { last }
    },
    stop: async (accountId, conversationId) => {
      await require(accountId, conversationId)
      return replies.stop(conversationId)
    },
    show: async (accountId, messageId) => {
      const message = await requireMessage(accountId, messageId)
      refuseWhileRunning(message.conversation_id)
      await conversations.setLeaf(db, message.conversation_id, await messages.newestLeafUnder(db, messageId))
      return message.conversation_id
    },
    deleteMessage: async (accountId, messageId) => {
      const message = await requireMessage(accountId, messageId)
      refuseWhileRunning(message.conversation_id)
      const conversation = await require(accountId, message.conversation_id)
      await db.transaction(async (tx) => {
        const neighbour = await messages.neighbourOf(tx, message)
        await conversations.setLeaf(tx, conversation.id, neighbour && (await messages.newestLeafUnder(tx, neighbour)))
        await messages.deleteBranch(tx, messageId)
        if (neighbour !== null) {
          // The neighbour may be the parent, whose newest end was the message itself.
          await conversations.setLeaf(tx, conversation.id, await messages.newestLeafUnder(tx, neighbour))
        }
      })
      changed(conversation)
    },

    list: async (accountId, { limit, cursor }) =>
      conversations.listConversations(db, accountId, {
        limit,
        cursor: cursor === undefined ? undefined : conversationCursor(cursor),
      }),
    get: require,
    messages: async (accountId, conversationId, { limit, cursor }) => {
      const conversation = await require(accountId, conversationId)
      const leaf = cursor === undefined ? conversation.leaf_id : messageCursor(cursor)
      if (leaf === null) return { items: [], nextCursor: null }
      if (cursor !== undefined) {
        const at = await messages.findMessage(db, accountId, leaf)
        if (at?.conversation_id !== conversationId) throw badCursor()
      }
      const items = await messages.branchTo(db, leaf, limit)
      const before = items[0]?.parent_id ?? null
      return { items, nextCursor: before === null ? null : String(before) }
    },
    change: async (accountId, conversationId, change) => {
      const source = change.title === undefined ? {} : { title: change.title.trim(), titleSource: 'user' as const }
      const row = await conversations.updateConversation(db, accountId, conversationId, { ...change, ...source })
      if (row === undefined) throw missing()
      changed(row)
      return row
    },
    delete: async (accountId, conversationId) => {
      const conversation = await require(accountId, conversationId)
      replies.stop(conversationId)
      if (!(await conversations.deleteConversation(db, accountId, conversationId))) throw missing()
      bus.publish('assistant.conversation.deleted', { accountId: conversation.account_id, conversationId })
    },
    search: async (accountId, text, limit) => {
      const needle = searchable(text.trim())
      return needle === '' ? [] : messages.searchText(db, accountId, needle, limit)
    },
    models: async () => {
      const defaultModel = model.defaultModel()
      const known = await model.models()
      return { models: known.includes(defaultModel) ? known : [defaultModel, ...known], defaultModel }
    },
    accountPrompt: (accountId) => conversations.findAccountPrompt(db, accountId),
    setAccountPrompt: (accountId, prompt) => conversations.setAccountPrompt(db, accountId, prompt?.trim() || null),
    start: async () => {
      // The embedded database is ours alone, so whatever is still being written there is not.
      await sweep(db.origin === 'embedded' ? 0 : INTERRUPTED_AFTER_S)
      sweeper = setInterval(() => {
        sweep(INTERRUPTED_AFTER_S).catch((error: unknown) =>
          parts.log.warn({ err: error }, 'looking for broken answers failed'),
        )
      }, INTERRUPTED_AFTER_S * 1000)
    },
    close: async () => {
      clearInterval(sweeper)
      await replies.close()
    },
  }
}

function missing(): Fault {
  return new Fault('missing', 'assistant.conversation-missing', 'There is no such conversation')
}

function badCursor(): Fault {
  return new Fault('invalid', 'assistant.bad-cursor', 'cursor is not one of ours')
}

function conversationCursor(cursor: string): conversations.ConversationCursor {
  const decoded = conversations.decodeConversationCursor(cursor)
  if (decoded === undefined) throw badCursor()
  return decoded
}

function messageCursor(cursor: string): number {
  if (!/^[1-9]\d{0,14}$/.test(cursor)) throw badCursor()
  return Number(cursor)
}
