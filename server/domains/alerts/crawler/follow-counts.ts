import type { Transaction } from '#kernel/db/executor.ts'
import type { BoardRow } from '../board-store.ts'
import type { ListedArticle } from '../ports.ts'
import { findCounts, insertArticles, writeCounts } from './article-store.ts'
import type { BoardMatcher } from './board-matcher.ts'
import type { Match } from './raise.ts'

/** One look at the counts of a board's recent articles. */
export interface CountLook {
  readonly board: BoardRow
  readonly matcher: BoardMatcher
  readonly counted: readonly ListedArticle[]
  /** Whether anybody asks for counts on this board. */
  readonly follows: boolean
  readonly now: Date
  readonly staleMs: number
}

/**
 * Writes down the counts a look found and answers which subscriptions they reach. The first look, and the first after
 * nobody asked for a while, only learns; so does the first sight of an article older than that.
 */
export async function followCounts(tx: Transaction, look: CountLook): Promise<Match[]> {
  const { board, matcher, counted, follows, now, staleMs } = look
  if (!follows) {
    if (board.pushesSince !== null) await restart(tx, board.id, null)
    return []
  }
  const wasAway = board.pushesAt !== null && now.getTime() - board.pushesAt.getTime() > staleMs
  const silent = board.pushesSince === null || wasAway
  const since = silent ? now : board.pushesSince
  if (silent) await restart(tx, board.id, now)
  await tx.query('UPDATE boards SET pushes_at = $2 WHERE id = $1', [board.id, now])

  const rows = [...new Map(counted.map((one) => [one.fileName, one])).values()]
  // Rows further back than the feed reaches: known from now on, and never new.
  await insertArticles(tx, board.id, rows, new Date(0))
  const before = new Map(
    (
      await findCounts(
        tx,
        board.id,
        rows.map((one) => one.fileName),
      )
    ).map((one) => [one.fileName, one]),
  )
  const changes = new Map<string, number>()
  const matches: Match[] = []
  for (const article of rows) {
    const pushes = article.pushes ?? 0
    const known = before.get(article.fileName)
    if (known?.pushes === pushes) continue
    changes.set(article.fileName, pushes)
    const appeared = known !== undefined && known.seenAt.getTime() >= since.getTime()
    const last = known?.pushes ?? (appeared ? 0 : null)
    if (silent || last === null) continue
    const subscriptionIds = matcher.ofPushes(last, pushes)
    const kind = pushes > last ? 'push' : 'boo'
    if (subscriptionIds.length > 0) matches.push({ article, kind, subscriptionIds, stale: false })
  }
  await writeCounts(tx, board.id, changes)
  return matches
}

/** Begins to follow counts anew (or, with null, stops): what was known of them counts no more. */
async function restart(tx: Transaction, boardId: number, since: Date | null): Promise<void> {
  await tx.query('UPDATE boards SET pushes_since = $2 WHERE id = $1', [boardId, since])
  await tx.query('UPDATE articles SET pushes = NULL WHERE board_id = $1 AND pushes IS NOT NULL', [boardId])
}
