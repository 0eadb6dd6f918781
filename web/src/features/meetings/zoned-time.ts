/** A moment as the browser's date and time fields take it, on the clock of a zone: `2026-11-21`, `09:30`. */
export function toFields(date: Date, zone: string | undefined): { day: string; time: string } {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(date)
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? ''
  return { day: `${part('year')}-${part('month')}-${part('day')}`, time: `${part('hour')}:${part('minute')}` }
}

/** The moment that day and time mean in the zone; where the clock skips an hour, the one after. */
export function fromFields(day: string, time: string, zone: string | undefined): Date {
  const wanted = Date.parse(`${day}T${time}:00Z`)
  let guess = wanted
  // The offset depends on the moment, and the moment on the offset: twice is enough for every zone there is.
  for (let round = 0; round < 2; round++) {
    const shown = toFields(new Date(guess), zone)
    guess += wanted - Date.parse(`${shown.day}T${shown.time}:00Z`)
  }
  return new Date(guess)
}

/** The next half hour after a moment. */
export function nextHalfHour(now: number): Date {
  const half = 30 * 60_000
  return new Date(Math.ceil((now + 60_000) / half) * half)
}
