import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Events } from '#contracts/events.ts'
import { createCalendar } from '#domains/calendar/service.ts'
import { createBus } from '#kernel/bus/bus.ts'
import { openDatabase } from '#kernel/db/database.ts'
import type { Database } from '#kernel/db/database.ts'
import { migrate } from '#kernel/db/migrate.ts'
import { isFault } from '#kernel/fault.ts'
import { silentLog } from '#kernel/log.ts'
import { percentile, ratioOf } from '../measurement.ts'
import type { Benchmark, Measurement } from '../measurement.ts'

const CREATES = 3_000
const AT_ONCE = 20
const FOLD = 50
const ROUNDS = 40
const STORED = 20_000
const MONTHS = 400
const HOUR = 3_600_000
const START = Date.UTC(2030, 0, 1)

async function addAccount(db: Database, name: string): Promise<number> {
  const [row] = await db.query<{ id: number }>(
    `INSERT INTO accounts (email, login, display_name, time_zone, password_hash, api_key_hash, api_key_sealed)
     VALUES ($1 || '@example.com', $1, $1, 'Asia/Taipei', '', $2, '') RETURNING id`,
    [name, Buffer.from(name)],
  )
  return (row as { id: number }).id
}

/** Runs `count` tasks, `AT_ONCE` of them at a time; tasks a second. */
async function rate(count: number, task: (index: number) => Promise<unknown>): Promise<number> {
  let next = 0
  const began = performance.now()
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < count) await task(next++)
    }),
  )
  return (count * 1_000) / (performance.now() - began)
}

async function measure(db: Database): Promise<Measurement[]> {
  const bus = await createBus<Events>({ log: silentLog })
  const calendar = createCalendar({ db, bus, meetings: undefined })
  const people: number[] = []
  for (let i = 0; i < AT_ONCE; i++) people.push(await addAccount(db, `p${i}`))
  const hour = (index: number) => ({ start: new Date(START + index * HOUR), end: new Date(START + (index + 1) * HOUR) })
  await db.query(
    'CREATE TABLE bare (id serial PRIMARY KEY, account_id int, title text, starts timestamptz, ends timestamptz)',
  )
  const insert = 'INSERT INTO bare (account_id, title, starts, ends) VALUES ($1, $2, $3, $4) RETURNING id'
  const person = (index: number): number => people[index % people.length] ?? 0

  await rate(300, (i) => db.prepared(insert, [person(i), 'warm', hour(i).start, hour(i).end]))
  await rate(300, (i) => calendar.create({ accountId: person(i), title: 'warm', ...hour(200_000 + i) }))
  const bare = await rate(CREATES, (i) => db.prepared(insert, [person(i), 'Meeting', hour(i).start, hour(i).end]))
  const ours = await rate(CREATES, (i) => calendar.create({ accountId: person(i), title: 'Meeting', ...hour(i) }))
  const [one = 0] = people
  const contended = await rate(CREATES, (i) =>
    calendar.create({ accountId: one, title: 'Meeting', ...hour(10_000 + i) }),
  )

  const slowest: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now()
    const results = await Promise.allSettled(
      Array.from({ length: FOLD }, () => calendar.create({ accountId: one, title: 'Same', ...hour(50_000 + round) })),
    )
    slowest.push(performance.now() - began)
    const refused = results.filter((result) => result.status === 'rejected')
    if (refused.length !== FOLD - 1 || !refused.every(({ reason }) => isFault(reason, 'calendar.conflict'))) {
      throw new Error('not exactly one of those at once won')
    }
  }

  const owner = await addAccount(db, 'owner')
  await db.query(
    `INSERT INTO schedules (account_id, title, during)
     SELECT $1, 'Stored ' || i, tstzrange($2::timestamptz + i * interval '30 minutes', $2::timestamptz + (i + 1) * interval '30 minutes')
     FROM generate_series(1, ${STORED}) AS i`,
    [owner, new Date(START)],
  )
  await db.query('ANALYZE schedules')
  const reads: number[] = []
  for (let i = 0; i < MONTHS; i++) {
    const from = new Date(START + (i % 13) * 28 * 24 * HOUR)
    const began = performance.now()
    await calendar.list(owner, from, new Date(from.getTime() + 31 * 24 * HOUR))
    reads.push(performance.now() - began)
  }
  await bus.close()

  const worst = Math.max(...slowest)
  return [
    ratioOf({
      name: 'schedules created, 20 people at once',
      unit: 'requests/s',
      ours,
      peer: bare,
      peerName: 'bare INSERT',
    }),
    ratioOf({
      name: 'schedules created, all in one calendar',
      unit: 'requests/s',
      ours: contended,
      peer: bare,
      peerName: 'bare INSERT',
    }),
    {
      name: `${FOLD} requests at once for one hour, until all are answered`,
      measured: `worst of ${ROUNDS} rounds ${worst.toFixed(1)} ms, median ${percentile(slowest, 0.5).toFixed(1)} ms`,
      asked: 'worst under 50 ms',
      holds: worst < 50,
    },
    {
      name: `a month (about 1,500 schedules) out of ${STORED.toLocaleString('en')}`,
      measured: `p50 ${percentile(reads, 0.5).toFixed(1)} ms, p99 ${percentile(reads, 0.99).toFixed(1)} ms`,
    },
  ]
}

async function run(): Promise<Measurement[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'confab-bench-'))
  const db = await openDatabase({ dataDir, log: silentLog })
  try {
    await migrate(db, { log: silentLog })
    return await measure(db)
  } finally {
    await db.close()
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** How fast schedules are made where nothing may overlap, and how fast a month is read. */
export const benchmark: Benchmark = { title: 'Calendar', run }
