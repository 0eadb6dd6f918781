import { parseDocument } from 'htmlparser2'
import type { Element } from 'domhandler'
import type { ListedArticle, ListPage } from '#domains/alerts/ports.ts'
import { cleanText, fileNameOf, postedAt, pushesOf } from './article.ts'
import { allByClass, allByTag, firstByClass, firstByTag, hasClass, textOf } from './dom.ts'

/** Reads a page of a board's list; undefined when it is none (a login page, an error, anything else). */
export function parsePage(html: string): (Omit<ListPage, 'board'> & { board: string | undefined }) | undefined {
  const document = parseDocument(html)
  const list = firstByClass(document, 'r-list-container')
  const paging = firstByClass(document, 'btn-group-paging')
  if (list === undefined || paging === undefined) return undefined
  let board = /看板\s+(\S+)\s+文章列表/.exec(textOf(firstByTag(document, 'title')))?.[1]
  const articles: ListedArticle[] = []
  for (const row of rowsAbovePinned(list)) {
    const link = firstByTag(firstByClass(row, 'title') ?? row, 'a')
    const named = fileNameOf(link?.attribs['href'] ?? '')
    const title = cleanText(textOf(link))
    // A deleted article has no link.
    if (link === undefined || named === undefined || title === '') continue
    board ??= named.board
    articles.push({
      fileName: named.fileName,
      title,
      author: cleanText(textOf(firstByClass(row, 'author'))),
      postedAt: postedAt(named.fileName),
      pushes: pushesOf(textOf(firstByClass(row, 'nrec'))),
    })
  }
  return { board, articles: articles.toReversed(), older: olderPage(paging) }
}

/** A page shows its oldest row first; pinned ones follow a separator. */
function rowsAbovePinned(list: Element): Element[] {
  const inOrder = allByClass(list, 'r-ent', 'r-list-sep')
  const separator = inOrder.findIndex((one) => hasClass(one, 'r-list-sep'))
  return separator < 0 ? inOrder : inOrder.slice(0, separator)
}

function olderPage(paging: Element): number | null {
  const link = allByTag(paging, 'a').find((one) => textOf(one).includes('上頁'))
  const number = /index(\d{1,9})\.html/.exec(link?.attribs['href'] ?? '')?.[1]
  return number === undefined ? null : Number(number)
}
