/** Hours of the day in which nobody is called; the same twice: none. May pass midnight. */
export interface QuietHours {
  readonly quietFrom: number
  readonly quietUntil: number
}

const STEP_MS = 15 * 60_000
const LONGEST_SEARCH_MS = 48 * 60 * 60_000

/** The time zones of a country (CLDR); UTC for one that has none. */
export function zonesOf(country: string): readonly string[] {
  const zones = new Intl.Locale('und', { region: country }).getTimeZones?.()
  return zones === undefined || zones.length === 0 ? ['UTC'] : zones
}

/**
 * From when on a number of `country` may be called, at `now` or later, in ms since the epoch. A number does not tell
 * where in a country it is, so none of its zones may be quiet; where that leaves no time at all, the first one decides.
 */
export function nextCallableTime(now: number, country: string, hours: QuietHours): number {
  if (hours.quietFrom === hours.quietUntil) return now
  const zones = zonesOf(country)
  return findOpen(now, zones, hours) ?? findOpen(now, zones.slice(0, 1), hours) ?? now
}

function findOpen(now: number, zones: readonly string[], hours: QuietHours): number | undefined {
  const clocks = zones.map((zone) => hourClock(zone))
  const isOpen = (time: number): boolean => clocks.every((hourAt) => !isQuiet(hourAt(time), hours))
  if (isOpen(now)) return now
  // Every zone's offset is a multiple of a quarter of an hour, so quiet hours end on one.
  const first = (Math.floor(now / STEP_MS) + 1) * STEP_MS
  for (let time = first; time <= now + LONGEST_SEARCH_MS; time += STEP_MS) if (isOpen(time)) return time
  return undefined
}

function isQuiet(hour: number, { quietFrom, quietUntil }: QuietHours): boolean {
  return quietFrom < quietUntil ? hour >= quietFrom && hour < quietUntil : hour >= quietFrom || hour < quietUntil
}

function hourClock(zone: string): (time: number) => number {
  const format = new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone: zone })
  return (time) => Number(format.format(time))
}
