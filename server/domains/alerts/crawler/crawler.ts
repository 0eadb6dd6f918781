import type { Bus } from '#kernel/bus/bus.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import { isFault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import type { AlertEvents } from '#contracts/events/alerts.ts'
import { ACCOUNT_ACTIVE } from '../subscription-store.ts'
import { pruneArticles } from './article-store.ts'
import type { SiteState } from './site-state.ts'
import type { Visits } from './visits.ts'

/** Looks at every watched board, once in each interval. */
export interface Crawler {
  /** Begins while we lead, and pauses when we no longer do. */
  setLeader(leads: boolean): void
  start(): Promise<void>
  stop(): Promise<void>
}

interface Watched {
  dueAt: number
  running: boolean
}

/** Looks under way at once. */
const CONCURRENCY = 6
/** How often the list of watched boards is read again when no event says that it changed. */
const REFRESH_MS = 30_000
/** A board that is gone or unreadable is asked for this many intervals later, at most. */
const SLOWEST = 30
const PRUNE_EVERY_MS = 3_600_000
const ARTICLE_DAYS = 7
const ALERT_DAYS = 180

/** A crawler over `visits`; boards are spread over the interval so that the site sees an even trickle. */
export function createCrawler(parts: {
  db: Database
  bus: Bus<AlertEvents>
  clock: Clock
  log: Log
  visits: Visits
  state: SiteState
  intervalMs: number
}): Crawler {
  const { db, bus, clock, log, visits, state, intervalMs } = parts
  const watched = new Map<number, Watched>()
  const underWay = new Set<Promise<void>>()
  const endings: (() => void)[] = []
  let leads = false
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let refreshing: Promise<void> | undefined
  let refreshedAt = -Infinity
  let prunedAt = -Infinity

  /** Reads which boards are watched; new ones are due at once, but spread where they are many. */
  const refresh = async (): Promise<void> => {
    refreshedAt = clock.now()
    const rows = await db.query<{ id: number; polledAt: Date | null }>(
      `SELECT b.id, b.polled_at AS "polledAt" FROM boards b WHERE EXISTS (
         SELECT 1 FROM alert_subscriptions s JOIN accounts a ON a.id = s.account_id AND ${ACCOUNT_ACTIVE}
         WHERE s.board_id = b.id AND s.enabled)
       ORDER BY b.polled_at NULLS FIRST`,
    )
    const now = clock.now()
    const overdue = rows.filter(({ id, polledAt }) => !watched.has(id) && now - (polledAt?.getTime() ?? 0) > intervalMs)
    const late = new Map(
      overdue.map(({ id }, index) => [id, now + (intervalMs * index) / Math.max(overdue.length, 20)]),
    )
    const ids = new Set(rows.map((row) => row.id))
    for (const id of watched.keys()) if (!ids.has(id)) watched.delete(id)
    for (const { id, polledAt } of rows) {
      if (watched.has(id)) continue
      watched.set(id, { dueAt: late.get(id) ?? (polledAt?.getTime() ?? now) + intervalMs, running: false })
    }
  }

  const refreshSoon = (): void => {
    refreshing ??= refresh()
      .catch((error: unknown) => log.warn({ err: error }, 'the watched boards could not be read'))
      .finally(() => {
        refreshing = undefined
        schedule()
      })
  }

  const prune = async (): Promise<void> => {
    await pruneArticles(db, ARTICLE_DAYS)
    await db.query(`DELETE FROM alerts WHERE created_at < now() - interval '${ALERT_DAYS} days'`)
  }

  /** Begins what is due, and sets the timer for what is next. */
  const schedule = (): void => {
    clearTimeout(timer)
    if (!leads || stopped) return
    const now = clock.now()
    if (now - refreshedAt > REFRESH_MS) refreshSoon()
    if (now - prunedAt > PRUNE_EVERY_MS) {
      prunedAt = now
      prune().catch((error: unknown) => log.warn({ err: error }, 'old articles could not be removed'))
    }
    const limit = state.isProbing ? 1 : CONCURRENCY
    let next = now + REFRESH_MS
    const pause = state.pauseMs()
    if (pause > 0) next = Math.min(next, now + pause)
    else {
      const due = [...watched].filter(([, one]) => !one.running).sort(([, a], [, b]) => a.dueAt - b.dueAt)
      for (const [id, one] of due) {
        if (one.dueAt > now) {
          next = Math.min(next, one.dueAt)
          break
        }
        // A look that ends sets the timer again.
        if (underWay.size >= limit) break
        begin(id, one)
      }
    }
    timer = setTimeout(schedule, Math.max(5, next - now))
  }

  const begin = (id: number, one: Watched): void => {
    one.running = true
    const visit = visits
      .visit(id)
      .then(
        () => {
          state.succeeded()
          one.dueAt = nextDue(one.dueAt, 1)
        },
        async (error: unknown) => {
          state.failed(error)
          if (!isFault(error)) log.error({ err: error, boardId: id }, 'looking at a board failed')
          one.dueAt = nextDue(clock.now(), await slowness(id, error))
        },
      )
      .finally(() => {
        one.running = false
        underWay.delete(visit)
        schedule()
      })
    underWay.add(visit)
  }

  /** How many intervals later a board is tried again that failed: more each time where it is the board's own doing. */
  const slowness = async (id: number, error: unknown): Promise<number> => {
    if (isFault(error, 'ptt.unreachable') || isFault(error, 'ptt.busy')) return 0
    const [row] = await db
      .query<{ failures: number }>('SELECT failures FROM boards WHERE id = $1', [id])
      .catch((): { failures: number }[] => [])
    return Math.min(SLOWEST, row?.failures ?? 1)
  }

  /** The pace is held, give or take a twentieth, so that boards do not fall into step. */
  const nextDue = (from: number, intervals: number): number => {
    const jitter = (Math.random() - 0.5) * 0.1 * intervalMs
    return Math.max(from + intervals * intervalMs + jitter, clock.now() + Math.min(intervals, 0.5) * intervalMs)
  }

  return {
    setLeader: (now) => {
      leads = now
      if (leads) refreshSoon()
      else {
        clearTimeout(timer)
        watched.clear()
      }
    },
    start: async () => {
      endings.push(
        bus.subscribe('alerts.subscription.changed', () => {
          if (leads) refreshSoon()
        }),
        bus.onGap(() => {
          if (leads) refreshSoon()
        }),
      )
    },
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      for (const end of endings) end()
      await refreshing
      await Promise.all(underWay)
    },
  }
}
