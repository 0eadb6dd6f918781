import type { Clock } from '#kernel/clock.ts'
import type { Executor } from '#kernel/db/executor.ts'
import type { Log } from '#kernel/log.ts'
import { noteSeen } from './session-store.ts'

/** Remembers when sessions were last used, and writes it down now and then instead of with every request. */
export interface SessionActivity {
  use(sessionId: string, lastSeenAt: Date): void
  start(): void
  /** Writes what is left and ends. */
  stop(): Promise<void>
}

/** A session seen this recently is not written again. */
const COARSE_MS = 60_000
const WRITE_EVERY_MS = 15_000
const MOST_WAITING = 20_000

/** Activity that is written every quarter of a minute, all sessions in one statement. */
export function createSessionActivity({ db, clock, log }: { db: Executor; clock: Clock; log: Log }): SessionActivity {
  let waiting = new Map<string, number>()
  let writing: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  const write = (): Promise<void> => {
    if (waiting.size === 0) return writing
    const seen = waiting
    waiting = new Map()
    writing = writing
      .then(() => noteSeen(db, seen))
      .catch((error: unknown) => log.warn({ err: error }, 'when sessions were last seen could not be written'))
    return writing
  }

  return {
    use: (sessionId, lastSeenAt) => {
      const now = clock.now()
      if (now - lastSeenAt.getTime() < COARSE_MS || waiting.size >= MOST_WAITING) return
      waiting.set(sessionId, now)
    },
    start: () => {
      timer ??= setInterval(() => void write(), WRITE_EVERY_MS).unref()
    },
    stop: async () => {
      clearInterval(timer)
      timer = undefined
      await write()
    },
  }
}
