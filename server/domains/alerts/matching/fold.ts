/** Full-width forms of ASCII lie this far behind it (U+FF01 to U+FF5E). */
const FULL_WIDTH_OFFSET = 0xfee0

/** A text as titles are compared: full-width letters and signs as half-width ones, lower case. */
export function fold(text: string): string {
  return halfWidth(text).toLowerCase()
}

/** Full-width letters, signs and the ideographic space as ASCII; everything else as it is. */
export function halfWidth(text: string): string {
  return text.replace(/[\uff01-\uff5e\u3000]/g, (character) =>
    character === '\u3000' ? ' ' : String.fromCharCode(character.charCodeAt(0) - FULL_WIDTH_OFFSET),
  )
}
