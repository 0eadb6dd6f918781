import type { Database } from '#kernel/db/database.ts'
import { Fault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import type { MessageRow, MessageStatus } from './conversation.ts'
import { finishMessage, noteProgress } from './message-store.ts'
import type { Tokenizer } from './ports.ts'

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

/** How often the text so far is written down: what a crash can cost. */
const NOTE_EVERY_MS = 1_000

/** Writes an answer down to its end, piece by piece; why it ended early is the reason of `signal`. */
export function writeReply(parts: {
  db: Database
  tokenizer: Tokenizer
  log: Log
  pieces: AsyncIterator<string>
  /** The first piece, already asked for. */
  first: Promise<IteratorResult<string>>
  question: MessageRow
  message: MessageRow
  signal: AbortSignal
  /** Called once the answer is kept. */
  over: () => void
}): RunningReply {
  const { db, log, message, signal } = parts
  const listeners = new Set<(piece: string) => void>()
  let content = ''

  // Also while the model is silent: the time of the last note says that somebody is still at it.
  const note = (): void => {
    noteProgress(db, message.id, content).catch((error: unknown) =>
      log.warn({ err: error }, 'a reply could not be noted'),
    )
  }

  /** Takes pieces until there are no more; how it ended. */
  const take = async (): Promise<{ status: MessageStatus; error: string | null }> => {
    try {
      for (let next = await parts.first; next.done !== true; next = await parts.pieces.next()) {
        // An abort may end the loop without an error; what comes after it is not taken.
        if (signal.aborted) break
        content += next.value
        for (const listener of listeners) listener(next.value)
      }
      if (signal.aborted) return { status: signal.reason as MessageStatus, error: null }
      if (content.trim() !== '') return { status: 'complete', error: null }
      return { status: 'failed', error: 'assistant.provider-failed' }
    } catch (error) {
      if (signal.aborted) return { status: signal.reason as MessageStatus, error: null }
      if (!(error instanceof Fault)) log.error({ err: error }, 'a reply failed unexpectedly')
      return { status: 'failed', error: error instanceof Fault ? error.code : 'assistant.provider-failed' }
    }
  }

  const run = async (): Promise<MessageRow | undefined> => {
    const timer = setInterval(note, NOTE_EVERY_MS)
    const ending = await take().finally(() => clearInterval(timer))
    try {
      return await finishMessage(db, message.id, { content, ...ending, tokens: parts.tokenizer.count(content) })
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
    question: parts.question,
    content: () => content,
    follow: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    done: run(),
  }
}
