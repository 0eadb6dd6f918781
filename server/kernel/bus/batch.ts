import type { Envelope } from './bus.ts'

/** PostgreSQL takes fewer than 8,000 bytes in a NOTIFY; the rest is for what goes around the events. */
const MOST_BYTES = 7_800

/** A part of a batch: events that fit into one message together, or one that fits into none. */
export type Part = { readonly events: Envelope[] } | { readonly large: Envelope }

/** Cuts events into as few messages as their order and their size as JSON allow. */
export function batch(events: readonly Envelope[]): Part[] {
  const parts: Part[] = []
  let together: Envelope[] = []
  let bytes = 0
  const closePart = (): void => {
    if (together.length > 0) parts.push({ events: together })
    together = []
    bytes = 0
  }
  for (const event of events) {
    const size = Buffer.byteLength(JSON.stringify(event)) + 1
    if (bytes + size > MOST_BYTES) closePart()
    if (size > MOST_BYTES) parts.push({ large: event })
    else {
      together.push(event)
      bytes += size
    }
  }
  closePart()
  return parts
}
