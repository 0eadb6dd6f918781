import type { Clock } from '#kernel/clock.ts'
import { createBatchedRead } from '#kernel/db/batched-read.ts'
import type { Database } from '#kernel/db/database.ts'
import { Fault } from '#kernel/fault.ts'
import type { AccessTokens } from './access-tokens.ts'
import { hashApiKey } from './api-keys.ts'
import type { AccountStatus } from './ports.ts'
import type { Authenticate, Principal } from './principal.ts'

type CallerRow = Omit<Principal, 'sessionId'> & {
  readonly status: AccountStatus
  readonly bannedUntil: Date | null
}

interface SessionRow extends CallerRow {
  readonly sessionId: string
  readonly expiresAt: Date
  readonly revokedAt: Date | null
  readonly lastSeenAt: Date
}

const COLUMNS = `a.id AS "accountId", a.uuid, a.email, a.login, a.display_name AS "displayName",
  a.avatar_url AS "avatarUrl", a.role, a.plan, a.matrix_id AS "matrixId", a.time_zone AS "timeZone", a.locale,
  a.created_at AS "createdAt", a.updated_at AS "updatedAt", a.status, a.banned_until AS "bannedUntil"`

const OF_SESSIONS = `SELECT ${COLUMNS}, s.id AS "sessionId", s.expires_at AS "expiresAt", s.revoked_at AS "revokedAt",
    s.last_seen_at AS "lastSeenAt"
  FROM account_sessions s JOIN accounts a ON a.id = s.account_id`
const BY_SESSIONS = `${OF_SESSIONS} WHERE s.id = ANY($1)`
/** Planned once; the one with a list is planned at each use, which takes longer than to execute it. */
const BY_SESSION = `${OF_SESSIONS} WHERE s.id = $1`

const BY_API_KEY = `SELECT ${COLUMNS} FROM accounts a WHERE a.api_key_hash = $1`

/**
 * Looks callers up in the database at each request; nothing is remembered from one to the next. Requests that come at the
 * same moment share a statement.
 */
export function createAuthenticate(parts: {
  db: Pick<Database, 'prepared'>
  tokens: AccessTokens
  clock: Clock
  /** Told of every use of a session; must be cheap. */
  onUse: (sessionId: string, lastSeenAt: Date) => void
}): Authenticate {
  const { db, tokens, clock, onUse } = parts
  const findSessions = createBatchedRead<string, SessionRow>(
    (sessionIds) =>
      sessionIds.length === 1 ? db.prepared(BY_SESSION, sessionIds) : db.prepared(BY_SESSIONS, [sessionIds]),
    (row) => row.sessionId,
  )

  const bySession = async (token: string): Promise<Principal> => {
    const { accountId, sessionId } = tokens.read(token)
    const [row] = await findSessions(sessionId)
    // Our own signature, but the session is gone: it ended long ago.
    if (row === undefined || row.accountId !== accountId) throw expired()
    if (row.status === 'deleted') throw gone()
    if (row.revokedAt !== null || row.expiresAt.getTime() <= clock.now()) throw expired()
    const caller = principal(row, sessionId, clock.now())
    onUse(sessionId, row.lastSeenAt)
    return caller
  }

  const byApiKey = async (key: string): Promise<Principal> => {
    const [row] = await db.prepared<CallerRow>(BY_API_KEY, [hashApiKey(key)])
    if (row === undefined) throw new Fault('unauthenticated', 'auth.invalid', 'There is no such API key')
    return principal(row, null, clock.now())
  }

  return async ({ bearer, apiKey }) => {
    if (bearer !== undefined && bearer !== '') return bySession(bearer)
    if (apiKey !== undefined && apiKey !== '') return byApiKey(apiKey)
    throw new Fault('unauthenticated', 'auth.missing', 'Sign in first')
  }
}

function principal(row: CallerRow, sessionId: string | null, now: number): Principal {
  const banned = row.status === 'banned' && (row.bannedUntil === null || row.bannedUntil.getTime() > now)
  if (row.status === 'deleted') throw gone()
  if (banned) throw expired()
  return {
    accountId: row.accountId,
    uuid: row.uuid,
    email: row.email,
    login: row.login,
    displayName: row.displayName,
    avatarUrl: row.avatarUrl,
    role: row.role,
    plan: row.plan,
    matrixId: row.matrixId,
    timeZone: row.timeZone,
    locale: row.locale,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    sessionId,
  }
}

/** Our own signature, of an account that was deleted: it ended as any other, but document 2 tells it apart. */
function gone(): Fault {
  return new Fault('unauthenticated', 'auth.account-gone', 'This account was deleted')
}

function expired(): Fault {
  return new Fault('unauthenticated', 'auth.expired', 'You were signed out; sign in again')
}
