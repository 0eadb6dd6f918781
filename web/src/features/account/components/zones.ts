/** Every time zone there is, by its distance from UTC now, with the chosen one even if the browser lacks it. */
export function zoneOptions(chosen: string, language: string): { value: string; label: string }[] {
  const zones = new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', chosen])
  return [...zones]
    .map((value) => ({ value, minutes: minutesFromUtc(value) }))
    .toSorted((a, b) => a.minutes - b.minutes || a.value.localeCompare(b.value, language))
    .map(({ value, minutes }) => ({ value, label: `(UTC${sign(minutes)}) ${value.replaceAll('_', ' ')}` }))
}

function minutesFromUtc(zone: string): number {
  try {
    const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts()
    const match = parts.find((part) => part.type === 'timeZoneName')?.value.match(/([+-])(\d+):(\d+)/)
    return match ? Number(`${match[1]}1`) * (Number(match[2]) * 60 + Number(match[3])) : 0
  } catch {
    return 0
  }
}

function sign(minutes: number): string {
  const size = Math.abs(minutes)
  const clock = `${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`
  return `${minutes < 0 ? '−' : '+'}${clock}`
}
