import { createHash, createHmac, randomBytes } from 'node:crypto'
import type { Executor, Transaction } from '#kernel/db/executor.ts'

/** How long a refresh token is good for: seven days (document 3). */
export const REFRESH_MS = 7 * 24 * 60 * 60_000
/** How long a used token still gives the same successor: two tabs at once, or an answer that was lost (contract, section 2). */
const GRACE_MS = 10_000

/** Where a refresh token that somebody shows stands. */
export type RefreshState =
  | { readonly kind: 'unknown' }
  /** Its session or itself has ended. */
  | { readonly kind: 'ended'; readonly accountId: number }
  /** Used before, too long ago to be the same caller: somebody has a copy. */
  | { readonly kind: 'reused'; readonly accountId: number; readonly sessionId: string }
  | { readonly kind: 'rotated'; readonly accountId: number; readonly sessionId: string; readonly successor: string }

interface TokenRow {
  readonly accountId: number
  readonly sessionId: string
  readonly expiresAt: Date
  readonly usedAt: Date | null
  readonly revokedAt: Date | null
}

/** A new refresh token of a session. */
export async function issueRefreshToken(db: Executor, sessionId: string, at: Date): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await insert(db, { token, sessionId, at })
  return token
}

/**
 * Takes a refresh token for its successor. The successor is derived from the token with `key`, so that the same token
 * shown twice within the grace gives the same one and nothing secret has to be kept for it.
 */
export async function rotateRefreshToken(tx: Transaction, key: Buffer, token: string, at: Date): Promise<RefreshState> {
  const [row] = await tx.query<TokenRow>(
    `SELECT s.account_id AS "accountId", s.id AS "sessionId", r.expires_at AS "expiresAt", r.used_at AS "usedAt",
       s.revoked_at AS "revokedAt"
     FROM refresh_tokens r JOIN account_sessions s ON s.id = r.session_id WHERE r.token_hash = $1 FOR UPDATE OF r, s`,
    [hashToken(token)],
  )
  if (row === undefined) return { kind: 'unknown' }
  const { accountId, sessionId, usedAt } = row
  if (row.revokedAt !== null || row.expiresAt <= at) return { kind: 'ended', accountId }
  if (usedAt !== null && at.getTime() - usedAt.getTime() > GRACE_MS) return { kind: 'reused', accountId, sessionId }
  const successor = createHmac('sha256', key).update(token).digest('base64url')
  if (usedAt === null) {
    await tx.query('UPDATE refresh_tokens SET used_at = $2 WHERE token_hash = $1', [hashToken(token), at])
    await insert(tx, { token: successor, sessionId, at })
  }
  return { kind: 'rotated', accountId, sessionId, successor }
}

/** Lets a session's unused refresh tokens run out, because it gets a new one by its access token. */
export async function retireRefreshTokens(db: Executor, sessionId: string, at: Date): Promise<void> {
  await db.query(
    `UPDATE refresh_tokens SET expires_at = least(expires_at, $2) WHERE session_id = $1 AND used_at IS NULL`,
    [sessionId, new Date(at.getTime() + GRACE_MS)],
  )
}

/** The session that a refresh token, used or not, belongs to. */
export async function sessionOfRefreshToken(
  db: Executor,
  token: string,
): Promise<{ accountId: number; sessionId: string } | undefined> {
  const [row] = await db.query<{ accountId: number; sessionId: string }>(
    `SELECT s.account_id AS "accountId", s.id AS "sessionId"
     FROM refresh_tokens r JOIN account_sessions s ON s.id = r.session_id WHERE r.token_hash = $1`,
    [hashToken(token)],
  )
  return row
}

/** What a token is found by; it is random enough to need no salt. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

async function insert(db: Executor, row: { token: string; sessionId: string; at: Date }): Promise<void> {
  await db.query(
    'INSERT INTO refresh_tokens (token_hash, session_id, created_at, expires_at) VALUES ($1, $2, $3, $4)',
    [hashToken(row.token), row.sessionId, row.at, new Date(row.at.getTime() + REFRESH_MS)],
  )
}
