import { randomUUID } from 'node:crypto'
import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Log } from '#kernel/log.ts'

/** One socket of an account, open or closed, as document 1's dashboard lists it. */
export interface SessionView {
  readonly id: string
  /** Milliseconds since the Unix epoch, both. */
  readonly created_at: number
  readonly last_seen: number
  readonly active: 0 | 1
}

/** The rows behind the call sockets: every open one is active, and `last_seen` moves with every frame. */
export interface CallSessions {
  /** A socket was opened. */
  open(id: string, accountId: number): Promise<void>
  /** A frame came; cheap, written down later. */
  seen(id: string): void
  close(id: string): Promise<void>
  /** The account's sockets, open ones first, then the latest. */
  list(accountId: number): Promise<SessionView[]>
  start(): Promise<void>
  /** Marks every socket of this process as closed. */
  stop(): Promise<void>
}

const WRITE_EVERY_MS = 10_000
/** How long a process vouches for its sockets: a few writes may fail. */
const ALIVE_MS = 60_000
const KEPT_MS = 7 * 24 * 60 * 60_000
const MOST_SHOWN = 50

/** Sessions over the table `call_sessions`. `isAlone`: no other process shares the database. */
export function createCallSessions(parts: { db: Database; clock: Clock; log: Log; isAlone: boolean }): CallSessions {
  const { db, clock, log, isAlone } = parts
  const node = randomUUID()
  let seen = new Map<string, number>()
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()

  const write = (): Promise<void> => {
    const now = clock.now()
    const moved = seen
    seen = new Map()
    writing = writing.then(async () => {
      await db.query(
        `UPDATE call_sessions s SET last_seen = to_timestamp(m.at / 1000.0)
         FROM unnest($1::uuid[], $2::float8[]) AS m (id, at) WHERE s.id = m.id`,
        [[...moved.keys()], [...moved.values()]],
      )
      await db.query('UPDATE call_sessions SET alive_until = $2 WHERE node = $1 AND closed_at IS NULL', [
        node,
        new Date(now + ALIVE_MS),
      ])
      await db.query('DELETE FROM call_sessions WHERE closed_at < $1', [new Date(now - KEPT_MS)])
    })
    const attempt = writing
    writing = writing.catch(() => {})
    return attempt
  }

  /** Closes what a process that is gone left open. */
  const sweep = async (everybody: boolean): Promise<void> => {
    await db.query(
      'UPDATE call_sessions SET closed_at = last_seen WHERE closed_at IS NULL AND node <> $1 AND ($3 OR alive_until < $2)',
      [node, new Date(clock.now()), everybody],
    )
  }

  return {
    open: async (id, accountId) => {
      const now = new Date(clock.now())
      await db.prepared(
        `INSERT INTO call_sessions (id, account_id, node, alive_until, created_at, last_seen) VALUES ($1, $2, $3, $4, $5, $5)`,
        [id, accountId, node, new Date(now.getTime() + ALIVE_MS), now],
      )
    },
    seen: (id) => void seen.set(id, clock.now()),
    close: async (id) => {
      const at = seen.get(id)
      seen.delete(id)
      await db.prepared(
        `UPDATE call_sessions SET closed_at = $2, last_seen = greatest(last_seen, coalesce($3, last_seen)) WHERE id = $1`,
        [id, new Date(clock.now()), at === undefined ? null : new Date(at)],
      )
    },
    list: async (accountId) => {
      const rows = await db.query<{ id: string; createdAt: Date; lastSeen: Date; open: boolean }>(
        `SELECT id, created_at AS "createdAt", last_seen AS "lastSeen", closed_at IS NULL AND alive_until > $2 AS open
         FROM call_sessions WHERE account_id = $1 ORDER BY open DESC, last_seen DESC LIMIT $3`,
        [accountId, new Date(clock.now()), MOST_SHOWN],
      )
      return rows.map((row) => ({
        id: row.id,
        created_at: row.createdAt.getTime(),
        // What this process has seen since the last write counts already.
        last_seen: Math.max(row.lastSeen.getTime(), seen.get(row.id) ?? 0),
        active: row.open ? 1 : 0,
      }))
    },
    start: async () => {
      await sweep(isAlone)
      timer = setInterval(() => {
        write()
          .then(() => sweep(false))
          .catch((error: unknown) => log.warn({ err: error }, 'when sockets were last seen could not be written'))
      }, WRITE_EVERY_MS)
      timer.unref()
    },
    stop: async () => {
      clearInterval(timer)
      await write()
      await db.query('UPDATE call_sessions SET closed_at = $2 WHERE node = $1 AND closed_at IS NULL', [
        node,
        new Date(clock.now()),
      ])
    },
  }
}
