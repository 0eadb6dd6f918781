import ICAL from 'ical.js'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import PostalMime from 'postal-mime'
import type { Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signUp } from '#test/support/accounts.ts'
import type { SignedIn } from '#test/support/accounts.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'

// Whoever a host names gets a mail with a calendar file, from a real mail server's view.

const DAY_MS = 24 * 3_600_000

let app: TestApp
let smtp: SMTPServer
let host: SignedIn
let guest: SignedIn
const received: Buffer[] = []
const inbox: Email[] = []
const arrivals = new EventTarget()

beforeAll(async () => {
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        received.push(Buffer.concat(chunks))
        done()
        arrivals.dispatchEvent(new Event('mail'))
      })
    },
  })
  await new Promise<void>((ready) => void smtp.listen(0, '127.0.0.1', ready))
  app = await startTestApp({
    env: {
      CONFAB_SMTP_URL: `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`,
      CONFAB_MAIL_FROM: 'Confab <confab@example.com>',
      CONFAB_PUBLIC_URL: 'https://confab.example.com',
    },
  })
  host = await signUp(app, 'host')
  guest = await signUp(app, 'guest')
  await app.db.query(`UPDATE accounts SET locale = 'en', time_zone = 'America/New_York' WHERE id = $1`, [guest.id])
})
afterAll(async () => {
  await app?.close()
  await new Promise<void>((closed) => smtp.close(() => closed()))
})

/** The next mail whose subject matches; others stay. */
async function mail(subject: RegExp): Promise<Email> {
  const signal = AbortSignal.timeout(10_000)
  for (;;) {
    inbox.push(...(await Promise.all(received.splice(0).map((one) => PostalMime.parse(one)))))
    const at = inbox.findIndex((one) => subject.test(one.subject ?? ''))
    if (at >= 0) return inbox.splice(at, 1)[0] as Email
    if (received.length === 0) await once(arrivals, 'mail', { signal })
  }
}

/** The calendar file of a mail, read by a calendar's own parser. */
function eventOf({ attachments }: Email): { method: unknown; event: ICAL.Event; component: ICAL.Component } {
  const file = attachments.find((one) => one.filename === 'invite.ics') ?? attachments[0]
  const text =
    typeof file?.content === 'string'
      ? file.content
      : new TextDecoder().decode(file?.content as ArrayBuffer | undefined)
  const calendar = new ICAL.Component(ICAL.parse(text) as unknown[])
  const component = calendar.getFirstSubcomponent('vevent') as ICAL.Component
  return { method: calendar.getFirstPropertyValue('method'), component, event: new ICAL.Event(component) }
}

async function call(who: SignedIn, method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, payload?: object) {
  const answer = await app.http.inject({
    method,
    url: `/api/v1${path}`,
    headers: who.headers,
    ...(payload && { payload }),
  })
  expect(answer.statusCode, answer.payload).toBeLessThan(300)
  return answer.json<{ data: { meeting_id: number } }>().data
}

const start = new Date(Math.ceil((Date.now() + 7 * DAY_MS) / 3_600_000) * 3_600_000)
const plan = (title: string) => ({
  title,
  description: '請先看過\n草案, 第二版; 謝謝',
  start_time: start.toISOString(),
  end_time: new Date(start.getTime() + 3_600_000).toISOString(),
})

test('a named participant is invited, told of changes, and told when it is off', async () => {
  const { meeting_id: id } = await call(host, 'POST', '/meetings', plan('季度規劃'))
  await call(host, 'POST', `/meetings/${id}/participants`, { user_id: guest.id })

  const invitation = await mail(/^Invitation: 季度規劃$/)
  expect(invitation.to?.map((one) => one.address)).toEqual(['guest@example.com'])
  expect(invitation.text).toContain('(America/New_York)')
  expect(invitation.text).toContain(`https://confab.example.com/meetings/${id}`)
  const first = eventOf(invitation)
  expect(first.method).toBe('REQUEST')
  expect(first.event).toMatchObject({
    summary: '季度規劃',
    sequence: 0,
    location: `https://confab.example.com/meetings/${id}`,
  })
  expect(first.event.description).toContain('草案, 第二版; 謝謝')
  expect(first.event.startDate.toJSDate()).toEqual(start)
  expect(first.component.getFirstPropertyValue('organizer')).toBe('mailto:confab@example.com')
  expect(first.component.getFirstPropertyValue('attendee')).toBe('mailto:guest@example.com')

  const moved = new Date(start.getTime() + DAY_MS)
  await call(host, 'PUT', `/meetings/${id}`, {
    start_time: moved.toISOString(),
    end_time: new Date(moved.getTime() + 3_600_000).toISOString(),
  })
  const second = eventOf(await mail(/^Changed: 季度規劃$/))
  expect(second.method).toBe('REQUEST')
  expect(second.event.uid).toBe(first.event.uid)
  expect(second.event.sequence).toBe(1)
  expect(second.event.startDate.toJSDate()).toEqual(moved)

  await call(host, 'DELETE', `/meetings/${id}`)
  const last = eventOf(await mail(/^Cancelled: 季度規劃$/))
  expect(last.method).toBe('CANCEL')
  expect(last.event.uid).toBe(first.event.uid)
  expect(last.event.sequence).toBe(2)
  expect(last.component.getFirstPropertyValue('status')).toBe('CANCELLED')

  const notices = await app.db.query<{ kind: string; title: string }>(
    'SELECT kind, title FROM notifications WHERE account_id = $1 ORDER BY id',
    [guest.id],
  )
  expect(notices.map((one) => one.kind)).toEqual(['meetings.invited', 'meetings.changed', 'meetings.cancelled'])
  expect(notices[0]?.title).toBe('host invites you to “季度規劃”')
})

test('who is taken off the list is told, and so is who comes back on it; the host and a lock are no news', async () => {
  const { meeting_id: id } = await call(host, 'POST', '/meetings', plan('Retro'))
  await call(host, 'POST', `/meetings/${id}/participants`, { user_id: guest.id })
  const first = eventOf(await mail(/^Invitation: Retro$/))
  await call(host, 'PUT', `/meetings/${id}`, { max_participants: 5 })
  await call(host, 'DELETE', `/meetings/${id}/participants/${guest.id}`)
  const off = eventOf(await mail(/^No longer invited: Retro$/))
  expect([off.method, off.event.uid, off.event.sequence]).toEqual(['CANCEL', first.event.uid, 1])
  await call(host, 'POST', `/meetings/${id}/participants`, { user_id: guest.id })
  const back = eventOf(await mail(/^Invitation: Retro$/))
  expect([back.method, back.event.uid, back.event.sequence]).toEqual(['REQUEST', first.event.uid, 2])
  expect(inbox).toEqual([])
})

test('what no event told of is told by the next round', async () => {
  const { meeting_id: id } = await call(host, 'POST', '/meetings', plan('Lost'))
  await app.db.query(
    `INSERT INTO meeting_participants (meeting_id, account_id, role, standing_role, invited)
     VALUES ($1, $2, 'participant', 'participant', true)`,
    [id, guest.id],
  )
  await app.db.query(`UPDATE jobs SET run_at = now() WHERE kind = 'meetings.invitations' AND state = 'queued'`)
  const { event } = eventOf(await mail(/^Invitation: Lost$/))
  expect(event.sequence).toBe(0)
})
