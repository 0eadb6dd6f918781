import type { Database } from '#kernel/db/database.ts'
import type { Log } from '#kernel/log.ts'
import type { MessageRow } from './conversation.ts'
import { findMessage } from './message-store.ts'
import type { RunningReply } from './reply-writer.ts'

/** Its writer notes it every second. */
const LOOK_EVERY_MS = 500

/**
 * An answer that another process writes, followed by what it notes in the database, until it ends or nobody follows any
 * more. Whoever never follows it holds nothing.
 */
export function followDistant(parts: {
  db: Database
  log: Log
  accountId: number
  question: MessageRow
  message: MessageRow
}): RunningReply {
  const { db, log, accountId, question } = parts
  const listeners = new Set<(piece: string) => void>()
  const ended = Promise.withResolvers<MessageRow | undefined>()
  let known: MessageRow | undefined = parts.message
  let timer: NodeJS.Timeout | undefined
  let looking = false

  const end = (): void => {
    clearInterval(timer)
    listeners.clear()
    ended.resolve(known)
  }

  const look = async (): Promise<void> => {
    const before = known?.content ?? ''
    known = await findMessage(db, accountId, parts.message.id)
    const now = known?.content ?? ''
    // It only ever grows.
    if (now.length > before.length) for (const listener of listeners) listener(now.slice(before.length))
    if (known?.status !== 'streaming') end()
  }

  const begin = (): void => {
    timer ??= setInterval(() => {
      if (looking) return
      looking = true
      look()
        .catch((error: unknown) => log.warn({ err: error }, 'an answer of another process could not be looked at'))
        .finally(() => (looking = false))
    }, LOOK_EVERY_MS)
  }

  return {
    messageId: parts.message.id,
    question,
    content: () => known?.content ?? '',
    follow: (listener) => {
      listeners.add(listener)
      begin()
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) end()
      }
    },
    done: ended.promise,
  }
}
