import { parseDocument } from 'htmlparser2'
import type { ListedArticle } from '#domains/alerts/ports.ts'
import { cleanText, fileNameOf, postedAt } from './article.ts'
import { allByTag, firstByTag, textOf } from './dom.ts'

/** Reads `/atom/BOARD.xml`, newest first; undefined when it is no such feed. */
export function parseFeed(xml: string): { board: string | undefined; articles: ListedArticle[] } | undefined {
  const feed = firstByTag(parseDocument(xml, { xmlMode: true }), 'feed')
  if (feed === undefined) return undefined
  let board = allByTag(feed, 'link')
    .map((link) => /\/atom\/([^/]+)\.xml$/.exec(link.attribs['href'] ?? '')?.[1])
    .find((name) => name !== undefined)
  const articles: ListedArticle[] = []
  for (const entry of allByTag(feed, 'entry')) {
    const link = firstByTag(entry, 'link')?.attribs['href'] ?? textOf(firstByTag(entry, 'id'))
    const named = fileNameOf(link)
    const title = cleanText(textOf(firstByTag(entry, 'title')))
    if (named === undefined || title === '') continue
    board ??= named.board
    const author = firstByTag(entry, 'author')
    articles.push({
      fileName: named.fileName,
      title,
      author: cleanText(textOf(author && (firstByTag(author, 'name') ?? author))),
      postedAt: postedAt(named.fileName),
      pushes: null,
    })
  }
  return { board, articles }
}
