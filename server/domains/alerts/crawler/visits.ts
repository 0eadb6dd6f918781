import type { Bus } from '#kernel/bus/bus.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Transaction } from '#kernel/db/executor.ts'
import { Fault, isFault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import type { AlertEvents } from '#contracts/events/alerts.ts'
import type { Notify } from '#domains/notify/notify.ts'
import { findBoard, recordFailure, recordPoll } from '../board-store.ts'
import type { BoardRow } from '../board-store.ts'
import type { BoardSite, ListedArticle, Phrase } from '../ports.ts'
import { insertArticles, knownFiles } from './article-store.ts'
import { createBoardMatcher } from './board-matcher.ts'
import type { BoardMatcher } from './board-matcher.ts'
import { tellBoardGone } from './board-gone.ts'
import { gatherNewest } from './gather.ts'
import { followCounts } from './follow-counts.ts'
import { createPushPages } from './push-pages.ts'
import type { PushPages } from './push-pages.ts'
import { messagesOf, raiseAlerts } from './raise.ts'
import type { Match } from './raise.ts'

/** Looks at boards: what is new is written down, matched, and told. */
export interface Visits {
  /**
   * Looks at a board once; a look under way is shared. What is found is settled in one transaction, so a look that is cut
   * off at any instant neither repeats nor misses anything.
   * @throws the faults of `BoardSite`
   */
  visit(boardId: number): Promise<void>
}

/** What a look is made with. */
export interface VisitParts {
  readonly db: Database
  readonly bus: Bus<AlertEvents>
  readonly clock: Clock
  readonly log: Log
  readonly site: BoardSite
  readonly notify: Notify
  readonly phrase: Phrase
  /** After an absence, articles this old are listed but not sent out. */
  readonly staleMs: number
}

interface BoardMemory {
  readonly matcher: BoardMatcher
  readonly pushPages: PushPages
}

/** Visits, with the matchers of the boards visited so far. */
export function createVisits(parts: VisitParts): Visits {
  const { db, clock, log, site } = parts
  const underWay = new Map<number, Promise<void>>()
  const memories = new Map<number, BoardMemory>()

  const memoryOf = (boardId: number): BoardMemory => {
    const known = memories.get(boardId) ?? { matcher: createBoardMatcher(db, boardId), pushPages: createPushPages() }
    memories.set(boardId, known)
    return known
  }

  const look = async (boardId: number): Promise<void> => {
    const board = await findBoard(db, boardId)
    if (board === undefined) throw new Fault('missing', 'alerts.no-board', `There is no board number ${boardId}`)
    const memory = memoryOf(boardId)
    await memory.matcher.sync()
    try {
      const newest = await gatherNewest(site, board, (names) => knownFiles(db, boardId, names))
      const follows = memory.matcher.watchesPushes
      const counted = follows ? await memory.pushPages.read(site, board.name, new Date(clock.now())) : []
      await settle(parts, { board, memory, newest, counted, follows })
    } catch (error) {
      if (isFault(error) && error.code.startsWith('ptt.')) await failed(board, error)
      throw error
    }
  }

  const failed = async (board: BoardRow, error: Fault): Promise<void> => {
    const gone = error.code === 'ptt.no-board'
    const { wasGone, failures } = await recordFailure(db, board.id, {
      at: new Date(clock.now()),
      reason: error.code,
      gone,
    })
    if (gone && !wasGone) {
      log.warn({ board: board.name }, 'a watched board is gone')
      await tellBoardGone(parts, board)
    } else if (failures === 1) log.warn({ board: board.name, reason: error.message }, 'a board cannot be read')
  }

  return {
    visit: (boardId) => {
      const running = underWay.get(boardId)
      if (running !== undefined) return running
      const visit = look(boardId).finally(() => underWay.delete(boardId))
      underWay.set(boardId, visit)
      return visit
    },
  }
}

interface Look {
  readonly board: BoardRow
  readonly memory: BoardMemory
  readonly newest: { articles: readonly ListedArticle[]; etag: string | null; modified: string | null }
  /** Rows of the list with their counts. */
  readonly counted: readonly ListedArticle[]
  readonly follows: boolean
}

/** Writes down what a look found, raises the alerts and queues the messages: all of it or nothing. */
async function settle(parts: VisitParts, { board, memory, newest, counted, follows }: Look): Promise<void> {
  const { db, bus, clock, site, notify, phrase, staleMs } = parts
  const now = new Date(clock.now())
  const urlOf = (fileName: string): string => site.articleUrl(board.name, fileName)
  const gone = await db.transaction(async (tx) => {
    await tx.lock('alerts.board', [board.id])
    const matches = [
      ...(await newArticles(tx, { board, memory, articles: newest.articles, now, staleMs })),
      ...(await followCounts(tx, { board, matcher: memory.matcher, counted, follows, now, staleMs })),
    ]
    const { raised, gone } = await raiseAlerts(tx, matches, { board: board.name, now, urlOf })
    await notify.sendMany(messagesOf(raised, { board: board.name, urlOf, phrase }), tx)
    await recordPoll(tx, board.id, { at: now, etag: newest.etag, modified: newest.modified })
    await tx.query('UPDATE alert_subscriptions SET unsettled = false WHERE board_id = $1 AND unsettled', [board.id])
    tx.afterCommit(() => {
      for (const { accountId, alertId } of raised) bus.publish('alerts.alert.raised', { accountId, alertId })
    })
    return gone
  })
  for (const id of gone) memory.matcher.forget(id)
}

async function newArticles(
  tx: Transaction,
  look: { board: BoardRow; memory: BoardMemory; articles: readonly ListedArticle[]; now: Date; staleMs: number },
): Promise<Match[]> {
  const { board, memory, articles, now, staleMs } = look
  const added = await insertArticles(tx, board.id, articles, now)
  // The first look at a board only learns what is there.
  if (board.polledAt === null) return []
  const wasAway = now.getTime() - board.polledAt.getTime() > staleMs
  return articles
    .toReversed()
    .filter((article) => added.has(article.fileName))
    .map((article) => ({
      article,
      kind: 'new' as const,
      subscriptionIds: memory.matcher.ofArticle(article.title, article.author),
      stale: wasAway && now.getTime() - article.postedAt.getTime() > staleMs,
    }))
    .filter((match) => match.subscriptionIds.length > 0)
}
