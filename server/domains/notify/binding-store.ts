import { createBatchedRead } from '#kernel/db/batched-read.ts'
import type { Executor } from '#kernel/db/executor.ts'
import type { Service } from '#contracts/schemas/alerts.ts'
import { ACCOUNT_ACTIVE } from './notify-store.ts'

/** A binding as it is kept. */
export interface BindingRow {
  readonly id: number
  readonly accountId: number
  readonly service: Service
  readonly serviceId: string
  readonly enabled: boolean
  readonly brokenReason: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

const BINDING = `id, account_id AS "accountId", service, service_id AS "serviceId", enabled,
                 broken_reason AS "brokenReason", created_at AS "createdAt", updated_at AS "updatedAt"`

/** Reads the bindings of accounts, oldest first; readings of the same moment share a statement. */
export function createBindingsRead(db: Executor): (accountId: number) => Promise<readonly BindingRow[]> {
  return createBatchedRead<number, BindingRow>(
    (accountIds) =>
      db.prepared(`SELECT ${BINDING} FROM notification_bindings WHERE account_id = ANY($1) ORDER BY id`, [accountIds]),
    (row) => row.accountId,
  )
}

export async function findBinding(db: Executor, accountId: number, service: Service): Promise<BindingRow | undefined> {
  const [row] = await db.query<BindingRow>(
    `SELECT ${BINDING} FROM notification_bindings WHERE account_id = $1 AND service = $2`,
    [accountId, service],
  )
  return row
}

/** The account behind a chat. */
export interface BoundAccount {
  readonly accountId: number
  readonly role: 'user' | 'admin'
  readonly locale: string | null
}

/** The account a chat is bound to, if that may be used. */
export async function findByServiceId(
  db: Executor,
  service: Service,
  serviceId: string,
): Promise<BoundAccount | undefined> {
  const [row] = await db.query<BoundAccount>(
    `SELECT b.account_id AS "accountId", a.role, a.locale FROM notification_bindings b
     JOIN accounts a ON a.id = b.account_id AND ${ACCOUNT_ACTIVE}
     WHERE b.service = $1 AND b.service_id = $2`,
    [service, serviceId],
  )
  return row
}

/** Fails with a unique violation when the account or the chat is bound already. */
export async function insertBinding(
  db: Executor,
  accountId: number,
  service: Service,
  serviceId: string,
): Promise<void> {
  await db.query('INSERT INTO notification_bindings (account_id, service, service_id) VALUES ($1, $2, $3)', [
    accountId,
    service,
    serviceId,
  ])
}
