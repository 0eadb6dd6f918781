import { afterAll, beforeAll, expect, test } from 'vitest'
import ICAL from 'ical.js'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'
import { call, newClient } from '#test/support/workspace-client.ts'
import type { Client } from '#test/support/workspace-client.ts'

let app: TestApp
let anna: Client

beforeAll(async () => {
  app = await startTestApp()
  anna = await newClient(app, 'anna')
})
afterAll(() => app.close())

/** Local times of days near now, since a file's rules are followed around the present. */
const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10)
const stamp = (offset: number, clock: string) => `${day(offset).replaceAll('-', '')}T${clock}`
const file = (...events: string[][]) =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    ...events.flatMap((lines) => ['BEGIN:VEVENT', ...lines, 'END:VEVENT']),
    'END:VCALENDAR',
  ].join('\r\n')

test('an import brings in what it can, tells of the rest, and again brings in nothing twice', async () => {
  await anna.call('POST', '/api/schedules', {
    title: 'Taken',
    start_time: `${day(3)}T09:00`,
    end_time: `${day(3)}T10:00`,
  })
  const ics = file(
    ['UID:a', `DTSTART;TZID=Asia/Taipei:${stamp(2, '090000')}`, 'DURATION:PT1H', 'SUMMARY:Once'],
    [
      'UID:b',
      `DTSTART;TZID=Asia/Taipei:${stamp(1, '093000')}`,
      'DURATION:PT15M',
      'RRULE:FREQ=DAILY;COUNT=4',
      'SUMMARY:Stand-up\\u202e <b>',
    ],
    ['UID:c', 'SUMMARY:No start'],
    ['UID:d', `DTSTART:${stamp(1, '010000Z')}`, 'DURATION:PT1S', 'RRULE:FREQ=SECONDLY', 'SUMMARY:Hostile'],
  )
  const { status, body } = await anna.call('POST', '/api/schedules/import', { ics })
  expect(status).toBe(200)
  // On day 2 it hits "Once", on day 3 "Taken".
  expect(body.data).toMatchObject({ imported: 3, known: 0 })
  expect(body.data.problems.map((one: { reason: string }) => one.reason).sort()).toEqual([
    'conflict',
    'conflict',
    'no-start',
    'rule-too-frequent',
  ])
  const again = await anna.call('POST', '/api/schedules/import', { ics })
  expect(again.body.data).toMatchObject({ imported: 0, known: 3 })
  const { body: list } = await anna.call('GET', '/api/schedules')
  expect(list.data.schedule.map((one: { title: string }) => one.title)).toEqual([
    'Stand-up\\u202e <b>',
    'Once',
    'Taken',
    'Stand-up\\u202e <b>',
  ])
})

test('what is no calendar, or far too large, is refused', async () => {
  expect((await anna.call('POST', '/api/schedules/import', { ics: 'hello' })).status).toBe(400)
  expect((await anna.call('POST', '/api/schedules/import', {})).status).toBe(400)
  const huge = await anna.call('POST', '/api/schedules/import', { ics: 'x'.repeat(50 * 1_048_576) })
  expect([huge.status, huge.body.error.code]).toEqual([413, 'E011_DATA_TYPE_ERROR'])
})

test('the feed is a calendar file behind a private address, which ends when another is made', async () => {
  const ben = await newClient(app, 'ben')
  await ben.call('POST', '/api/schedules', {
    title: 'Café, 會議; plan\\day',
    description: 'line one\nline two',
    start_time: `${day(5)}T09:00`,
    end_time: `${day(5)}T10:00`,
    reminder_minutes: 30,
  })
  expect((await ben.call('GET', '/api/schedules/feed')).body.data).toEqual({ created_at: null })
  const { body: made } = await ben.call('POST', '/api/schedules/feed')
  const path = (url: string) => new URL(url).pathname + new URL(url).search
  const feed = await app.http.inject({ url: path(made.data.url) })
  expect(feed.statusCode).toBe(200)
  expect(feed.headers['content-type']).toBe('text/calendar; charset=utf-8')
  for (const line of feed.body.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
  const event = new ICAL.Event(
    new ICAL.Component(ICAL.parse(feed.body)).getFirstSubcomponent('vevent') as ICAL.Component,
  )
  expect([event.summary, event.description]).toEqual(['Café, 會議; plan\\day', 'line one\nline two'])
  expect(event.startDate.toJSDate().toISOString()).toBe(`${day(5)}T01:00:00.000Z`)
  expect(feed.body).toContain('TRIGGER:-PT30M')
  // Another calendar program can read it back.
  expect((await anna.call('POST', '/api/schedules/import', { ics: feed.body })).body.data).toMatchObject({
    imported: 1,
    problems: [],
  })

  const { body: second } = await ben.call('POST', '/api/schedules/feed')
  expect((await app.http.inject({ url: path(made.data.url) })).statusCode).toBe(404)
  await ben.call('DELETE', '/api/schedules/feed')
  expect((await app.http.inject({ url: path(second.data.url) })).statusCode).toBe(404)
  expect((await call(app, 'GET', '/calendar/feed.ics?token=nonsense')).status).toBe(404)
})
