const MOST = 3
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
const emoji = /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[\d#*]\uFE0F?\u20E3)/u

/** Whether a message is nothing but one to three emoji, which are then shown large. */
export function isEmojiAlone(text: string): boolean {
  const bare = text.replace(/\s+/g, '')
  // Long before it is cut into characters: an emoji of a family has eleven code units.
  if (bare === '' || bare.length > MOST * 16) return false
  const parts = [...graphemes.segment(bare)]
  return parts.length <= MOST && parts.every(({ segment }) => emoji.test(segment))
}
