import type { Database } from '#kernel/db/database.ts'
import { Fault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import { replyRunning } from './conversation.ts'
import type { Exchange } from './exchange-store.ts'
import type { LanguageModel, ModelTurn, Tokenizer } from './ports.ts'
import { writeReply } from './reply-writer.ts'
import type { RunningReply } from './reply-writer.ts'

export interface ReplyRequest {
  readonly accountId: number
  /** Absent for a conversation that `keep` makes. */
  readonly conversationId?: number | undefined
  readonly model: string
  readonly turns: readonly ModelTurn[]
  /** Keeps the question and the beginning of the answer. */
  readonly keep: () => Promise<Exchange>
}

/** The answers this process is writing. */
export interface Replies {
  /**
   * Begins an answer and shows its branch. The model is asked while the question is being kept, so that neither waits for
   * the other. Faults: `assistant.reply-running`, `assistant.too-many-replies`, and those of `keep`.
   */
  begin(request: ReplyRequest): Promise<RunningReply>
  running(conversationId: number): RunningReply | undefined
  /** Ends it, keeping what is there; false when none is being written. */
  stop(conversationId: number): boolean
  /** Ends all of them as interrupted. */
  close(): Promise<void>
}

const MOST_PER_ACCOUNT = 5

interface Entry {
  readonly accountId: number
  conversationId: number | undefined
  readonly controller: AbortController
  reply?: RunningReply
}

/** Replies over a language model; each one is noted in the database every second and whole at its end. */
export function createReplies(parts: {
  db: Database
  model: LanguageModel
  tokenizer: Tokenizer
  answerTokens: number
  log: Log
}): Replies {
  const { log, model } = parts
  const entries = new Set<Entry>()
  const entryOf = (conversationId: number): Entry | undefined => {
    for (const entry of entries) if (entry.conversationId === conversationId) return entry
    return undefined
  }
  const reserve = (accountId: number, conversationId: number | undefined): Entry => {
    if (conversationId !== undefined && entryOf(conversationId) !== undefined) {
      throw replyRunning()
    }
    let open = 0
    for (const entry of entries) if (entry.accountId === accountId) open++
    if (open >= MOST_PER_ACCOUNT) {
      throw new Fault('busy', 'assistant.too-many-replies', `No more than ${MOST_PER_ACCOUNT} answers at once`)
    }
    const entry: Entry = { accountId, conversationId, controller: new AbortController() }
    entries.add(entry)
    return entry
  }

  return {
    begin: async (request) => {
      const entry = reserve(request.accountId, request.conversationId)
      const { signal } = entry.controller
      try {
        const options = { model: request.model, turns: request.turns, maxTokens: parts.answerTokens, signal }
        const pieces = model.stream(options)[Symbol.asyncIterator]()
        const first = pieces.next()
        // It is awaited once the question is kept; failing before that is no unhandled rejection.
        first.catch(() => undefined)
        const { question, answer: message } = await request.keep()
        entry.conversationId = question.conversation_id
        const over = (): void => void entries.delete(entry)
        entry.reply = writeReply({ ...parts, pieces, first, question, message, signal, over })
        return entry.reply
      } catch (error) {
        entry.controller.abort('interrupted')
        entries.delete(entry)
        throw error
      }
    },
    running: (conversationId) => entryOf(conversationId)?.reply,
    stop: (conversationId) => {
      const entry = entryOf(conversationId)
      entry?.controller.abort('stopped')
      return entry !== undefined
    },
    close: async () => {
      const open = [...entries]
      for (const { controller } of open) controller.abort('interrupted')
      await Promise.all(open.map(async ({ reply }) => await reply?.done))
      log.debug({ replies: open.length }, 'replies ended')
    },
  }
}
