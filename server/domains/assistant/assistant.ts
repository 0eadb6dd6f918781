import type { Events } from '#contracts/events.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import type { Database } from '#kernel/db/database.ts'
import { Fault } from '#kernel/fault.ts'
import { searchable } from '#kernel/grams.ts'
import type { Log } from '#kernel/log.ts'
import { createAsking } from './asking.ts'
import type { Asking } from './asking.ts'
import { conversationMissing, replyRunning } from './conversation.ts'
import type { BranchedMessage, ConversationRow, MessageRow, Page } from './conversation.ts'
import * as conversations from './conversation-store.ts'
import type { ConversationChange } from './conversation-store.ts'
import * as messages from './message-store.ts'
import type { SearchHit } from './message-store.ts'
import type { LanguageModel, Tokenizer } from './ports.ts'
import { followDistant } from './distant-reply.ts'
import { createReplies } from './replies.ts'
import type { RunningReply } from './reply-writer.ts'

/** Conversations of accounts with a language model. What is another account's is missing: `assistant.conversation-missing`. */
export interface Assistant extends Asking {
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
  const { db, bus, model } = parts
  const replies = createReplies(parts)
  let sweeper: NodeJS.Timeout | undefined
  const leave = bus.subscribe('assistant.reply.stop-asked', ({ conversationId }) => void replies.stop(conversationId))

  const sweep = async (silentSeconds: number): Promise<void> => {
    const count = await messages.markInterrupted(db, silentSeconds)
    if (count > 0) parts.log.info({ count }, 'answers broken off by a stop are marked so')
  }
  const require = async (accountId: number, conversationId: number): Promise<ConversationRow> => {
    const found = await conversations.findConversation(db, accountId, conversationId)
    if (found === undefined) throw conversationMissing()
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
    if (replies.running(conversationId) !== undefined) throw replyRunning()
  }

  const closing = new AbortController()
  const asking = createAsking({ ...parts, closing: closing.signal, replies, requireMessage, changed })

  return {
    ...asking,
    follow: async (accountId, conversationId) => {
      const conversation = await require(accountId, conversationId)
      const reply = replies.running(conversationId)
      if (reply !== undefined) return { reply }
      const [last] = conversation.leaf_id === null ? [] : await messages.branchTo(db, conversation.leaf_id, 1)
      if (last === undefined) return {}
      const question = last.status === 'streaming' && (await messages.findMessage(db, accountId, last.parent_id ?? 0))
      return question ? { reply: followDistant({ ...parts, accountId, question, message: last }) } : { last }
    },
    stop: async (accountId, conversationId) => {
      const { leaf_id } = await require(accountId, conversationId)
      if (replies.stop(conversationId)) return true
      const last = leaf_id === null ? undefined : await messages.findMessage(db, accountId, leaf_id)
      if (last?.status !== 'streaming') return false
      bus.publish('assistant.reply.stop-asked', { conversationId })
      return true
    },
    show: async (accountId, messageId) => {
      const message = await requireMessage(accountId, messageId)
      refuseWhileRunning(message.conversation_id)
      await conversations.setLeaf(db, message.conversation_id, await messages.newestLeafUnder(db, messageId))
      changed({ id: message.conversation_id, account_id: accountId })
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
      if (row === undefined) throw conversationMissing()
      changed(row)
      return row
    },
    delete: async (accountId, conversationId) => {
      const conversation = await require(accountId, conversationId)
      bus.publish('assistant.reply.stop-asked', { conversationId })
      if (!(await conversations.deleteConversation(db, accountId, conversationId))) throw conversationMissing()
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
      leave()
      closing.abort()
      await replies.close()
    },
  }
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
