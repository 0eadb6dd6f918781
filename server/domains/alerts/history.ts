import type { Database } from '#kernel/db/database.ts'
import type { SubscriptionType } from '#contracts/schemas/alerts.ts'

/** An alert as it is shown. */
export interface AlertRow {
  readonly id: number
  readonly board: string
  readonly title: string
  readonly author: string
  readonly url: string
  readonly kind: 'new' | 'push' | 'boo'
  readonly pushes: number | null
  readonly subType: SubscriptionType
  readonly value: string
  readonly postedAt: Date
  readonly createdAt: Date
}

/** Which alerts; what is not given does not narrow. */
export interface AlertFilter {
  /** In the title, the author or what matched; as it is written, whatever its case. */
  readonly keyword?: string | undefined
  readonly board?: string | undefined
  readonly before?: number | undefined
  readonly limit: number
}

/** An account's alerts, newest first. */
export function listAlerts(db: Database, accountId: number, filter: AlertFilter): Promise<AlertRow[]> {
  const keyword = filter.keyword?.trim()
  const like = keyword === undefined || keyword === '' ? null : `%${keyword.replace(/[\\%_]/g, '\\$&')}%`
  return db.query(
    `SELECT id, board, title, author, url, kind, pushes, sub_type AS "subType", value, posted_at AS "postedAt",
            created_at AS "createdAt"
     FROM alerts
     WHERE account_id = $1 AND ($2::text IS NULL OR title ILIKE $2 OR author ILIKE $2 OR value ILIKE $2)
       AND ($3::text IS NULL OR lower(board) = lower($3)) AND ($4::bigint IS NULL OR id < $4)
     ORDER BY id DESC LIMIT $5`,
    [accountId, like, filter.board?.trim() || null, filter.before ?? null, filter.limit],
  )
}
