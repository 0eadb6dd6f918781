import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Events } from '#contracts/events.ts'
import { createBus } from '#kernel/bus/bus.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import { silentLog } from '#kernel/log.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { createCalendar } from './service.ts'
import type { Calendar } from './service.ts'

let db: TestDatabase
let bus: Bus<Events>
let calendar: Calendar
let next = 0

beforeAll(async () => {
  db = await createTestDatabase()
  bus = await createBus<Events>({ log: silentLog })
  calendar = createCalendar({ db, bus, meetings: undefined })
})
afterAll(async () => {
  await bus.close()
  await db.close()
})

async function newAccount(): Promise<number> {
  const name = `u${++next}`
  const [row] = await db.query<{ id: number }>(
    `INSERT INTO accounts (email, login, display_name, time_zone, password_hash, api_key_hash, api_key_sealed)
     VALUES ($1 || '@example.com', $1, $1, 'Asia/Taipei', '', $2, '') RETURNING id`,
    [name, Buffer.from(name)],
  )
  return (row as { id: number }).id
}

const at = (clock: string) => new Date(`2026-03-02T${clock}:00Z`)
const add = (accountId: number, from: string, to: string, title = 'Review') =>
  calendar.create({ accountId, title, start: at(from), end: at(to) })

test('overlaps are refused with the times that were hit; touching ones and other accounts’ are not', async () => {
  const [anna, ben] = [await newAccount(), await newAccount()]
  const first = await add(anna, '09:00', '10:00')
  await expect(add(anna, '09:59', '11:00')).rejects.toMatchObject({
    code: 'calendar.conflict',
    data: { scheduleId: first.id, start: at('09:00'), end: at('10:00') },
  })
  await expect(add(anna, '08:00', '12:00')).rejects.toMatchObject({ code: 'calendar.conflict' })
  await add(anna, '10:00', '11:00')
  await add(anna, '08:00', '09:00')
  await add(ben, '09:00', '10:00')
  expect(await calendar.list(anna)).toHaveLength(3)
})

test('of those written at once each has its own answer: what is free is made, what is taken or impossible is not', async () => {
  const [anna, ben] = [await newAccount(), await newAccount()]
  const other = createCalendar({ db, bus, meetings: undefined })
  const free = { title: 'Birthday', start: at('00:00'), end: at('12:00'), busy: false }
  const results = await Promise.allSettled([
    add(anna, '09:00', '10:00', 'first'),
    add(anna, '09:30', '10:30', 'too late'),
    add(ben, '09:00', '10:00'),
    calendar.create({ accountId: anna, ...free }),
    calendar.create({ accountId: anna, ...free }),
    add(2_000_000_000, '09:00', '10:00', 'nobody'),
    // The same calendar by way of another process.
    other.create({ accountId: anna, title: 'elsewhere', start: at('09:45'), end: at('11:00') }),
  ])
  expect(results.map(({ status }) => status).slice(2, 6)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected'])
  expect(results[5]).toMatchObject({ reason: { code: '23503' } })
  const taken = (await calendar.list(anna)).filter(({ blocks }) => blocks)
  expect(taken).toHaveLength(1)
  for (const one of [results[0], results[1], results[6]]) {
    if (one?.status === 'rejected') {
      expect(one.reason).toMatchObject({ code: 'calendar.conflict', data: { title: taken[0]?.title } })
    }
  }
  expect((await calendar.list(anna)).filter(({ title }) => title === 'Birthday')).toHaveLength(2)
})

test('of 50 requests at once for the same hour one wins and 49 are told of it', async () => {
  const anna = await newAccount()
  const began = performance.now()
  const results = await Promise.allSettled(
    Array.from({ length: 50 }, (_, i) => add(anna, '09:00', '10:00', `try ${i}`)),
  )
  expect(performance.now() - began).toBeLessThan(2_000)
  const won = results.filter((one) => one.status === 'fulfilled')
  const lost = results
    .filter((one) => one.status === 'rejected')
    .map((one) => one.reason as { code: string; data: object })
  expect(won).toHaveLength(1)
  expect(lost).toHaveLength(49)
  for (const { code, data } of lost) {
    expect(code).toBe('calendar.conflict')
    expect(data).toMatchObject({ start: at('09:00'), end: at('10:00') })
  }
  expect(await calendar.list(anna)).toHaveLength(1)
})

test('50 updates at once into the same hour: one wins', async () => {
  const anna = await newAccount()
  const minutes = (n: number) => `${String(Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}`
  const made = await Promise.all(Array.from({ length: 50 }, (_, i) => add(anna, minutes(i * 10), minutes(i * 10 + 10))))
  const results = await Promise.allSettled(
    made.map(({ id }) => calendar.change(anna, id, { start: at('20:00'), end: at('21:00') })),
  )
  expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
  expect(await calendar.list(anna, at('20:00'), at('21:00'))).toHaveLength(1)
  expect(await calendar.list(anna)).toHaveLength(50)
})

test('moving one over its own old time is no conflict; over another’s it is, and nothing changes', async () => {
  const anna = await newAccount()
  const one = await add(anna, '09:00', '10:00')
  await add(anna, '11:00', '12:00')
  await calendar.change(anna, one.id, { start: at('09:30'), end: at('10:30') })
  await expect(calendar.change(anna, one.id, { end: at('11:30') })).rejects.toMatchObject({ code: 'calendar.conflict' })
  expect((await calendar.get(anna, one.id)).end).toEqual(at('10:30'))
})

test('what does not take up time overlaps freely', async () => {
  const anna = await newAccount()
  await add(anna, '09:00', '10:00')
  const free = await calendar.create({
    accountId: anna,
    title: 'Birthday',
    start: at('00:00'),
    end: at('23:00'),
    busy: false,
  })
  expect(free.blocks).toBe(false)
  await expect(calendar.change(anna, free.id, { busy: true })).rejects.toMatchObject({ code: 'calendar.conflict' })
})

test('somebody else’s schedule is like none', async () => {
  const [anna, ben] = [await newAccount(), await newAccount()]
  const { id } = await add(anna, '09:00', '10:00')
  for (const act of [
    () => calendar.get(ben, id),
    () => calendar.change(ben, id, { title: 'mine' }),
    () => calendar.remove(ben, id),
  ]) {
    await expect(act()).rejects.toMatchObject({ code: 'calendar.missing' })
  }
  await expect(calendar.get(ben, 2_147_483_647)).rejects.toMatchObject({ code: 'calendar.missing' })
  expect((await calendar.get(anna, id)).title).toBe('Review')
})

test('what ends before it starts, lasts a century, or has no visible title is refused', async () => {
  const anna = await newAccount()
  for (const [start, end] of [
    ['2026-01-01', '2026-01-01'],
    ['2026-01-02', '2026-01-01'],
    ['2026-01-01', '2126-01-01'],
    ['1820-01-01', '1820-01-02'],
  ] as const) {
    const times = { start: new Date(start), end: new Date(end) }
    await expect(calendar.create({ accountId: anna, title: 'x', ...times })).rejects.toMatchObject({
      code: 'calendar.bad-times',
    })
  }
  await expect(add(anna, '09:00', '10:00', ' \u202e \u200b')).rejects.toMatchObject({ code: 'calendar.no-title' })
  const odd = await add(anna, '09:00', '10:00', '<b>Team</b>\u202egnp.exe\n👨‍👩‍👧')
  expect(odd.title).toBe('<b>Team</b>gnp.exe 👨‍👩‍👧')
})

test('busy times of others come without what they are', async () => {
  const [anna, ben] = [await newAccount(), await newAccount()]
  await add(anna, '09:00', '10:00', 'Dentist')
  await calendar.create({ accountId: ben, title: 'Maybe', start: at('09:00'), end: at('10:00'), busy: false })
  expect(await calendar.busy([anna, ben], at('00:00'), at('23:00'))).toEqual([
    { accountId: anna, start: at('09:00'), end: at('10:00') },
  ])
})
