import type { Clock } from './clock.ts'

/** What is left of an allowance after one more use of it. */
export interface Allowance {
  readonly allowed: boolean
  readonly limit: number
  readonly remaining: number
  /** Seconds until the window starts afresh, rounded up. */
  readonly resetSeconds: number
}

/**
 * Counts uses per key in fixed windows that start with a key's first use. Memory is bounded: keys live in two
 * generations, and the older one goes as a whole when the younger is full (taking single ones off the front of a large
 * Map costs more with each one taken).
 */
export interface RateLimiter {
  use(key: string, limit: number, windowMs: number): Allowance
}

const MOST_KEYS = 50_000

interface Window {
  count: number
  endsAt: number
}

/** A limiter in this process's memory. */
export function createRateLimiter(clock: Clock, mostKeys = MOST_KEYS): RateLimiter {
  let younger = new Map<string, Window>()
  let older = new Map<string, Window>()

  const windowOf = (key: string, now: number, windowMs: number): Window => {
    const known = younger.get(key) ?? older.get(key)
    if (known !== undefined && known.endsAt > now) return known
    const fresh = { count: 0, endsAt: now + windowMs }
    if (younger.size >= mostKeys) {
      older = younger
      younger = new Map()
    }
    younger.set(key, fresh)
    return fresh
  }

  return {
    use(key, limit, windowMs) {
      const now = clock.now()
      const window = windowOf(key, now, windowMs)
      const allowed = window.count < limit
      if (allowed) window.count++
      return {
        allowed,
        limit,
        remaining: limit - window.count,
        resetSeconds: Math.max(1, Math.ceil((window.endsAt - now) / 1000)),
      }
    },
  }
}
