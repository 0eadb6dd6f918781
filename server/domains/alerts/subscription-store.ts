import type { Executor } from '#kernel/db/executor.ts'
import type { SubscriptionType } from '#contracts/schemas/alerts.ts'

/** A subscription as it is kept. */
export interface SubscriptionRow {
  readonly id: number
  readonly accountId: number
  readonly boardId: number
  readonly board: string
  readonly subType: SubscriptionType
  readonly value: string
  readonly enabled: boolean
  readonly createdAt: Date
  readonly updatedAt: Date
}

const SUBSCRIPTION = `s.id, s.account_id AS "accountId", s.board_id AS "boardId", b.name AS board, s.sub_type AS "subType",
  s.value, s.enabled, s.created_at AS "createdAt", s.updated_at AS "updatedAt"`
const FROM = 'FROM alert_subscriptions s JOIN boards b ON b.id = s.board_id'

/** SQL for "this account may be used", of accounts as `a`: a ban whose end has passed counts as lifted. */
export const ACCOUNT_ACTIVE = `(a.status = 'active' OR (a.status = 'banned' AND a.banned_until <= now()))`

/** An account's subscriptions, oldest first. */
export function findOfAccount(db: Executor, accountId: number): Promise<SubscriptionRow[]> {
  return db.query(`SELECT ${SUBSCRIPTION} ${FROM} WHERE s.account_id = $1 ORDER BY s.id`, [accountId])
}

export async function findById(db: Executor, id: number): Promise<SubscriptionRow | undefined> {
  const [row] = await db.query<SubscriptionRow>(`SELECT ${SUBSCRIPTION} ${FROM} WHERE s.id = $1`, [id])
  return row
}

export async function countOfAccount(db: Executor, accountId: number): Promise<number> {
  const [row] = await db.query<{ count: number }>('SELECT count(*) FROM alert_subscriptions WHERE account_id = $1', [
    accountId,
  ])
  return row?.count ?? 0
}

/** What a subscription watches, and since when. */
export interface Watch {
  readonly boardId: number
  readonly subType: SubscriptionType
  readonly value: string
  readonly key: string
  readonly enabled: boolean
  readonly since: Date
  readonly unsettled: boolean
}

/** Returns its id; fails with a unique violation (`alert_subscriptions_once`) when it is there already. */
export async function insertSubscription(db: Executor, accountId: number, watch: Watch): Promise<number> {
  const [row] = await db.query<{ id: number }>(
    `INSERT INTO alert_subscriptions
       (account_id, board_id, sub_type, value, value_key, enabled, since, unsettled, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7, $7) RETURNING id`,
    [accountId, watch.boardId, watch.subType, watch.value, watch.key, watch.enabled, watch.since, watch.unsettled],
  )
  return (row as { id: number }).id
}

/** False when it is gone. Fails like `insertSubscription`. */
export async function rewriteSubscription(db: Executor, id: number, watch: Watch & { now: Date }): Promise<boolean> {
  const rows = await db.query(
    `UPDATE alert_subscriptions SET board_id = $2, sub_type = $3, value = $4, value_key = $5, enabled = $6, since = $7,
            unsettled = $8, updated_at = $9 WHERE id = $1 RETURNING id`,
    [id, watch.boardId, watch.subType, watch.value, watch.key, watch.enabled, watch.since, watch.unsettled, watch.now],
  )
  return rows.length > 0
}

/** Takes a subscription away; its board when it was there. */
export async function deleteSubscription(db: Executor, id: number): Promise<number | undefined> {
  const [row] = await db.query<{ boardId: number }>(
    'DELETE FROM alert_subscriptions WHERE id = $1 RETURNING board_id AS "boardId"',
    [id],
  )
  return row?.boardId
}
