import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { articleRow, pageOf } from './ptt-page.ts'

/** An article of the fake, oldest first on its board. */
export interface FakeArticle {
  readonly fileName: string
  readonly title: string
  readonly author: string
  /** As the list shows it: `''`, `1` to `99`, `爆`, `X1` to `X9`, `XX`. */
  pushes: string
  deleted: boolean
}

/** A board of the fake. */
export interface FakeBoard {
  readonly name: string
  readonly articles: FakeArticle[]
  readonly pinned: FakeArticle[]
  over18: boolean
  gone: boolean
}

/** What the fake does instead of answering as usual. */
export type Mood = (request: IncomingMessage, response: ServerResponse, path: string) => boolean

/** A PTT web server of our own: feed, list and paging as the real one has them. */
export interface FakePtt {
  readonly url: string
  /** Every path asked for, in order. */
  readonly requests: { path: string; headers: IncomingMessage['headers'] }[]
  /** How many TCP connections were made. */
  connections(): number
  board(name: string): FakeBoard
  /** Adds an article and returns it; posted now unless told, its name unlike any other's. */
  post(board: string, article: { title: string; author?: string; pushes?: string; at?: number }): FakeArticle
  /** Answers otherwise until told `undefined`; a mood returns true when it has dealt with the request. */
  mood(mood: Mood | undefined): void
  close(): Promise<void>
}

const PAGE = 20

/** Starts a fake on a free port of 127.0.0.1. */
export async function startFakePtt(): Promise<FakePtt> {
  const boards = new Map<string, FakeBoard>()
  const requests: FakePtt['requests'] = []
  let mood: Mood | undefined
  let connections = 0
  let serial = 0

  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://ptt').pathname
    requests.push({ path, headers: request.headers })
    if (mood?.(request, response, path) === true) return
    answer(boards, request, response, path)
  })
  server.on('connection', () => connections++)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const board = (name: string): FakeBoard => {
    const known = boards.get(name.toLowerCase())
    if (known !== undefined) return known
    const made: FakeBoard = { name, articles: [], pinned: [], over18: false, gone: false }
    boards.set(name.toLowerCase(), made)
    return made
  }
  return {
    url,
    requests,
    connections: () => connections,
    board,
    post: (name, { title, author = 'someone', pushes = '', at = Date.now() }) => {
      serial++
      const hex = serial.toString(16).toUpperCase().padStart(3, '0')
      const made = { fileName: `M.${Math.floor(at / 1000)}.A.${hex}`, title, author, pushes, deleted: false }
      board(name).articles.push(made)
      return made
    },
    mood: (next) => (mood = next),
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function answer(
  boards: ReadonlyMap<string, FakeBoard>,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): void {
  const feed = /^\/atom\/([^/]+)\.xml$/.exec(path)
  const list = /^\/bbs\/([^/]+)\/index(\d*)\.html$/.exec(path)
  const board = boards.get((feed?.[1] ?? list?.[1] ?? '').toLowerCase())
  if (board === undefined || board.gone) {
    response.writeHead(404, { 'content-type': 'text/html; charset=utf-8' }).end('<html>404 - Not Found.</html>')
    return
  }
  if (feed !== null) {
    const body = atomOf(board)
    const etag = `"${createHash('sha1').update(body).digest('hex')}"`
    if (request.headers['if-none-match'] === etag) response.writeHead(304, { etag }).end()
    else response.writeHead(200, { 'content-type': 'application/atom+xml; charset=utf-8', etag }).end(body)
    return
  }
  if (board.over18 && !/over18=1/.test(request.headers.cookie ?? '')) {
    response.writeHead(302, { location: `/ask/over18?from=${encodeURIComponent(path)}` }).end()
    return
  }
  const pages = Math.max(1, Math.ceil(board.articles.length / PAGE))
  const number = list?.[2] === '' || list === null ? pages : Number(list[2])
  if (number < 1 || number > pages) {
    response.writeHead(404).end()
    return
  }
  const rows = board.articles.slice((number - 1) * PAGE, number * PAGE).map((one) => articleRow(board.name, one))
  const pinned = number === pages ? board.pinned.map((one) => articleRow(board.name, one)) : []
  const html = pageOf({ board: board.name, rows, pinned, older: number > 1 ? number - 1 : undefined })
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html)
}

function atomOf(board: FakeBoard): string {
  const newest = board.articles.filter((one) => !one.deleted).slice(-PAGE)
  const entries = newest.toReversed().map((one) => {
    const link = `https://www.ptt.cc/bbs/${board.name}/${one.fileName}.html`
    const at = new Date(Number(one.fileName.split('.')[1]) * 1000).toISOString()
    return (
      `<entry><title>${xml(one.title)}</title><id>${link}</id><link rel="alternate" type="text/html" href="${link}"></link>` +
      `<published>${at}</published><updated>${at}</updated><author><name>${xml(one.author)}</name></author></entry>`
    )
  })
  const self = `https://www.ptt.cc/atom/${board.name}.xml`
  return (
    `<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>批踢踢實業坊 ${board.name} 板</title>` +
    `<id>${self}</id><link rel="self" href="${self}"></link>${entries.join('')}</feed>`
  )
}

function xml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
