import type { Database } from '#kernel/db/database.ts'
import type { Boards } from './boards.ts'
import { matchesExpression, parseExpression } from './matching/expression.ts'
import { fold } from './matching/fold.ts'
import type { BoardSite } from './ports.ts'
import type { Wish } from './subscriptions.ts'
import { authorKey, checkValue } from './value.ts'

/** An article a subscription would have alerted of. */
export interface PreviewedArticle {
  readonly title: string
  readonly author: string
  readonly url: string
  readonly pushes: number | null
  readonly postedAt: Date
}

/** What a subscription would have matched lately. */
export interface Preview {
  readonly board: string
  readonly examined: number
  readonly matches: readonly PreviewedArticle[]
}

interface Recent {
  readonly fileName: string
  readonly title: string
  readonly author: string
  readonly pushes: number | null
  readonly postedAt: Date
}

const EXAMINED = 100
/** Somebody types, and asks with every rest: the site need not be asked each time. */
const FRESH_MS = 60_000

/**
 * Tries a wish on the board's recent articles.
 * @throws Fault: those of `Boards.settle` and `checkValue`
 */
export async function previewSubscription(
  parts: { db: Database; boards: Boards; site: BoardSite },
  wish: Wish,
): Promise<Preview> {
  const { value } = checkValue(wish.subType, wish.value)
  const board = await parts.boards.settle(wish.board, FRESH_MS)
  const recent =
    wish.subType === 'pushsum' ? await listed(parts.site, board.name) : await remembered(parts.db, board.id)
  const test = testOf(wish.subType, value)
  return {
    board: board.name,
    examined: recent.length,
    matches: recent
      .filter(test)
      .map(({ fileName, ...rest }) => ({ ...rest, url: parts.site.articleUrl(board.name, fileName) })),
  }
}

function testOf(subType: Wish['subType'], value: string): (article: Recent) => boolean {
  switch (subType) {
    case 'keyword': {
      const expression = parseExpression(value)
      return ({ title }) => matchesExpression(expression, fold(title))
    }
    case 'author':
      return ({ author }) => authorKey(author) === authorKey(value)
    case 'pushsum': {
      const wanted = Number(value)
      return ({ pushes }) => pushes !== null && (wanted > 0 ? pushes >= wanted : pushes <= wanted)
    }
  }
}

function remembered(db: Database, boardId: number): Promise<Recent[]> {
  return db.query(
    `SELECT file_name AS "fileName", title, author, pushes, posted_at AS "postedAt" FROM articles
     WHERE board_id = $1 AND seen_at > 'epoch' ORDER BY posted_at DESC LIMIT ${EXAMINED}`,
    [boardId],
  )
}

/** Counts are only on the list. */
async function listed(site: BoardSite, board: string): Promise<Recent[]> {
  const newest = await site.readPage(board, null)
  const older = newest.older === null ? [] : (await site.readPage(board, newest.older)).articles
  return [...newest.articles, ...older]
}
