import { randomBytes } from 'node:crypto'
import type { Executor, Transaction } from '#kernel/db/executor.ts'
import { hashToken } from './refresh-tokens.ts'

/** How long a link to choose a new password is good for (contract, section 2). */
const RESET_MS = 60 * 60_000

/** Keeps a new reset token's hash; returns the token. */
export async function issueReset(db: Executor, accountId: number, at: Date): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await db.query(
    'INSERT INTO password_resets (token_hash, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4)',
    [hashToken(token), accountId, at, new Date(at.getTime() + RESET_MS)],
  )
  return token
}

/** The account a reset token is for, and whether it may still be used; of several at once one is told so. */
export async function findReset(
  tx: Transaction,
  token: string,
  at: Date,
): Promise<{ accountId: number; usable: boolean } | undefined> {
  const [row] = await tx.query<{ accountId: number; usedAt: Date | null; expiresAt: Date }>(
    `SELECT account_id AS "accountId", used_at AS "usedAt", expires_at AS "expiresAt"
     FROM password_resets WHERE token_hash = $1 FOR UPDATE`,
    [hashToken(token)],
  )
  return row && { accountId: row.accountId, usable: row.usedAt === null && row.expiresAt > at }
}

/** Ends every reset token of an account: one was used, or the password is another one now. */
export async function endResets(tx: Transaction, accountId: number, at: Date): Promise<void> {
  await tx.query('UPDATE password_resets SET used_at = $2 WHERE account_id = $1 AND used_at IS NULL', [accountId, at])
}
