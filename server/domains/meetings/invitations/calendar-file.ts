import ICAL from 'ical.js'

/** What an invitation file says. */
export interface InvitationEvent {
  readonly method: 'REQUEST' | 'CANCEL'
  readonly uid: string
  readonly sequence: number
  readonly title: string
  readonly description: string
  readonly start: Date
  readonly end: Date
  readonly stamp: Date
  readonly link: string
  readonly organizer: { readonly name: string; readonly address: string }
  readonly attendee: { readonly name: string; readonly address: string }
}

/** An iTIP message (RFC 5546) as an RFC 5545 text, all in UTC, which needs no zones described. */
export function invitationFile(event: InvitationEvent): string {
  const calendar = new ICAL.Component('vcalendar')
  calendar.updatePropertyWithValue('version', '2.0')
  calendar.updatePropertyWithValue('prodid', '-//Confab//Meetings//EN')
  calendar.updatePropertyWithValue('method', event.method)
  const one = new ICAL.Component('vevent')
  const isCancelled = event.method === 'CANCEL'
  one.updatePropertyWithValue('uid', event.uid)
  one.updatePropertyWithValue('sequence', event.sequence)
  one.updatePropertyWithValue('dtstamp', utc(event.stamp))
  one.updatePropertyWithValue('dtstart', utc(event.start))
  one.updatePropertyWithValue('dtend', utc(event.end))
  one.updatePropertyWithValue('summary', event.title)
  const description = isCancelled ? event.description : [event.description, event.link].filter(Boolean).join('\n\n')
  if (description !== '') one.updatePropertyWithValue('description', description)
  if (!isCancelled) {
    one.updatePropertyWithValue('location', event.link)
    one.updatePropertyWithValue('url', event.link)
  }
  one.updatePropertyWithValue('status', isCancelled ? 'CANCELLED' : 'CONFIRMED')
  one.updatePropertyWithValue('transp', 'OPAQUE')
  const organizer = one.addPropertyWithValue('organizer', `mailto:${event.organizer.address}`)
  organizer.setParameter('cn', plain(event.organizer.name))
  const attendee = one.addPropertyWithValue('attendee', `mailto:${event.attendee.address}`)
  attendee.setParameter('cn', plain(event.attendee.name))
  attendee.setParameter('role', 'REQ-PARTICIPANT')
  // Nobody reads answers by mail: whoever comes is seen in the meeting.
  attendee.setParameter('rsvp', 'FALSE')
  calendar.addSubcomponent(one)
  return calendar.toString() + '\r\n'
}

/** A parameter's value holds no quotes and no control characters (RFC 5545, section 3.2). */
function plain(name: string): string {
  return name.replaceAll(/["\p{Cc}]/gu, ' ').trim()
}

function utc(moment: Date): ICAL.Time {
  return ICAL.Time.fromJSDate(moment, true)
}
