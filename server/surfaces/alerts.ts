import {
  alertLimits,
  crawlerStatus,
  listAlerts,
  previewSubscription,
  searchBoards,
  watchedBoards,
} from '#contracts/board-alerts.ts'
import type { Alert, BoardStatus } from '#contracts/schemas/alerts.ts'
import type { Alerts } from '#domains/alerts/alerts.ts'
import type { AlertRow } from '#domains/alerts/history.ts'
import type { BoardStatusRow } from '#domains/alerts/status.ts'
import type { Mount } from './mount.ts'
import { pageOf } from './page-before.ts'
import { SUBSCRIPTION_WORDS } from './subscriptions.ts'
import { rfc3339 } from './time.ts'

const maybe = (time: Date | null): string | null => (time === null ? null : rfc3339(time))

/** Our own routes of board alerts: history, preview, limits, how watching goes. */
export function mountAlerts(mount: Mount, parts: { alerts: Alerts; url: string; interval: number }): void {
  const { alerts, url, interval } = parts

  mount(listAlerts, async ({ account, query }) => {
    const limit = query.limit ?? 30
    const found = await alerts.history(account.accountId, { ...query, limit: limit + 1 })
    const { rows, hasMore } = pageOf(found, limit)
    return { alerts: rows.map(alertView), has_more: hasMore }
  })

  mount(alertLimits, async ({ account }) => alerts.subscriptions.allowance(account))

  mount(
    previewSubscription,
    async ({ body }) => {
      const { board, examined, matches } = await alerts.preview({
        board: body.board,
        subType: body.sub_type,
        value: body.value,
      })
      return {
        board,
        examined,
        matches: matches.map(({ postedAt, ...rest }) => ({ ...rest, posted_at: rfc3339(postedAt) })),
      }
    },
    { words: SUBSCRIPTION_WORDS },
  )

  mount(searchBoards, async ({ query }) => ({ boards: await alerts.boards.search(query.q, 20) }))

  mount(watchedBoards, async ({ account }) => {
    const [boards, site] = await Promise.all([alerts.boardStatuses(account.accountId), alerts.siteStatus()])
    return { boards: boards.map(statusView), interval, site_reason: site.reason }
  })

  mount(crawlerStatus, async () => {
    const [boards, site, numbers] = await Promise.all([
      alerts.boardStatuses(null),
      alerts.siteStatus(),
      alerts.numbers(),
    ])
    return {
      url,
      interval,
      site: {
        state: site.reason !== null ? ('down' as const) : site.okAt !== null ? ('ok' as const) : ('unknown' as const),
        reason: site.reason,
        since: maybe(site.since),
        resumes_at: maybe(site.resumesAt),
      },
      boards: boards.map(statusView),
      subscriptions: numbers.subscriptions,
      alerts_today: numbers.alertsToday,
    }
  })
}

function alertView(row: AlertRow): Alert {
  const { subType, postedAt, createdAt, ...rest } = row
  return { ...rest, sub_type: subType, posted_at: rfc3339(postedAt), created_at: rfc3339(createdAt) }
}

function statusView(row: BoardStatusRow): BoardStatus {
  return {
    board: row.board,
    state: stateOf(row),
    watchers: row.watchers,
    polled_at: maybe(row.polledAt),
    failed_at: row.failures > 0 ? maybe(row.failedAt) : null,
    failures: row.failures,
    reason: row.failures > 0 ? row.reason : null,
  }
}

function stateOf({ goneAt, watchers, failures, polledAt }: BoardStatusRow): BoardStatus['state'] {
  if (goneAt !== null) return 'gone'
  if (failures > 0) return 'failing'
  if (watchers === 0) return 'idle'
  return polledAt === null ? 'waiting' : 'ok'
}
