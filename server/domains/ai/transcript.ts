import type { Transcript } from './ports.ts'

type Segment = Transcript['segments'][number]

/** The mean over time; null where nothing tells how sure it is. */
export function confidenceOf(segments: readonly Segment[]): number | null {
  let sum = 0
  let seconds = 0
  for (const { start, end, confidence } of segments) {
    if (confidence === null) continue
    const length = Math.max(0.01, end - start)
    sum += confidence * length
    seconds += length
  }
  return seconds === 0 ? null : sum / seconds
}

/** What was said as one text: words are kept apart, and characters that need no space get none. */
export function textOf(segments: readonly Segment[]): string {
  return segments.reduce((text, { text: next }) => {
    if (text === '') return next
    const isWritten = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}，。！？；：、]$/u.test(text)
    return text + (isWritten && !/^[\p{Script=Latin}\p{Nd}]/u.test(next) ? '' : ' ') + next
  }, '')
}
