import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Log } from '#kernel/log.ts'
import type { Seat } from './live/seat.ts'
import { sessionsStore } from './sessions-store.ts'
import type { SessionState } from './sessions-store.ts'

const FLUSH_MS = 40
const RETRY_MS = 1_000
/** Sessions whose state could not be written yet; beyond it the oldest are forgotten, and lapse by themselves. */
const MOST_UNWRITTEN = 10_000

/** What becomes of sessions, written behind the sockets. */
export type SessionWriter = ReturnType<typeof createSessionWriter>

/**
 * Writes sessions and the places they stand for, many in one statement: five hundred people who come in at once, or lose
 * their network at once, are a few commits and not five hundred. Whoever reads sessions calls `flush` first.
 */
export function createSessionWriter(parts: { db: Database; clock: Clock; log: Log; node: string }) {
  const { db, clock, log, node } = parts
  const unwritten = new Map<string, SessionState>()
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()

  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (unwritten.size > 0) writing = writing.then(write)
    return writing
  }

  async function write(): Promise<void> {
    const batch = [...unwritten.values()]
    unwritten.clear()
    if (batch.length === 0) return
    try {
      await sessionsStore.write(db, batch)
    } catch (error) {
      log.warn({ err: error, sessions: batch.length }, 'sessions could not be written; trying again')
      // What happened meanwhile is newer.
      for (const one of batch) if (!unwritten.has(one.id) && unwritten.size < MOST_UNWRITTEN) unwritten.set(one.id, one)
      timer ??= setTimeout(() => void flush(), RETRY_MS)
    }
  }

  return {
    /** Notes what became of the session a seat has now; `seatMs`: how long its place is kept from now on. */
    put(meetingId: number, seat: Seat, status: SessionState['status'], seatMs: number | null): void {
      const now = clock.now()
      unwritten.set(seat.sessionId, {
        id: seat.sessionId,
        meeting_id: meetingId,
        account_id: seat.accountId,
        peer_id: seat.peerId,
        node,
        status,
        connected_at: seat.connectedAt,
        last_activity: status === 'active' ? seat.lastActivity : new Date(now),
        seat_until: seatMs === null ? null : new Date(now + seatMs),
        ...seat.mediaState,
      })
      timer ??= setTimeout(() => void flush(), FLUSH_MS)
    },

    /** Resolves when everything noted so far was written, or tried; never rejects. */
    flush,

    /** Writes what is left; what cannot be written now is given up. */
    async stop(): Promise<void> {
      await flush()
      clearTimeout(timer)
    },
  }
}
