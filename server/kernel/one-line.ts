/**
 * What has no place in a name: control characters, and the marks that turn the direction of text around them. Joiners
 * stay, because emoji and some scripts are written with them.
 */
const UNSEEN = /[\p{Cc}\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu

/**
 * A name or title as one visible line: composed (NFC), without control and direction marks, blanks run together. Empty
 * where nothing visible is left.
 */
export function oneLine(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').replace(UNSEEN, '').trim()
}
