/** How long one message of a service may be. */
export interface TextLimit {
  readonly max: number
  /** UTF-16 code units, or bytes of UTF-8. */
  readonly unit: 'utf16' | 'bytes'
}

/** Ends of sentences, in the order in which they are preferred: paragraph, line, sentence, clause, word. */
const BREAKS: readonly RegExp[] = [/\n\n/g, /\n/g, /[。！？!?…]+[」』”’）)]*|\.(?=\s)/g, /[，、；：,;:]/g, /\s/g]

/** A break in the first part of what fits would leave a tiny message; then a weaker break is better. */
const LEAST_SHARE = 0.5

/** Code units of the longest character that is kept whole; a flag has 14, a family 11. */
const LONGEST_CHARACTER = 64

const graphemes = new Intl.Segmenter('zh', { granularity: 'grapheme' })

/**
 * Cuts a text into messages within `limit`, at the end of a sentence where there is one, and never inside a character as
 * people see it. Nothing but white space at the cuts is lost. A text of white space gives no message.
 */
export function splitText(text: string, limit: TextLimit): string[] {
  const parts: string[] = []
  let rest = text.trim()
  while (rest !== '') {
    if (sizeOf(rest, limit) <= limit.max) {
      parts.push(rest)
      break
    }
    const cut = cutWithin(rest, prefixWithin(rest, limit))
    parts.push(rest.slice(0, cut).trimEnd())
    rest = rest.slice(cut).trimStart()
  }
  return parts
}

function sizeOf(text: string, limit: TextLimit): number {
  return limit.unit === 'utf16' ? text.length : Buffer.byteLength(text)
}

/** How many code units of `text` fit, counted in whole characters as people see them. */
function prefixWithin(text: string, limit: TextLimit): number {
  // A character takes at least one unit, so nothing behind `max` of them can fit; the last one is seen whole.
  let size = 0
  let end = 0
  for (const { segment, index } of graphemes.segment(text.slice(0, limit.max + LONGEST_CHARACTER))) {
    size += sizeOf(segment, limit)
    if (size > limit.max) break
    end = index + segment.length
  }
  // One "character" longer than a whole message (a stack of marks): cut between code points.
  if (end === 0) {
    for (const point of text) {
      size = end === 0 ? 0 : size
      if (sizeOf(text.slice(0, end + point.length), limit) > limit.max) break
      end += point.length
    }
  }
  return Math.max(end, 1)
}

function cutWithin(text: string, fits: number): number {
  const head = text.slice(0, fits)
  for (const pattern of BREAKS) {
    let best = 0
    for (const found of head.matchAll(pattern)) best = found.index + found[0].length
    if (best >= fits * LEAST_SHARE) return best
  }
  return fits
}
