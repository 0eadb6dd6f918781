import type { Executor } from '#kernel/db/executor.ts'
import type { Database } from '#kernel/db/database.ts'
import type { OutgoingService } from '#contracts/schemas/notify.ts'

/** A row of the outbox that may be sent now, or that must not be any more (`refusal`). */
export interface Queued {
  readonly id: number
  readonly accountId: number
  readonly recipient: string
  readonly kind: string
  readonly title: string
  readonly text: string
  readonly key: string
  readonly attempts: number
  readonly refusal: 'account-disabled' | 'binding-off' | 'expired' | null
}

/**
 * The oldest rows of a service that are due, without those in `held`, and without those behind an older row of their
 * recipient that waits for a later time: order per recipient.
 */
export function fetchQueued(
  db: Database,
  service: OutgoingService,
  held: readonly number[],
  limit: number,
): Promise<Queued[]> {
  return db.prepared<Queued>(
    `SELECT d.id, d.account_id AS "accountId", d.recipient, d.kind, d.title, d.text, d.key, d.attempts,
            CASE WHEN NOT (a.status = 'active' OR (a.status = 'banned' AND a.banned_until <= now())) THEN 'account-disabled'
                 WHEN d.expires_at <= now() THEN 'expired'
                 WHEN d.service IN ('telegram', 'line', 'discord') AND b.id IS NULL THEN 'binding-off' END AS refusal
     FROM deliveries d
     JOIN accounts a ON a.id = d.account_id
     LEFT JOIN notification_bindings b
       ON b.account_id = d.account_id AND b.service = d.service AND b.service_id = d.recipient AND b.enabled
     WHERE d.service = $1 AND d.state = 'queued' AND d.next_at <= now() AND d.id <> ALL ($2::bigint[])
       AND NOT EXISTS (SELECT 1 FROM deliveries e
                       WHERE e.service = $1 AND e.recipient = d.recipient AND e.state = 'queued' AND e.next_at > now() AND e.id < d.id)
     ORDER BY d.id LIMIT $3`,
    [service, held, limit],
  )
}

/** In how many milliseconds the next waiting row of a service is due; undefined when none waits. */
export async function nextWaiting(db: Executor, service: OutgoingService): Promise<number | undefined> {
  const [row] = await db.query<{ inMs: number | null }>(
    `SELECT extract(epoch FROM min(next_at) - now()) * 1000 AS "inMs" FROM deliveries
     WHERE service = $1 AND state = 'queued' AND next_at > now()`,
    [service],
  )
  return row?.inMs ?? undefined
}

/** How a row's try ended, as it is written down. */
export interface Settled {
  readonly id: number
  readonly state: 'queued' | 'delivered' | 'dead' | 'cancelled'
  /** 1 when the try counts. */
  readonly tried: number
  /** For a row that stays queued: in how many milliseconds it is due again. */
  readonly inMs: number
  readonly reason: string | null
  readonly detail: string | null
  readonly externalId: string | null
}

/** Writes down how tries ended. */
export async function settle(db: Database, rows: readonly Settled[]): Promise<void> {
  await db.prepared(
    `UPDATE deliveries d SET state = s.state, attempts = d.attempts + s.tried, reason = s.reason, detail = s.detail,
            external_id = s.external_id,
            next_at = CASE WHEN s.state = 'queued' THEN now() + s.in_ms * interval '1 millisecond' ELSE d.next_at END,
            finished_at = CASE WHEN s.state = 'queued' THEN NULL ELSE now() END
     FROM unnest($1::bigint[], $2::text[], $3::int[], $4::float8[], $5::text[], $6::text[], $7::text[])
          AS s (id, state, tried, in_ms, reason, detail, external_id)
     WHERE d.id = s.id AND d.state = 'queued'`,
    [
      rows.map((row) => row.id),
      rows.map((row) => row.state),
      rows.map((row) => row.tried),
      rows.map((row) => row.inMs),
      rows.map((row) => row.reason),
      rows.map((row) => row.detail),
      rows.map((row) => row.externalId),
    ],
  )
}

/** Ends everything that waits for a recipient who can no longer be reached. */
export async function abandonRecipient(
  db: Executor,
  service: OutgoingService,
  recipient: string,
  reason: string,
): Promise<void> {
  await db.query(
    `UPDATE deliveries SET state = 'dead', reason = $3, finished_at = now()
     WHERE service = $1 AND recipient = $2 AND state = 'queued'`,
    [service, recipient, reason],
  )
}
