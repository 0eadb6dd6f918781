/** What a row of the list shows. */
export interface Row {
  readonly fileName: string
  readonly title: string
  readonly author: string
  readonly pushes: string
  readonly deleted: boolean
}

/** One row, as PTT's list has it; a deleted article has no link and the author `-`. */
export function articleRow(board: string, row: Row): string {
  const span = row.pushes === '' ? '' : `<span class="hl f2">${row.pushes}</span>`
  const title = row.deleted
    ? `(本文已被刪除) [${html(row.author)}]`
    : `<a href="/bbs/${board}/${row.fileName}.html">${hideEmails(row.title)}</a>`
  return `
			<div class="r-ent">
				<div class="nrec">${span}</div>
				<div class="title">
					${title}
				</div>
				<div class="meta">
					<div class="author">${row.deleted ? '-' : html(row.author)}</div>
					<div class="article-menu"></div>
					<div class="date">11/21</div>
					<div class="mark"></div>
				</div>
			</div>`
}

/** A page of a board's list. */
export function pageOf(page: {
  board: string
  rows: readonly string[]
  pinned: readonly string[]
  older: number | undefined
}): string {
  const older =
    page.older === undefined
      ? '<a class="btn wide disabled">&lsaquo; 上頁</a>'
      : `<a class="btn wide" href="/bbs/${page.board}/index${page.older}.html">&lsaquo; 上頁</a>`
  const pinned = page.pinned.length === 0 ? '' : `<div class="r-list-sep"></div>${page.pinned.join('')}`
  return `<!DOCTYPE html><html><head><meta charset="utf-8">
<title>看板 ${page.board} 文章列表 - 批踢踢實業坊</title></head><body>
<div id="main-container"><div id="action-bar-container"><div class="action-bar">
<div class="btn-group btn-group-dir"><a class="btn selected" href="/bbs/${page.board}/index.html">看板</a></div>
<div class="btn-group btn-group-paging"><a class="btn wide" href="/bbs/${page.board}/index1.html">最舊</a>${older}<a class="btn wide disabled">下頁 &rsaquo;</a><a class="btn wide" href="/bbs/${page.board}/index.html">最新</a></div>
</div></div><div class="r-list-container action-bar-margin bbs-screen">${page.rows.join('')}${pinned}</div></div></body></html>`
}

/** E-mail addresses the way Cloudflare hides them in pages. */
function hideEmails(title: string): string {
  return html(title).replace(/[\w.+-]+@[\w-]+\.[\w.-]+/g, (address) => {
    const key = 0x5a
    const bytes = Buffer.from([key, ...Buffer.from(address).map((byte) => byte ^ key)])
    return `<span class="__cf_email__" data-cfemail="${bytes.toString('hex')}">[email&#160;protected]</span>`
  })
}

function html(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
