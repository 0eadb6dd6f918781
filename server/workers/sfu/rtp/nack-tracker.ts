/** Gaps beyond this are no loss to be repaired but a break: a key frame is due instead. */
const MAX_GAP = 300
const MAX_TRIES = 8
const MAX_AGE = 512

/** The packets of one stream that are missing and how often they were asked for. */
export class NackTracker {
  private readonly missing = new Map<number, { tries: number; askedAt: number }>()
  /** Set when packets were given up: only a key frame helps. Cleared by the reader. */
  gaveUp = false

  /** Notes that all packets between the highest one before and `sequence` (both extended) have not come. */
  gap(highest: number, sequence: number): void {
    if (sequence - highest > MAX_GAP) {
      this.missing.clear()
      this.gaveUp = true
      return
    }
    for (let lost = highest + 1; lost < sequence; lost++) this.missing.set(lost, { tries: 0, askedAt: 0 })
  }

  /** Notes that a missing packet came after all. */
  arrived(sequence: number): void {
    this.missing.delete(sequence)
  }

  /** Whether anything is missing. */
  get isEmpty(): boolean {
    return this.missing.size === 0
  }

  /** The packets (16-bit) to ask for now, each at most once per `intervalMs`. */
  due(highest: number, nowMs: number, intervalMs: number): number[] {
    const sequences: number[] = []
    for (const [sequence, state] of this.missing) {
      if (state.tries >= MAX_TRIES || highest - sequence > MAX_AGE) {
        this.missing.delete(sequence)
        this.gaveUp = true
      } else if (state.tries === 0 || nowMs - state.askedAt >= intervalMs) {
        state.tries++
        state.askedAt = nowMs
        sequences.push(sequence & 0xffff)
      }
    }
    return sequences
  }
}
