import type { Database } from '#kernel/db/database.ts'
import { Fault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import type { MessageRow, MessageStatus } from './conversation.ts'
import { setLeaf } from './conversation-store.ts'
import { finishMessage, insertMessage, noteProgress } from './message-store.ts'
import type { LanguageModel, ModelTurn, Tokenizer } from './ports.ts'

/** An answer that is being written, whoever watches or not. */
export interface RunningReply {
  readonly messageId: number
  readonly question: MessageRow
  /** What is there so far. */
  content(): string
  /** Calls `listener` with each new piece until the returned function is called or the answer ends. */
  follow(listener: (piece: string) => void): () => void
  /** The answer as it was kept in the end, failed or not; undefined when it was deleted meanwhile. Never rejects. */
  readonly done: Promise<MessageRow | undefined>
}

export interface ReplyRequest {
  readonly accountId: number
  readonly question: MessageRow
  readonly model: string
  readonly turns: readonly ModelTurn[]
}

/** The answers this process is writing. */
export interface Replies {
  /** Begins an answer and shows its branch. Faults: `assistant.reply-running`, `assistant.too-many-replies`. */
  begin(request: ReplyRequest): Promise<RunningReply>
  running(conversationId: number): RunningReply | undefined
  /** Ends it, keeping what is there; false when none is being written. */
  stop(conversationId: number): boolean
  /** Ends all of them as interrupted. */
  close(): Promise<void>
}

/** How often the text so far is written down: what a crash can cost. */
const NOTE_EVERY_MS = 1_000
const MOST_PER_ACCOUNT = 5

interface Entry {
  readonly accountId: number
  readonly controller: AbortController
  readonly reply?: RunningReply
}

/** Replies over a language model; each one is noted in the database every second and whole at its end. */
export function createReplies(parts: {
  db: Database
  model: LanguageModel
  tokenizer: Tokenizer
  answerTokens: number
  log: Log
}): Replies {
  const { db, log } = parts
  const entries = new Map<number, Entry>()

  return {
    begin: async (request) => {
      const { accountId, question } = request
      const conversationId = question.conversation_id
      if (entries.has(conversationId)) {
        throw new Fault('conflict', 'assistant.reply-running', 'An answer is already being written here')
      }
      if ([...entries.values()].filter((entry) => entry.accountId === accountId).length >= MOST_PER_ACCOUNT) {
        throw new Fault('busy', 'assistant.too-many-replies', `No more than ${MOST_PER_ACCOUNT} answers at once`)
      }
      const controller = new AbortController()
      entries.set(conversationId, { accountId, controller })
      try {
        const message = await db.transaction(async (tx) => {
          const row = await insertMessage(tx, {
            conversationId,
            parentId: question.id,
            role: 'assistant',
            content: '',
            status: 'streaming',
            model: request.model,
          })
          await setLeaf(tx, conversationId, row.id)
          return row
        })
        const reply = write({ ...parts, request, message, controller, over: () => entries.delete(conversationId) })
        entries.set(conversationId, { accountId, controller, reply })
        return reply
      } catch (error) {
        entries.delete(conversationId)
        throw error
      }
    },
    running: (conversationId) => entries.get(conversationId)?.reply,
    stop: (conversationId) => {
      const entry = entries.get(conversationId)
      entry?.controller.abort('stopped')
      return entry !== undefined
    },
    close: async () => {
      const open = [...entries.values()]
      for (const { controller } of open) controller.abort('interrupted')
      await Promise.all(open.map(async ({ reply }) => await reply?.done))
      log.debug({ replies: open.length }, 'replies ended')
    },
  }
}

function write(parts: {
  db: Database
  model: LanguageModel
  tokenizer: Tokenizer
  answerTokens: number
  log: Log
  request: ReplyRequest
  message: MessageRow
  controller: AbortController
  over: () => void
}): RunningReply {
  const { db, log, request, message, controller } = parts
  const listeners = new Set<(piece: string) => void>()
  let content = ''

  // Also while the model is silent: the time of the last note says that somebody is still at it.
  const note = (): void => {
    noteProgress(db, message.id, content).catch((error: unknown) =>
      log.warn({ err: error }, 'a reply could not be noted'),
    )
  }

  const run = async (): Promise<MessageRow | undefined> => {
    const timer = setInterval(note, NOTE_EVERY_MS)
    let status: MessageStatus = 'complete'
    let fault: Fault | undefined
    try {
      const pieces = parts.model.stream({
        model: request.model,
        turns: request.turns,
        maxTokens: parts.answerTokens,
        signal: controller.signal,
      })
      for await (const piece of pieces) {
        // An abort may end the loop without an error; what comes after it is not taken.
        if (controller.signal.aborted) break
        content += piece
        for (const listener of listeners) listener(piece)
      }
      if (controller.signal.aborted) status = controller.signal.reason as MessageStatus
      else if (content.trim() === '')
        throw new Fault('unavailable', 'assistant.provider-failed', 'The answer was empty')
    } catch (error) {
      if (controller.signal.aborted) status = controller.signal.reason as MessageStatus
      else {
        status = 'failed'
        fault = error instanceof Fault ? error : undefined
        if (fault === undefined) log.error({ err: error }, 'a reply failed unexpectedly')
      }
    } finally {
      clearInterval(timer)
    }
    try {
      const error = status === 'failed' ? (fault?.code ?? 'assistant.provider-failed') : null
      return await finishMessage(db, message.id, { content, status, error, tokens: parts.tokenizer.count(content) })
    } catch (error) {
      log.error({ err: error }, 'the end of a reply could not be kept')
      return undefined
    } finally {
      listeners.clear()
      parts.over()
    }
  }
  return {
    messageId: message.id,
    question: request.question,
    content: () => content,
    follow: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    done: run(),
  }
}
