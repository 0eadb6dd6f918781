import type { Clock } from './clock.ts'

/** What is left of an allowance after one more use of it. */
export interface Allowance {
  readonly allowed: boolean
  readonly limit: number
  readonly remaining: number
  /** Seconds until the window starts afresh, rounded up. */
  readonly resetSeconds: number
}

/** Counts uses per key in fixed windows that start with a key's first use. Memory is bounded: the oldest keys go first. */
export interface RateLimiter {
  use(key: string, limit: number, windowMs: number): Allowance
}

const MOST_KEYS = 100_000

/** A limiter in this process's memory. */
export function createRateLimiter(clock: Clock): RateLimiter {
  const windows = new Map<string, { count: number; endsAt: number }>()
  return {
    use(key, limit, windowMs) {
      const now = clock.now()
      let window = windows.get(key)
      if (window === undefined || window.endsAt <= now) {
        windows.delete(key)
        if (windows.size >= MOST_KEYS) windows.delete(windows.keys().next().value as string)
        window = { count: 0, endsAt: now + windowMs }
        windows.set(key, window)
      }
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
