import ICAL from 'ical.js'
import { Temporal } from 'temporal-polyfill'
import type { Occurrence, ReadReason, ReadRequest } from './protocol.ts'

/** Occurrences taken of one event. */
const MOST_OF_ONE = 1_000
/** Steps of a rule looked at, occurrences before the window among them. */
const MOST_STEPS = 20_000
const LONGEST_MS = 366 * 24 * 60 * 60_000
const FINER_THAN_DAYS = new Set(['SECONDLY', 'MINUTELY', 'HOURLY'])

/** An event that cannot be read, and why. */
export class Unreadable extends Error {
  readonly reason: ReadReason
  constructor(reason: ReadReason) {
    super(reason)
    this.reason = reason
  }
}

/**
 * The occurrences of one VEVENT within the window: the event itself, or what its rule makes of it, less the exceptions
 * (EXDATE) and with those that were moved (RECURRENCE-ID). `cut` when there were more than are taken.
 * @throws Unreadable
 */
export function occurrencesOf(
  component: ICAL.Component,
  moved: readonly ICAL.Component[],
  window: Pick<ReadRequest, 'from' | 'to' | 'zone'>,
): { occurrences: Occurrence[]; cut: boolean } {
  const event = new ICAL.Event(component, { exceptions: [...moved], strictExceptions: true })
  if (!component.hasProperty('dtstart')) throw new Unreadable('no-start')
  const rules = component.getAllProperties('rrule').map((one) => one.getFirstValue() as ICAL.Recur | null)
  if (rules.some((rule) => rule === null || FINER_THAN_DAYS.has(rule.freq))) throw new Unreadable('rule-too-frequent')
  const shared = { uid: textOf(event.uid) || fallbackUid(component), ...facts(component) }
  if (!event.isRecurring()) {
    const times = timesOf(event.startDate, event.endDate, window.zone, component)
    const inside = times.end > window.from && times.start < window.to
    return {
      occurrences: inside ? [{ ...shared, ...times, occurrence: recurrenceId(component, window.zone) }] : [],
      cut: false,
    }
  }

  const occurrences: Occurrence[] = []
  const steps = event.iterator()
  for (let step = 0; step < MOST_STEPS; step++) {
    const next = steps.next() as ICAL.Time | null
    if (!next) return { occurrences, cut: false }
    const details = event.getOccurrenceDetails(next)
    const item = details.item.component
    const times = timesOf(details.startDate, details.endDate, window.zone, item)
    if (absolute(next, window.zone, component) >= window.to) return { occurrences, cut: false }
    if (times.end <= window.from || times.start >= window.to) continue
    if (occurrences.length >= MOST_OF_ONE) return { occurrences, cut: true }
    occurrences.push({ ...shared, ...facts(item), ...times, occurrence: next.toString() })
  }
  return { occurrences, cut: true }
}

function facts(component: ICAL.Component): Pick<Occurrence, 'title' | 'description' | 'busy' | 'reminderMinutes'> {
  return {
    title: textOf(component.getFirstPropertyValue('summary')).slice(0, 500),
    description: Array.from(textOf(component.getFirstPropertyValue('description')))
      .slice(0, 10_000)
      .join(''),
    busy:
      textOf(component.getFirstPropertyValue('transp')).toUpperCase() !== 'TRANSPARENT' &&
      textOf(component.getFirstPropertyValue('status')).toUpperCase() !== 'CANCELLED',
    reminderMinutes: reminderOf(component),
  }
}

/** The first alarm that is set relative to the start, in minutes before it. */
function reminderOf(component: ICAL.Component): number | null {
  for (const alarm of component.getAllSubcomponents('valarm')) {
    const trigger: unknown = alarm.getFirstPropertyValue('trigger')
    if (!(trigger instanceof ICAL.Duration)) continue
    const minutes = Math.round(-trigger.toSeconds() / 60)
    if (minutes >= 0 && minutes <= 40_320) return minutes
  }
  return null
}

function timesOf(
  start: ICAL.Time,
  end: ICAL.Time,
  zone: string,
  component: ICAL.Component,
): Pick<Occurrence, 'start' | 'end' | 'allDay'> {
  const begins = absolute(start, zone, component)
  const duration: unknown = component.getFirstPropertyValue('duration')
  // Hours that pass are exact, whatever the clock does meanwhile; days are days of the calendar (RFC 5545, section 3.3.6).
  const isExact = duration instanceof ICAL.Duration && duration.days === 0 && duration.weeks === 0
  const ends = isExact ? begins + duration.toSeconds() * 1_000 : absolute(end, zone, component)
  const times = { start: begins, end: ends, allDay: start.isDate }
  const length = times.end - times.start
  if (!(length > 0 && length <= LONGEST_MS)) throw new Unreadable('bad-times')
  return times
}

/** A time of the file as milliseconds: in UTC, by a zone the file describes, by a zone's name, else on the reader's clock. */
function absolute(time: ICAL.Time, zone: string, component: ICAL.Component): number {
  const { year, month, day, hour, minute, second } = time
  const named = time.zone?.tzid
  if (named === 'UTC' || named === 'Z') return time.toUnixTime() * 1_000
  const wanted = textOf(component.getFirstProperty('dtstart')?.getParameter('tzid'))
  const local = Temporal.PlainDateTime.from({ year, month, day, hour, minute, second }, { overflow: 'reject' })
  for (const candidate of [wanted, zone]) {
    if (candidate === '' || (candidate !== zone && time.isDate)) continue
    try {
      return local.toZonedDateTime(candidate, { disambiguation: 'compatible' }).epochMilliseconds
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      // No name that is known everywhere: the file itself says what it means.
      if (time.zone && named !== undefined && named !== 'floating') return time.toUnixTime() * 1_000
    }
  }
  throw new Unreadable('unreadable')
}

function recurrenceId(component: ICAL.Component, zone: string): string {
  const id = component.getFirstPropertyValue('recurrence-id')
  if (!(id instanceof ICAL.Time)) return ''
  absolute(id, zone, component)
  return id.toString()
}

/** For events without the UID that RFC 5545 demands: the same event read again gets the same one. */
function fallbackUid(component: ICAL.Component): string {
  return `unnamed-${textOf(component.getFirstPropertyValue('dtstart'))}-${textOf(component.getFirstPropertyValue('summary'))}`.slice(
    0,
    200,
  )
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value)
}
