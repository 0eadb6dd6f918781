/** A moment as the server sends it: ISO 8601, or milliseconds. */
export type Moment = string | number | Date

/** `time` 09:30, `day` today / Friday / 21 November, `date` 21 Nov 2026, `datetime` both. */
export type TimeStyle = 'time' | 'day' | 'date' | 'datetime'

/** In whose words and on whose clock. */
export interface Where {
  language: string
  /** IANA zone, or undefined for the device's. */
  zone: string | undefined
}

/** A Date from anything the server sends. */
export function toDate(value: Moment): Date {
  return value instanceof Date ? value : new Date(value)
}

const formats = new Map<string, Intl.DateTimeFormat>()

function format(date: Date, { language, zone }: Where, options: Intl.DateTimeFormatOptions): string {
  const key = `${language} ${zone} ${JSON.stringify(options)}`
  let made = formats.get(key)
  if (!made) {
    made = new Intl.DateTimeFormat(language, { ...options, timeZone: zone })
    formats.set(key, made)
  }
  return made.format(date)
}

/** A moment in one of the few styles the product uses. */
export function formatTime(date: Date, style: TimeStyle, where: Where, now = new Date()): string {
  const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
  switch (style) {
    case 'time':
      return format(date, where, clock)
    case 'date':
      return format(date, where, { dateStyle: 'medium' })
    case 'datetime':
      return `${formatTime(date, 'day', where, now)} ${format(date, where, clock)}`
    case 'day': {
      const days = daysBetween(now, date, where.zone)
      if (Math.abs(days) <= 1)
        return capital(new Intl.RelativeTimeFormat(where.language, { numeric: 'auto' }).format(days, 'day'))
      if (days > 1 && days < 7) return format(date, where, { weekday: 'long' })
      const sameYear = date.getFullYear() === now.getFullYear()
      return format(date, where, {
        month: 'long',
        day: 'numeric',
        ...(sameYear ? { weekday: 'short' } : { year: 'numeric' }),
      })
    }
  }
}

/** Everything about the moment, for a tooltip. */
export function formatExact(date: Date, where: Where): string {
  return format(date, where, { dateStyle: 'full', timeStyle: 'long' })
}

/** "3 minutes ago", "in 2 hours"; beyond a week, the day. */
export function formatRelative(date: Date, where: Where, now = new Date()): string {
  const seconds = Math.round((date.getTime() - now.getTime()) / 1000)
  const size = Math.abs(seconds)
  const relative = new Intl.RelativeTimeFormat(where.language, { numeric: 'auto' })
  if (size < 45) return relative.format(0, 'second')
  if (size < 45 * 60) return relative.format(Math.round(seconds / 60), 'minute')
  if (size < 22 * 3600) return relative.format(Math.round(seconds / 3600), 'hour')
  if (size < 7 * 86400) return relative.format(daysBetween(now, date, where.zone), 'day')
  return format(date, where, { dateStyle: 'medium' })
}

/** A stretch of seconds as a clock shows it: 1:05, 1:02:03. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  if (parts[0] === 0) parts.shift()
  return parts.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':')
}

/** A number of bytes in the language's own units. */
export function formatBytes(bytes: number, language: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const
  const step = Math.min(units.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3))
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: units[step] ?? 'byte',
    // “3 byte” is no English; the larger ones are usual in short.
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: step > 1 ? 1 : 0,
  }).format(bytes / 1000 ** step)
}

/** Whole calendar days from `a` to `b` on the zone's own calendar. */
export function daysBetween(a: Date, b: Date, zone: string | undefined): number {
  return Math.round((dayNumber(b, zone) - dayNumber(a, zone)) / 86_400_000)
}

function dayNumber(date: Date, zone: string | undefined): number {
  const text = format(date, { language: 'en-CA', zone }, { year: 'numeric', month: '2-digit', day: '2-digit' })
  return Date.parse(`${text}T00:00:00Z`)
}

/** Today in the zone, as `2026-11-21`. */
export function dayOf(date: Date, zone: string | undefined): string {
  return format(date, { language: 'en-CA', zone }, { year: 'numeric', month: '2-digit', day: '2-digit' })
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
