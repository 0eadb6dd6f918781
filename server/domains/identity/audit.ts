import type { Executor } from '#kernel/db/executor.ts'
import type { Visit } from './ports.ts'
import { userAgentOf } from './session-store.ts'

/** Every security event there is. */
export type AuditEvent =
  | 'account.registered'
  | 'account.deleted'
  | 'account.banned'
  | 'account.unbanned'
  | 'account.role-changed'
  | 'account.email-changed'
  | 'account.matrix-id-changed'
  | 'password.changed'
  | 'password.reset'
  | 'password.reset-requested'
  | 'password.reset-refused'
  | 'password.wrong'
  | 'api-key.regenerated'
  | 'sign-in'
  | 'sign-in.failed'
  | 'sign-in.refused'
  | 'sign-in.slowed'
  | 'sign-out'
  | 'session.revoked'
  | 'session.refresh-reused'

/** Something that happened, to be kept. */
export interface AuditRecord {
  readonly event: AuditEvent
  readonly accountId: number | null
  /** Who did it, where that is known; null for somebody who is not signed in and for the command line. */
  readonly actorId: number | null
  readonly visit: Visit
  readonly details?: Readonly<Record<string, unknown>>
}

/** A kept event, with the e-mail address its account has now. */
export interface AuditRow {
  readonly id: number
  readonly at: Date
  readonly event: string
  readonly accountId: number | null
  readonly actorId: number | null
  readonly email: string | null
  readonly address: string
  readonly userAgent: string
  readonly details: Record<string, unknown>
}

/** Keeps an event, in the transaction of what it tells of where there is one. */
export async function record(db: Executor, at: Date, entry: AuditRecord): Promise<void> {
  await db.query(
    `INSERT INTO account_audit (at, event, account_id, actor_id, address, user_agent, details)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      at,
      entry.event,
      entry.accountId,
      entry.actorId,
      entry.visit.address,
      userAgentOf(entry.visit),
      JSON.stringify(entry.details ?? {}),
    ],
  )
}

/** A page of events, newest first. */
export async function readAudit(
  db: Executor,
  filter: { accountId?: number | undefined; event?: string | undefined; limit: number; offset: number },
): Promise<{ entries: AuditRow[]; total: number }> {
  const where = `($1::int IS NULL OR t.account_id = $1) AND ($2::text IS NULL OR t.event = $2)`
  const values = [filter.accountId ?? null, filter.event ?? null]
  const [counted] = await db.query<{ total: number }>(
    `SELECT count(*) AS total FROM account_audit t WHERE ${where}`,
    values,
  )
  const entries = await db.query<AuditRow>(
    `SELECT t.id, t.at, t.event, t.account_id AS "accountId", t.actor_id AS "actorId", a.email, t.address,
       t.user_agent AS "userAgent", t.details
     FROM account_audit t LEFT JOIN accounts a ON a.id = t.account_id AND a.status <> 'deleted'
     WHERE ${where} ORDER BY t.id DESC LIMIT $3 OFFSET $4`,
    [...values, filter.limit, filter.offset],
  )
  return { entries, total: counted?.total ?? 0 }
}

/** Forgets events older than `before`, and the oldest of more than `most`. */
export async function pruneAudit(db: Executor, before: Date, most: number): Promise<void> {
  await db.query('DELETE FROM account_audit WHERE at < $1', [before])
  await db.query(
    'DELETE FROM account_audit WHERE id <= (SELECT id FROM account_audit ORDER BY id DESC OFFSET $1 LIMIT 1)',
    [most],
  )
}
