/** An article as a list or a feed of the site shows it. */
export interface ListedArticle {
  /** `M.<unix>.A.<hex>`: the whole of it is the article's name. */
  readonly fileName: string
  readonly title: string
  readonly author: string
  /** From the file name. */
  readonly postedAt: Date
  /** -100 to 100 as the list shows it; null in a feed. */
  readonly pushes: number | null
}

/** What a conditional request for a feed is made with. */
export interface Validators {
  readonly etag: string | null
  readonly modified: string | null
}

/** The newest articles of a board, newest first. */
export interface Feed extends Validators {
  /** In the site's own spelling. */
  readonly board: string
  readonly articles: readonly ListedArticle[]
}

/** One page of a board's list, newest first, without pinned and deleted rows. */
export interface ListPage {
  readonly board: string
  readonly articles: readonly ListedArticle[]
  /** The number of the next older page; null on the oldest. */
  readonly older: number | null
}

/**
 * The web server whose boards are watched.
 * Faults of every call: `ptt.no-board`; `ptt.unreachable` (no answer, or 5xx) and `ptt.busy` (429), both of the whole
 * site, with `retryAfterSeconds` in their data where it was told; `ptt.unreadable` (an answer that is no list).
 */
export interface BoardSite {
  /** The feed; null when it has not changed since `validators`. */
  readFeed(board: string, validators: Validators): Promise<Feed | null>
  /** A page of the list; without a number the newest. */
  readPage(board: string, page: number | null): Promise<ListPage>
  /** Where people read an article. */
  articleUrl(board: string, fileName: string): string
  close(): Promise<void>
}

/** Puts what people read into their language. */
export type Phrase = (locale: string | null, key: string, values?: Readonly<Record<string, string | number>>) => string
