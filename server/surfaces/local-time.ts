import { Temporal } from 'temporal-polyfill'
import { Fault } from '#kernel/fault.ts'

const WRITTEN = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?$/i

/**
 * A moment as document 4 writes it: `2025-05-08T09:00:00` on the clock of `zone`, whole seconds. In the hour that a
 * clock shows twice the text cannot tell which; answers carry the absolute time beside it.
 */
export function localTime(moment: Date, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(moment.getTime())
    .toZonedDateTimeISO(zone)
    .toPlainDateTime()
    .toString({ smallestUnit: 'second' })
}

/**
 * Reads such a time; a space may stand for the `T`, and an offset or `Z` makes it absolute. A time that the clock skips
 * when summer begins counts from before the jump (02:30 becomes 03:30); of two equal ones when it ends, the first is
 * meant (RFC 5545, section 3.3.5). Fractions of a second are dropped. Faults: `time.malformed`.
 */
export function readLocalTime(text: string, zone: string): Date {
  const [, day, clock, offset] = WRITTEN.exec(text.trim()) ?? []
  try {
    if (day === undefined || clock === undefined) throw new RangeError('not of the form 2025-05-08T09:00:00')
    if (offset !== undefined) {
      return new Date(Temporal.Instant.from(`${day}T${clock}${offset.toUpperCase()}`).epochMilliseconds)
    }
    const local = Temporal.PlainDateTime.from(`${day}T${clock}`, { overflow: 'reject' })
    return new Date(local.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds)
  } catch (cause) {
    throw new Fault('invalid', 'time.malformed', `"${text.slice(0, 40)}" is not a time`, { cause })
  }
}
