import { isFault } from '#kernel/fault.ts'
import type { BoardRow } from '../board-store.ts'
import type { BoardSite, Feed, ListPage, ListedArticle } from '../ports.ts'

/** What one look at a board found. */
export interface Gathered {
  /** Newest first; among them those that are new. Empty when nothing changed. */
  readonly articles: readonly ListedArticle[]
  readonly etag: string | null
  readonly modified: string | null
}

/** A feed carries so many; when all are unknown, more may have come. */
const FEED_LENGTH = 20
/** Pages walked back at most after a long absence: four hundred articles. */
const MOST_PAGES = 20

/**
 * Reads the newest articles of a board: the feed; the list where the feed fails, or where more came than it carries.
 * `isKnown` answers which of some file names were seen before.
 * @throws the faults of `BoardSite`
 */
export async function gatherNewest(
  site: BoardSite,
  board: BoardRow,
  isKnown: (fileNames: readonly string[]) => Promise<ReadonlySet<string>>,
): Promise<Gathered> {
  const validators = { etag: board.feedEtag, modified: board.feedModified }
  const feed = await readFeedOrNothing(site, board.name, validators)
  if (feed === null) return { articles: [], ...validators }
  const first = feed ?? (await site.readPage(board.name, null))
  const carried = { etag: feed?.etag ?? null, modified: feed?.modified ?? null }
  const articles = [...first.articles]
  const overflowed = feed === undefined ? articles.length > 0 : articles.length >= FEED_LENGTH
  if (board.polledAt === null || !overflowed) return { articles, ...carried }
  const known = await isKnown(articles.map((one) => one.fileName))
  if (known.size > 0) return { articles, ...carried }
  return { articles: await walkBack(site, board.name, { first, articles, isKnown }), ...carried }
}

/** The feed; null when unchanged, undefined when it cannot be had and the list has to do. */
async function readFeedOrNothing(
  site: BoardSite,
  name: string,
  validators: { etag: string | null; modified: string | null },
): Promise<Feed | null | undefined> {
  try {
    return await site.readFeed(name, validators)
  } catch (error) {
    if (isFault(error, 'ptt.no-board') || isFault(error, 'ptt.unreadable')) return undefined
    // One address of the site may fail alone; whether the site is down, the list will tell.
    if (isFault(error, 'ptt.unreachable')) return undefined
    throw error
  }
}

async function walkBack(
  site: BoardSite,
  name: string,
  from: {
    first: Feed | ListPage
    articles: readonly ListedArticle[]
    isKnown: (fileNames: readonly string[]) => Promise<ReadonlySet<string>>
  },
): Promise<ListedArticle[]> {
  const found = new Map(from.articles.map((one) => [one.fileName, one]))
  let page = 'older' in from.first ? from.first : await site.readPage(name, null)
  for (let pages = 1; pages <= MOST_PAGES; pages++) {
    const known = await from.isKnown(page.articles.map((one) => one.fileName))
    for (const article of page.articles) {
      if (known.has(article.fileName)) return [...found.values()]
      if (!found.has(article.fileName)) found.set(article.fileName, article)
    }
    if (page.older === null) break
    page = await site.readPage(name, page.older)
  }
  return [...found.values()]
}
