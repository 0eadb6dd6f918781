import type { Database } from '#kernel/db/database.ts'

/** How watching a board goes. */
export interface BoardStatusRow {
  readonly board: string
  readonly watchers: number
  readonly polledAt: Date | null
  readonly failedAt: Date | null
  readonly failures: number
  readonly reason: string | null
  readonly goneAt: Date | null
}

/** How the site as a whole is. */
export interface SiteStatus {
  readonly reason: string | null
  readonly since: Date | null
  readonly resumesAt: Date | null
  readonly okAt: Date | null
}

const MOST_BOARDS = 1_000

/** Watched boards with trouble first; of one account, or of all. */
export function boardStatuses(db: Database, accountId: number | null): Promise<BoardStatusRow[]> {
  return db.query(
    `SELECT b.name AS board, count(DISTINCT s.account_id) FILTER (WHERE s.enabled) AS watchers, b.polled_at AS "polledAt",
            b.failed_at AS "failedAt", b.failures, b.failure AS reason, b.gone_at AS "goneAt"
     FROM boards b JOIN alert_subscriptions s ON s.board_id = b.id
     WHERE $1::int IS NULL OR b.id IN (SELECT board_id FROM alert_subscriptions WHERE account_id = $1)
     GROUP BY b.id ORDER BY b.failures DESC, lower(b.name) LIMIT ${MOST_BOARDS}`,
    [accountId],
  )
}

/** How the site as a whole is. */
export async function siteStatus(db: Database): Promise<SiteStatus> {
  const [row] = await db.query<SiteStatus>(
    'SELECT reason, since, resumes_at AS "resumesAt", ok_at AS "okAt" FROM board_site',
  )
  return row ?? { reason: null, since: null, resumesAt: null, okAt: null }
}

/** Subscriptions that are on, and alerts of the last day. */
export async function alertNumbers(db: Database): Promise<{ subscriptions: number; alertsToday: number }> {
  const [row] = await db.query<{ subscriptions: number; alertsToday: number }>(
    `SELECT (SELECT count(*) FROM alert_subscriptions WHERE enabled) AS subscriptions,
            (SELECT count(*) FROM alerts WHERE created_at > now() - interval '1 day') AS "alertsToday"`,
  )
  return row ?? { subscriptions: 0, alertsToday: 0 }
}
