import { parentPort, workerData } from 'node:worker_threads'
import ICAL from 'ical.js'
import { Unreadable, occurrencesOf } from './occurrences.ts'
import type { ReadReason, ReadReply, ReadRequest } from './protocol.ts'

/** Events looked at in one file. */
const MOST_EVENTS = 5_000

const request = workerData as ReadRequest
const tell = (reply: ReadReply): void => parentPort?.postMessage(reply)

const calendars = parse(request.text)
if (calendars === undefined) tell({ type: 'not-a-calendar' })
else readAll(calendars)

function parse(text: string): ICAL.Component[] | undefined {
  try {
    const parsed: unknown = ICAL.parse(text)
    // One calendar, or several one after the other.
    const all = (Array.isArray(parsed) && typeof parsed[0] === 'string' ? [parsed] : parsed) as ConstructorParameters<
      typeof ICAL.Component
    >[0][]
    const components = all.map((one) => new ICAL.Component(one))
    const isCalendar = components.length > 0 && components.every((one) => one.name === 'vcalendar')
    return isCalendar ? components : undefined
  } catch {
    return undefined
  }
}

function readAll(components: readonly ICAL.Component[]): void {
  for (const zone of components.flatMap((one) => one.getAllSubcomponents('vtimezone'))) {
    try {
      ICAL.TimezoneService.register(zone)
    } catch {
      // A zone that cannot be read is known by its name or not at all.
    }
  }
  const events = components.flatMap((one) => one.getAllSubcomponents('vevent'))
  const isMoved = (one: ICAL.Component): boolean => one.hasProperty('recurrence-id')
  const uidOf = (one: ICAL.Component): string => String(one.getFirstPropertyValue('uid') ?? '')
  const masters = new Set(events.filter((one) => !isMoved(one)).map(uidOf))
  const moved = Map.groupBy(events.filter(isMoved), uidOf)
  for (const [index, component] of events.slice(0, MOST_EVENTS).entries()) {
    // Moved occurrences come with the event they belong to, where the file has it.
    if (index < request.firstEvent || (isMoved(component) && masters.has(uidOf(component)))) continue
    tell({ type: 'begin', event: index, title: titleOf(component) })
    try {
      const { occurrences, cut } = occurrencesOf(
        component,
        isMoved(component) ? [] : (moved.get(uidOf(component)) ?? []),
        request,
      )
      tell({ type: 'read', event: index, occurrences, ...(cut && { problem: 'too-many' as const }) })
    } catch (error) {
      const problem: ReadReason = error instanceof Unreadable ? error.reason : 'unreadable'
      tell({ type: 'read', event: index, occurrences: [], problem })
    }
  }
  tell({ type: 'end', skipped: Math.max(0, events.length - MOST_EVENTS) })
}

function titleOf(component: ICAL.Component): string {
  try {
    return String(component.getFirstPropertyValue('summary') ?? '').slice(0, 200)
  } catch {
    return ''
  }
}
