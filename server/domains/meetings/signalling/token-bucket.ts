/** How many frames a socket may send: `burst` at once, `perSecond` in the long run. */
export interface FrameBudget {
  readonly burst: number
  readonly perSecond: number
}

/** What to do with one more frame. */
export type Verdict = 'take' | 'drop' | 'close'

/** So many frames dropped in one go and the socket is closed. */
const MOST_DROPPED = 300

/** Judges the frames of one socket; a drop is forgiven once it sends within its budget again. */
export function createTokenBucket(budget: FrameBudget, nowMs: () => number): { take(): Verdict } {
  let tokens = budget.burst
  let last = nowMs()
  let dropped = 0
  return {
    take() {
      const now = nowMs()
      tokens = Math.min(budget.burst, tokens + ((now - last) / 1000) * budget.perSecond)
      last = now
      if (tokens >= 1) {
        tokens--
        if (tokens > budget.burst / 2) dropped = 0
        return 'take'
      }
      dropped++
      return dropped > MOST_DROPPED ? 'close' : 'drop'
    },
  }
}
