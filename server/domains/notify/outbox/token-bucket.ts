/** Lets through so many a second, saving up a quarter of a second's worth, at least one. */
export interface TokenBucket {
  /** Takes one and returns 0, or returns in how many milliseconds there will be one. */
  take(): number
}

/** A full bucket; `now` in milliseconds. */
export function createTokenBucket(perSecond: number, now: () => number = () => performance.now()): TokenBucket {
  const capacity = Math.max(1, perSecond / 4)
  let tokens = capacity
  let at = now()
  return {
    take() {
      const time = now()
      tokens = Math.min(capacity, tokens + ((time - at) / 1000) * perSecond)
      at = time
      if (tokens >= 1) {
        tokens -= 1
        return 0
      }
      return Math.max(1, Math.ceil(((1 - tokens) / perSecond) * 1000))
    },
  }
}
