import { SPOKEN_AFTER_MS } from './call.ts'
import { TELEPHONE_RATE } from './ports.ts'
import type { Pcm } from './ports.ts'

const BETWEEN_MS = 1_000
const AFTER_MS = 400
const TIMES = 2

/** What is heard from the answer on: a moment of silence, then the message, twice. */
export function twiceSpoken(message: Pcm): Pcm {
  const silence = (ms: number): Int16Array => new Int16Array((ms * TELEPHONE_RATE) / 1000)
  // Whoever answers brings the receiver to the ear first.
  const parts = [silence(SPOKEN_AFTER_MS)]
  for (let time = 0; time < TIMES; time++) {
    if (time > 0) parts.push(silence(BETWEEN_MS))
    parts.push(message.samples)
  }
  parts.push(silence(AFTER_MS))
  const samples = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    samples.set(part, at)
    at += part.length
  }
  return { samples, rate: TELEPHONE_RATE }
}
