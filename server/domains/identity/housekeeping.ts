import type { Executor } from '#kernel/db/executor.ts'
import { pruneAudit } from './audit.ts'

const DAY_MS = 24 * 60 * 60_000
/** Ended sessions stay this long, so that a stolen token shown late is told from a forged one. */
const SESSION_DAYS = 30
/** More security events than this are not kept, however young. */
const MOST_EVENTS = 2_000_000

/** Forgets sessions, tokens and events whose time is over. */
export async function pruneIdentity(db: Executor, { now, auditDays }: { now: Date; auditDays: number }): Promise<void> {
  const before = (days: number): Date => new Date(now.getTime() - days * DAY_MS)
  await db.query('DELETE FROM account_sessions WHERE expires_at < $1 OR revoked_at < $1', [before(SESSION_DAYS)])
  await db.query('DELETE FROM refresh_tokens WHERE expires_at < $1', [before(1)])
  await db.query('DELETE FROM password_resets WHERE expires_at < $1', [before(1)])
  await pruneAudit(db, before(auditDays), MOST_EVENTS)
}
