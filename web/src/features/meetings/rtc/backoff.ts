/** How long to wait before attempt `attempt` (0 first): doubles from 300 ms to 5 s, with jitter so that a room does not come back as one. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(5000, 300 * 2 ** attempt)
  return Math.round(full / 2 + (full / 2) * random())
}
