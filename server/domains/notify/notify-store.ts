import type { Executor } from '#kernel/db/executor.ts'
import type { OutgoingService } from '#contracts/schemas/notify.ts'
import type { Outgoing } from './outgoing.ts'

/** SQL for "this account may be used": a ban whose end has passed counts as lifted. */
export const ACCOUNT_ACTIVE = `(a.status = 'active' OR (a.status = 'banned' AND a.banned_until <= now()))`

/** A message that is new to its account. */
export interface Fresh {
  readonly message: Outgoing
  readonly accountId: number
  readonly notificationId: number
}

/** Adds to the notification lists what is not there yet, for accounts that may be used; in the order given. */
export async function addNotifications(db: Executor, messages: readonly Outgoing[]): Promise<Fresh[]> {
  const rows = await db.query<{ id: number; accountId: number; dedupeKey: string }>(
    `INSERT INTO notifications (account_id, kind, dedupe_key, title, body, url)
     SELECT m.account_id, m.kind, m.dedupe_key, m.title, m.body, m.url
     FROM unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) WITH ORDINALITY
          AS m (account_id, kind, dedupe_key, title, body, url, n)
     JOIN accounts a ON a.id = m.account_id AND ${ACCOUNT_ACTIVE}
     ORDER BY m.n
     ON CONFLICT (account_id, dedupe_key) DO NOTHING
     RETURNING id, account_id AS "accountId", dedupe_key AS "dedupeKey"`,
    [
      messages.map((one) => one.accountId),
      messages.map((one) => one.kind),
      messages.map((one) => one.dedupeKey),
      messages.map((one) => one.title),
      messages.map((one) => one.text),
      messages.map((one) => one.url ?? null),
    ],
  )
  const byKey = new Map<string, Outgoing>()
  for (const one of messages) {
    const key = `${one.accountId} ${one.dedupeKey}`
    if (!byKey.has(key)) byKey.set(key, one)
  }
  return rows
    .toSorted((a, b) => a.id - b.id)
    .map((row) => ({
      message: byKey.get(`${row.accountId} ${row.dedupeKey}`) as Outgoing,
      accountId: row.accountId,
      notificationId: row.id,
    }))
}

/** Where an account can be reached. */
export interface Reach {
  readonly service: OutgoingService
  readonly recipient: string
}

/** Where accounts can be reached: bindings that are on, the Matrix ID, the e-mail address. */
export async function recipientsOf(db: Executor, accountIds: readonly number[]): Promise<Map<number, Reach[]>> {
  const rows = await db.query<Reach & { accountId: number }>(
    `SELECT account_id AS "accountId", service, service_id AS recipient FROM notification_bindings
     WHERE account_id = ANY ($1) AND enabled
     UNION ALL SELECT id, 'email', email FROM accounts WHERE id = ANY ($1)
     UNION ALL SELECT id, 'matrix', matrix_id FROM accounts WHERE id = ANY ($1) AND matrix_id IS NOT NULL`,
    [[...new Set(accountIds)]],
  )
  const found = new Map<number, Reach[]>()
  for (const { accountId, service, recipient } of rows) {
    const known = found.get(accountId)
    if (known === undefined) found.set(accountId, [{ service, recipient }])
    else known.push({ service, recipient })
  }
  return found
}

/** A row for the outbox. */
export interface NewDelivery extends Reach {
  readonly accountId: number
  readonly kind: string
  readonly notificationId: number
  readonly title: string
  readonly text: string
  readonly part: number
  readonly parts: number
  readonly expiresAt: Date
}

/** Queues messages; their order is the order in which each recipient gets them. */
export async function addDeliveries(db: Executor, rows: readonly NewDelivery[]): Promise<void> {
  await db.query(
    `INSERT INTO deliveries (account_id, service, recipient, kind, notification_id, title, text, part, parts, expires_at)
     SELECT account_id, service, recipient, kind, notification_id, title, text, part, parts, expires_at
     FROM unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::int[], $9::int[],
                 $10::timestamptz[]) WITH ORDINALITY
          AS d (account_id, service, recipient, kind, notification_id, title, text, part, parts, expires_at, n)
     ORDER BY n`,
    [
      rows.map((row) => row.accountId),
      rows.map((row) => row.service),
      rows.map((row) => row.recipient),
      rows.map((row) => row.kind),
      rows.map((row) => row.notificationId),
      rows.map((row) => row.title),
      rows.map((row) => row.text),
      rows.map((row) => row.part),
      rows.map((row) => row.parts),
      rows.map((row) => row.expiresAt),
    ],
  )
}
