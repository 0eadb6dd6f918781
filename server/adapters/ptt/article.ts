const FILE_NAME = /^[MG]\.(\d{1,12})\.A(?:\.[0-9A-Fa-f]{1,8})?$/

/** The file name an article's address ends with; undefined for any other link. */
export function fileNameOf(href: string): { board: string; fileName: string } | undefined {
  const found = /\/bbs\/([^/]+)\/([^/]+)\.html(?:[?#].*)?$/.exec(href)
  const fileName = found?.[2] ?? ''
  return FILE_NAME.test(fileName) ? { board: found?.[1] as string, fileName } : undefined
}

/** When an article was posted, from its file name. */
export function postedAt(fileName: string): Date {
  const seconds = Number(FILE_NAME.exec(fileName)?.[1] ?? 0)
  return new Date(Math.min(seconds * 1000, 8.64e15))
}

/** The longest title that is kept; real ones have at most 64 bytes. */
const LONGEST_TITLE = 300

/** A title or name without what cannot be seen: control characters, marks that turn the direction of reading, lone surrogates. */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffd]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, LONGEST_TITLE)
}

/** The count a list shows: 1 to 99, 爆 (100), X1 to X9 (-10 to -90), XX (-100), or nothing (0). */
export function pushesOf(shown: string): number {
  const text = shown.trim()
  if (text === '爆') return 100
  if (text === 'XX') return -100
  const negative = /^X([1-9])$/.exec(text)
  if (negative) return -10 * Number(negative[1])
  return /^\d{1,2}$/.test(text) ? Number(text) : 0
}

/** An e-mail address as Cloudflare hides it: hexadecimal, each byte combined with the first. */
export function revealEmail(hidden: string): string {
  const bytes = Buffer.from(hidden, 'hex')
  const key = bytes[0] ?? 0
  return Buffer.from(bytes.subarray(1).map((byte) => byte ^ key)).toString('utf8')
}
