import type { Bus } from '#kernel/bus/bus.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Log } from '#kernel/log.ts'
import type { AlertEvents } from '#contracts/events/alerts.ts'
import type { Notify } from '#domains/notify/notify.ts'
import { createBoards } from './boards.ts'
import type { Boards } from './boards.ts'
import { createCrawler } from './crawler/crawler.ts'
import type { Crawler } from './crawler/crawler.ts'
import { createSiteState } from './crawler/site-state.ts'
import { createVisits } from './crawler/visits.ts'
import { listAlerts } from './history.ts'
import type { AlertFilter, AlertRow } from './history.ts'
import type { BoardSite, Phrase } from './ports.ts'
import { previewSubscription } from './preview.ts'
import type { Preview } from './preview.ts'
import { alertNumbers, boardStatuses, siteStatus } from './status.ts'
import type { BoardStatusRow, SiteStatus } from './status.ts'
import { createSubscriptions } from './subscriptions.ts'
import type { Subscriptions, Wish } from './subscriptions.ts'

/** Board alerts: what accounts watch, what was found, and the crawler that finds it. */
export interface Alerts {
  readonly subscriptions: Subscriptions
  readonly boards: Boards
  readonly crawler: Crawler
  /** What a subscription would have matched lately. Faults: see `preview.ts`. */
  preview(wish: Wish): Promise<Preview>
  history(accountId: number, filter: AlertFilter): Promise<AlertRow[]>
  /** Of the boards one account watches, or of all. */
  boardStatuses(accountId: number | null): Promise<BoardStatusRow[]>
  siteStatus(): Promise<SiteStatus>
  numbers(): Promise<{ subscriptions: number; alertsToday: number }>
}

/** What board alerts are made of. */
export interface AlertsOptions {
  readonly db: Database
  readonly bus: Bus<AlertEvents>
  readonly clock: Clock
  readonly log: Log
  readonly site: BoardSite
  readonly notify: Notify
  readonly phrase: Phrase
  readonly intervalMs: number
  readonly staleMs: number
}

/** Board alerts over a site; nothing is polled before the crawler leads. */
export function createAlerts(options: AlertsOptions): Alerts {
  const { db, site } = options
  const visits = createVisits(options)
  const boards = createBoards({ ...options, visits })
  return {
    boards,
    subscriptions: createSubscriptions({ ...options, boards }),
    crawler: createCrawler({ ...options, visits, state: createSiteState(options) }),
    preview: (wish) => previewSubscription({ db, boards, site }, wish),
    history: (accountId, filter) => listAlerts(db, accountId, filter),
    boardStatuses: (accountId) => boardStatuses(db, accountId),
    siteStatus: () => siteStatus(db),
    numbers: () => alertNumbers(db),
  }
}
