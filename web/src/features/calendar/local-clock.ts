// Times on the account's clock without a zone, as document 4 writes them: `2026-11-21T09:30`.

/** So many minutes later on the clock; a day is always the same hour of the next day. */
export function laterBy(local: string, minutes: number): string {
  return new Date(Date.parse(`${local.slice(0, 16)}Z`) + minutes * 60_000).toISOString().slice(0, 16)
}

/** What an arrow does to a schedule that was picked up: move it, or (`resize`) only its end. */
export function nudge(
  times: { start: string; end: string },
  key: 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight',
  how: { resize: boolean; byDays: boolean },
): { start: string; end: string } {
  const isVertical = key === 'ArrowUp' || key === 'ArrowDown'
  const sign = key === 'ArrowUp' || key === 'ArrowLeft' ? -1 : 1
  // Where days stand beside and below each other, up and down is a week; on a day's clock a quarter of an hour.
  const minutes = sign * (isVertical ? (how.byDays ? 7 * DAY : QUARTER) : DAY)
  const end = laterBy(times.end, minutes)
  if (!how.resize) return { start: laterBy(times.start, minutes), end }
  return end > times.start ? { ...times, end } : times
}

const QUARTER = 15
const DAY = 24 * 60
