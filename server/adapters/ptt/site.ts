import { Agent } from 'undici'
import { Fault } from '#kernel/fault.ts'
import type { BoardSite } from '#domains/alerts/ports.ts'
import { fetchText } from './fetch-text.ts'
import { parseFeed } from './parse-feed.ts'
import { parsePage } from './parse-page.ts'

/** What the adapter is made with. */
export interface PttOptions {
  /** Scheme and host, without a slash at the end. */
  readonly url: string
  readonly userAgent: string
}

/** One pool for the one host; more would only knock harder. */
const CONNECTIONS = 4
const CONNECT_TIMEOUT_MS = 5_000
const HEADERS_TIMEOUT_MS = 10_000
const BODY_TIMEOUT_MS = 10_000

/** The boards of a PTT web server, read as a polite guest: one pool of connections, conditional requests, an honest name. */
export function createPttSite({ url, userAgent }: PttOptions): BoardSite {
  const pool = new Agent({
    connections: CONNECTIONS,
    pipelining: 1,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: HEADERS_TIMEOUT_MS,
    bodyTimeout: BODY_TIMEOUT_MS,
    keepAliveTimeout: 60_000,
  })
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetchText({ pool, origin: url, path, headers: { 'user-agent': userAgent, cookie: 'over18=1', ...headers } })

  return {
    readFeed: async (board, { etag, modified }) => {
      const answer = await get(`/atom/${encodeURIComponent(board)}.xml`, {
        accept: 'application/atom+xml',
        ...(etag !== null && { 'if-none-match': etag }),
        ...(modified !== null && { 'if-modified-since': modified }),
      })
      if (answer === null) return null
      const feed = parseFeed(answer.text)
      if (feed === undefined) throw unreadable(`the feed of ${board}`)
      return { board: feed.board ?? board, articles: feed.articles, etag: answer.etag, modified: answer.modified }
    },
    readPage: async (board, page) => {
      const path = `/bbs/${encodeURIComponent(board)}/index${page ?? ''}.html`
      const answer = await get(path, { accept: 'text/html' })
      const list = answer === null ? undefined : parsePage(answer.text)
      if (list === undefined) throw unreadable(path)
      return { ...list, board: list.board ?? board }
    },
    articleUrl: (board, fileName) => `${url}/bbs/${board}/${fileName}.html`,
    close: () => pool.destroy(),
  }
}

function unreadable(what: string): Fault {
  return new Fault('unavailable', 'ptt.unreadable', `PTT answered something else for ${what}`)
}
