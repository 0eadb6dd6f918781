import { randomUUID } from 'node:crypto'
import type { Executor } from '#kernel/db/executor.ts'
import type { Visit } from './ports.ts'

/** One sign-in of an account. */
export interface Session {
  readonly id: string
  readonly accountId: number
  readonly createdAt: Date
  readonly lastSeenAt: Date
  readonly expiresAt: Date
  readonly address: string
  readonly userAgent: string
}

const COLUMNS = `id, account_id AS "accountId", created_at AS "createdAt", last_seen_at AS "lastSeenAt",
  expires_at AS "expiresAt", address, user_agent AS "userAgent"`

/** Long enough for every browser, short enough for every list. */
const USER_AGENT_MAX = 300

/** Writes a new session and returns its id. */
export async function insertSession(
  db: Executor,
  session: { accountId: number; visit: Visit; at: Date; expiresAt: Date },
): Promise<string> {
  const id = randomUUID()
  await db.query(
    `INSERT INTO account_sessions (id, account_id, created_at, last_seen_at, expires_at, address, user_agent)
     VALUES ($1, $2, $3, $3, $4, $5, $6)`,
    [id, session.accountId, session.at, session.expiresAt, session.visit.address, userAgentOf(session.visit)],
  )
  return id
}

/** Sessions that still count, most recently seen first. */
export async function listSessions(db: Executor, accountId: number, now: Date): Promise<Session[]> {
  return db.query<Session>(
    `SELECT ${COLUMNS} FROM account_sessions
     WHERE account_id = $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY last_seen_at DESC, id LIMIT 500`,
    [accountId, now],
  )
}

/** Which of an account's sessions. */
export type WhichSessions = 'all' | { readonly only: string } | { readonly except: string | null }

/** Ends sessions; returns the ids of those that had not ended before. */
export async function revokeSessions(
  db: Executor,
  accountId: number,
  which: WhichSessions,
  why: { reason: string; at: Date },
): Promise<string[]> {
  const values: unknown[] = [accountId, why.at, why.reason]
  let where = 'account_id = $1 AND revoked_at IS NULL'
  if (which !== 'all') {
    const id = 'only' in which ? which.only : which.except
    if (id !== null) {
      values.push(id)
      where += 'only' in which ? ' AND id = $4' : ' AND id <> $4'
    }
  }
  const rows = await db.query<{ id: string }>(
    `UPDATE account_sessions SET revoked_at = $2, revoked_reason = $3 WHERE ${where} RETURNING id`,
    values,
  )
  return rows.map((row) => row.id)
}

/** Moves the end of a session, and remembers from where it was last used. */
export async function prolongSession(
  db: Executor,
  id: string,
  use: { visit: Visit; at: Date; expiresAt: Date },
): Promise<void> {
  await db.query(
    `UPDATE account_sessions SET last_seen_at = $2, expires_at = greatest(expires_at, $3), address = $4, user_agent = $5
     WHERE id = $1`,
    [id, use.at, use.expiresAt, use.visit.address, userAgentOf(use.visit)],
  )
}

/** Notes when sessions were last used, many at once. */
export async function noteSeen(db: Executor, seen: ReadonlyMap<string, number>): Promise<void> {
  await db.query(
    `UPDATE account_sessions s SET last_seen_at = to_timestamp(seen.at / 1000.0)
     FROM unnest($1::uuid[], $2::float8[]) AS seen (id, at) WHERE s.id = seen.id`,
    [[...seen.keys()], [...seen.values()]],
  )
}

/** What is kept of the program that somebody uses: no control characters, not too long. */
export function userAgentOf(visit: Visit): string {
  return visit.userAgent.replace(/\p{Cc}/gu, ' ').slice(0, USER_AGENT_MAX)
}
