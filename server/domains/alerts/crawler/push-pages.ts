import type { BoardSite, ListedArticle, ListPage } from '../ports.ts'

/** Reads the push counts of a board's recent articles, a few pages a time. */
export interface PushPages {
  /** The newest pages, and the next few of the older ones; articles of the last 48 hours, newest first. */
  read(site: BoardSite, board: string, now: Date): Promise<ListedArticle[]>
}

const WINDOW_MS = 48 * 3_600_000
/** Pages read at every look: most counts move on the newest articles. */
const NEWEST_PAGES = 3
/** Older pages read at each look, going round: a busy board has two hundred in 48 hours. */
const OLDER_PAGES = 4

/** Remembers how far back the last look went. */
export function createPushPages(): PushPages {
  let next: number | null = null

  return {
    async read(site, board, now) {
      const oldest = now.getTime() - WINDOW_MS
      const found: ListedArticle[] = []
      /** Takes a page in; false when it reaches behind the window. */
      const take = (page: ListPage): boolean => {
        const recent = page.articles.filter((one) => one.postedAt.getTime() >= oldest)
        found.push(...recent)
        return page.older !== null && (page.articles.length === 0 || recent.length > 0)
      }
      let page = await site.readPage(board, null)
      let goesOn = take(page)
      for (let read = 1; read < NEWEST_PAGES && goesOn; read++) {
        page = await site.readPage(board, page.older)
        goesOn = take(page)
      }
      if (!goesOn || page.older === null) {
        next = null
        return found
      }
      let number: number | null = next !== null && next < page.older ? next : page.older
      for (let read = 0; read < OLDER_PAGES && number !== null; read++) {
        const older: ListPage = await site.readPage(board, number)
        number = take(older) ? older.older : null
      }
      next = number
      return found
    },
  }
}
