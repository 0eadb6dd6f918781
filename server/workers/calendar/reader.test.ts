import { expect, test } from 'vitest'
import { createCalendarReader } from './host.ts'

const WINDOW = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2027, 0, 1), zone: 'Asia/Taipei' }
const event = (...lines: string[]) => ['BEGIN:VEVENT', ...lines, 'END:VEVENT'].join('\r\n')
const calendar = (...events: string[]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//x//y//EN', ...events, 'END:VCALENDAR'].join('\r\n')
const read = (text: string, options = {}) => createCalendarReader(options).read(text, WINDOW)
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16)

test('times in UTC, in a named zone, on the reader’s clock, and whole days', async () => {
  const { events, problems } = await read(
    calendar(
      event('UID:1', 'DTSTART:20260302T010000Z', 'DTEND:20260302T020000Z', 'SUMMARY:UTC'),
      event('UID:2', 'DTSTART;TZID=Europe/Berlin:20260329T023000', 'DURATION:PT1H', 'SUMMARY:Skipped hour'),
      event('UID:3', 'DTSTART:20260302T090000', 'DTEND:20260302T100000', 'SUMMARY:Floating'),
      event(
        'UID:4',
        'DTSTART;VALUE=DATE:20260501',
        'DTEND;VALUE=DATE:20260502',
        'SUMMARY:勞動節',
        'TRANSP:TRANSPARENT',
      ),
    ),
  )
  expect(problems).toEqual([])
  expect(events.map((one) => [one.title, iso(one.start), iso(one.end), one.allDay, one.busy])).toEqual([
    ['UTC', '2026-03-02T01:00', '2026-03-02T02:00', false, true],
    ['Skipped hour', '2026-03-29T01:30', '2026-03-29T02:30', false, true],
    ['Floating', '2026-03-02T01:00', '2026-03-02T02:00', false, true],
    ['勞動節', '2026-04-30T16:00', '2026-05-01T16:00', true, false],
  ])
})

test('a rule is followed through the window, with exceptions, moved occurrences and the change of the clock', async () => {
  const { events } = await read(
    calendar(
      event(
        'UID:w',
        'DTSTART;TZID=Europe/Berlin:20251006T090000',
        'DTEND;TZID=Europe/Berlin:20251006T100000',
        'RRULE:FREQ=WEEKLY;UNTIL=20260406T220000Z',
        'EXDATE;TZID=Europe/Berlin:20260323T090000',
        'SUMMARY:Weekly',
        'BEGIN:VALARM',
        'ACTION:DISPLAY',
        'TRIGGER:-PT15M',
        'END:VALARM',
      ),
      event(
        'UID:w',
        'RECURRENCE-ID;TZID=Europe/Berlin:20260316T090000',
        'DTSTART;TZID=Europe/Berlin:20260317T110000',
        'DTEND;TZID=Europe/Berlin:20260317T113000',
        'SUMMARY:Moved',
      ),
    ),
  )
  const starts = events.map((one) => `${iso(one.start)} ${one.title}`)
  expect(starts).toHaveLength(13)
  expect(starts[0]).toBe('2026-01-05T08:00 Weekly')
  expect(starts).toContain('2026-03-17T10:00 Moved')
  expect(starts.some((one) => one.startsWith('2026-03-16') || one.startsWith('2026-03-23'))).toBe(false)
  // Nine in the morning is an hour earlier in UTC once summer time began.
  expect(starts.at(-1)).toBe('2026-04-06T07:00 Weekly')
  expect(events[0]?.reminderMinutes).toBe(15)
  expect(new Set(events.map((one) => one.occurrence)).size).toBe(13)
})

test('one bad event is told of and the others come in', async () => {
  const { events, problems } = await read(
    calendar(
      event('UID:1', 'DTSTART:20260302T010000Z', 'DTEND:20260302T020000Z', 'SUMMARY:Good'),
      event('UID:2', 'SUMMARY:No start'),
      event('UID:3', 'DTSTART:20260302T030000Z', 'DTEND:20260302T020000Z', 'SUMMARY:Backwards'),
      event('UID:4', 'DTSTART:20260302T030000Z', 'DTEND:21260302T020000Z', 'SUMMARY:Century'),
      event('UID:5', 'DTSTART:20261399T990000Z', 'SUMMARY:No such day'),
      event('UID:6', 'DTSTART:20260302T050000Z', 'DTEND:20260302T060000Z', 'SUMMARY:Good too'),
    ),
  )
  expect(events.map((one) => one.title)).toEqual(expect.arrayContaining(['Good', 'Good too']))
  const told = problems.map((one) => `${one.event} ${one.reason}`)
  expect(told).toEqual(expect.arrayContaining(['2 no-start', '3 bad-times', '4 bad-times']))
})

test('hostile rules end: every second for a century, days that never come, a rule without end', async () => {
  const began = performance.now()
  const { events, problems } = await read(
    calendar(
      event(
        'UID:1',
        'DTSTART:20260302T010000Z',
        'DURATION:PT1S',
        'RRULE:FREQ=SECONDLY;UNTIL=21260302T000000Z',
        'SUMMARY:Seconds',
      ),
      event(
        'UID:2',
        'DTSTART:20260302T010000Z',
        'DURATION:PT1H',
        'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
        'SUMMARY:Never',
      ),
      event(
        'UID:3',
        'DTSTART:20260302T010000Z',
        'DURATION:PT1H',
        'RRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=366',
        'SUMMARY:Nor this',
      ),
      event('UID:4', 'DTSTART:00010101T000000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY', 'SUMMARY:Since ever'),
      event('UID:5', 'DTSTART:20260302T010000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=3', 'SUMMARY:Fine'),
    ),
    { eventMs: 500 },
  )
  expect(performance.now() - began).toBeLessThan(20_000)
  expect(problems).toContainEqual({ event: 1, title: 'Seconds', reason: 'rule-too-frequent' })
  expect(problems.map((one) => one.event)).toContain(4)
  expect(events.filter((one) => one.title === 'Fine')).toHaveLength(3)
})

test('an event that hangs costs itself alone', async () => {
  // A thread given no time at all hangs at its first events.
  const { problems } = await read(
    calendar(
      ...Array.from({ length: 5 }, (_, i) =>
        event(
          `UID:${i}`,
          'DTSTART:19000101T000000Z',
          'DURATION:PT1H',
          'RRULE:FREQ=DAILY;BYHOUR=1,2,3,4,5,6',
          `SUMMARY:${i}`,
        ),
      ),
    ),
    { eventMs: 1 },
  )
  expect(problems.filter((one) => one.reason === 'rule-too-slow').length).toBeGreaterThan(0)
})

test.each(['', 'hello', '{}', 'BEGIN:VCARD\r\nVERSION:4.0\r\nEND:VCARD', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT', '\0'])(
  '%j is no calendar',
  async (text) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'calendar.not-a-calendar' })
  },
)

test('ten thousand events: the first ones come in, the rest is told of', async () => {
  const many = Array.from({ length: 10_000 }, (_, i) =>
    event(`UID:${i}`, 'DTSTART:20260302T010000Z', 'DURATION:PT1M', `SUMMARY:${i}`),
  )
  const { events, problems } = await read(calendar(...many))
  expect(events).toHaveLength(5_000)
  expect(problems).toEqual([{ event: 0, title: '', reason: 'too-many' }])
})
