import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createBus } from '#kernel/bus/bus.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import type { Events } from '#contracts/events.ts'
import { createDiscordChannel } from '#adapters/discord/channel.ts'
import { createLineChannel } from '#adapters/line/channel.ts'
import { createMatrixChannel } from '#adapters/matrix/channel.ts'
import { createTelegramChannel } from '#adapters/telegram/channel.ts'
import { createFeatureWords } from '#adapters/words/feature-words.ts'
import { systemClock } from '#kernel/clock.ts'
import { silentLog } from '#kernel/log.ts'
import { DISCORD_TOKEN, startFakeDiscord } from '#test/fakes/discord.ts'
import type { FakeDiscord } from '#test/fakes/discord.ts'
import { LINE_TOKEN, startFakeLine } from '#test/fakes/line.ts'
import type { FakeLine } from '#test/fakes/line.ts'
import { MATRIX_TOKEN, startFakeMatrix } from '#test/fakes/matrix.ts'
import type { FakeMatrix } from '#test/fakes/matrix.ts'
import { startFakeTelegram, TELEGRAM_TOKEN } from '#test/fakes/telegram.ts'
import type { FakeTelegram } from '#test/fakes/telegram.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { createBindings } from '../bindings.ts'
import { createDeliveryLog } from '../delivery-log.ts'
import { createDirectRooms } from '../direct-rooms.ts'
import { createLeases } from '../lease.ts'
import { createNotify } from '../notify.ts'
import type { Notify } from '../notify.ts'
import { createTrouble } from '../trouble.ts'
import { createOutbox } from './outbox.ts'

let telegram: FakeTelegram
let line: FakeLine
let discord: FakeDiscord
let matrix: FakeMatrix
let db: TestDatabase
let bus: Bus<Events>
let notify: Notify
let stop: () => Promise<void>

const limit = { max: 4_096, unit: 'utf16' } as const
const LIMITS = {
  telegram: limit,
  line: { max: 5_000, unit: 'utf16' },
  discord: { max: 2_000, unit: 'utf16' },
  matrix: { max: 40_000, unit: 'bytes' },
  email: limit,
} as const

/** Starts an outbox over the fakes; call it again for a restart. */
async function start(): Promise<void> {
  const rate = 10_000
  const bindings = createBindings({ db, bus, clock: systemClock })
  notify = createNotify({ db, bus, clock: systemClock, limits: LIMITS, linkBase: () => 'https://confab.example.com' })
  const trouble = createTrouble({ db, log: silentLog, bindings, notify, phrase: createFeatureWords('notify') })
  const leases = createLeases({ db, log: silentLog })
  const outbox = createOutbox({
    db,
    bus,
    log: silentLog,
    leases,
    channels: [
      createTelegramChannel({ apiUrl: telegram.url, token: TELEGRAM_TOKEN, rate }),
      createLineChannel({ apiUrl: line.url, token: LINE_TOKEN, rate }),
      createDiscordChannel({ apiUrl: discord.url, token: DISCORD_TOKEN, rate }),
      createMatrixChannel({ url: matrix.url, token: MATRIX_TOKEN, rate, rooms: createDirectRooms(db) }),
    ],
    reports: {
      gone: (service, row, detail) => trouble.gone(service, row.recipient, detail),
      paused: (service, ...rest) => trouble.paused(service, ...rest),
    },
  })
  await outbox.start()
  await leases.start()
  stop = async () => {
    await outbox.stop()
    await leases.stop()
  }
}

beforeEach(async () => {
  ;[telegram, line, discord, matrix] = await Promise.all([
    startFakeTelegram(),
    startFakeLine(),
    startFakeDiscord(),
    startFakeMatrix(),
  ])
  db = await createTestDatabase()
  bus = await createBus<Events>({ log: silentLog })
  await start()
})
afterEach(async () => {
  await stop()
  await bus.close()
  await db.close()
  await Promise.all([telegram, line, discord, matrix].map((fake) => fake.close()))
})

async function person(n: number, role: 'user' | 'admin' = 'user'): Promise<number> {
  const [row] = await db.query<{ id: number }>(
    `INSERT INTO accounts (email, login, display_name, time_zone, password_hash, api_key_hash, api_key_sealed, matrix_id, role)
     VALUES ($1, $2, 'P', 'Asia/Taipei', '', $3, '', $4, $5) RETURNING id`,
    [`p${n}@example.com`, `p${n}`, Buffer.from(String(n)), `@p${n}:fake`, role],
  )
  const id = (row as { id: number }).id
  await db.query(
    `INSERT INTO notification_bindings (account_id, service, service_id)
     SELECT $1, service, $2 FROM unnest(ARRAY['telegram', 'line', 'discord']) AS service`,
    [id, String(n)],
  )
  return id
}
const send = (accountId: number, n: number, channels: ('telegram' | 'line' | 'discord' | 'matrix')[]) =>
  notify.send({ accountId, kind: 'test', dedupeKey: `m${n}`, title: `m${n}`, text: '', channels })
const until = (check: () => void | Promise<void>): Promise<void> => vi.waitFor(check, { timeout: 12_000, interval: 20 })
const states = async (): Promise<Record<string, number>> =>
  Object.fromEntries(
    (await db.query<{ state: string; n: number }>('SELECT state, count(*) AS n FROM deliveries GROUP BY 1')).map(
      (row) => [row.state, row.n],
    ),
  )
const names = (count: number): string[] => Array.from({ length: count }, (_, n) => `m${n}`)

describe('the outbox', () => {
  it('delivers to every service in order per recipient, once for each key, and logs it', async () => {
    const people = await Promise.all([1, 2, 3].map((n) => person(n)))
    for (let n = 0; n < 30; n++) for (const id of people) await send(id, n, ['telegram', 'line', 'discord', 'matrix'])
    for (const id of people) expect(await send(id, 0, ['telegram'])).toEqual({ notified: 0, queued: 0 })
    await until(async () => expect(await states()).toEqual({ delivered: 360 }))
    for (const n of ['1', '2', '3']) {
      expect(telegram.sent.filter((one) => one.chatId === n).map((one) => one.text)).toEqual(names(30))
      expect(line.sent.filter((one) => one.to === n).map((one) => one.text)).toEqual(names(30))
      expect(discord.sent.filter((one) => one.user === n).map((one) => one.text)).toEqual(names(30))
      expect(matrix.sent.filter((one) => one.to === `@p${n}:fake`).map((one) => one.text)).toEqual(names(30))
    }
    expect(matrix.rooms.size).toBe(3)
    const log = createDeliveryLog({ db, bus })
    const mine = await log.list({ accountId: people[0], limit: 100 })
    expect(mine).toHaveLength(100)
    expect(mine[0]).toMatchObject({ state: 'delivered', attempts: 1, excerpt: 'm29' })
  })

  it('keeps the order when calls fail, and repeats nothing where the service knows a message again', async () => {
    const id = await person(1)
    // Of each service the second call never arrives, and the answer to the third and fifth is lost.
    for (const fake of [telegram, line, discord, matrix]) {
      let calls = 0
      fake.mood(({ path }) => (!path.endsWith('/getUpdates') && ++calls === 2 ? 'drop' : undefined))
      fake.loseAnswers(() => calls === 3 || calls === 5)
    }
    for (let n = 0; n < 4; n++) await send(id, n, ['telegram', 'line', 'discord', 'matrix'])
    await until(async () => expect(await states()).toEqual({ delivered: 16 }))
    expect(line.sent.map((one) => one.text)).toEqual(names(4))
    expect(matrix.sent.map((one) => one.text)).toEqual(names(4))
    expect(discord.sent.map((one) => one.text)).toEqual(names(4))
    // Telegram cannot tell: at least once, in order.
    expect([...new Set(telegram.sent.map((one) => one.text))]).toEqual(names(4))
  })

  it('waits on 429 without counting it against the message', async () => {
    const id = await person(1)
    let refusals = 3
    const tooFast = { ok: false, error_code: 429, description: 'Too Many Requests', parameters: { retry_after: 1 } }
    telegram.mood(({ path }) =>
      path.endsWith('/sendMessage') && refusals-- > 0 ? { status: 429, body: tooFast } : undefined,
    )
    discord.mood(({ path }) =>
      path.endsWith('/messages') && refusals-- > 0
        ? { status: 429, body: { retry_after: 0.2, global: false } }
        : undefined,
    )
    await send(id, 0, ['telegram', 'discord'])
    await until(async () => expect(await states()).toEqual({ delivered: 2 }))
    const rows = await db.query<{ attempts: number }>('SELECT attempts FROM deliveries')
    expect(rows.map((row) => row.attempts)).toEqual([1, 1])
  })

  it('pauses LINE when the month’s messages are used up, and tells the admins', async () => {
    const admin = await person(9, 'admin')
    const id = await person(1)
    line.quota = 1
    await send(id, 0, ['line'])
    await send(id, 1, ['line', 'telegram'])
    await until(() => expect(telegram.sent).toHaveLength(1))
    await until(async () => {
      const told = await db.query<{ kind: string }>('SELECT kind FROM notifications WHERE account_id = $1', [admin])
      expect(told).toEqual([{ kind: 'notify.lane-paused' }])
    })
    expect(line.sent).toHaveLength(1)
    const log = createDeliveryLog({ db, bus })
    const paused = (await log.lanes()).find((lane) => lane.service === 'line')
    expect(paused).toMatchObject({ reason: 'quota', queued: 1 })
    // A restart does not forget it.
    await stop()
    await start()
    await send(id, 2, ['telegram'])
    await until(() => expect(telegram.sent).toHaveLength(2))
    expect(line.sent).toHaveLength(1)
    line.quota = 5
    await log.resume('line')
    await until(() => expect(line.sent.map((one) => one.text)).toEqual(['m0', 'm1']))
  })

  it('marks a binding broken where the bot is blocked, and tells the account by e-mail', async () => {
    const id = await person(1)
    telegram.blocked.add('1')
    for (let n = 0; n < 3; n++) await send(id, n, ['telegram'])
    await until(async () => {
      const mails = await db.query<{ kind: string; recipient: string; n: number }>(
        `SELECT kind, recipient, count(*) AS n FROM deliveries WHERE service = 'email' GROUP BY 1, 2`,
      )
      expect(mails).toEqual([{ kind: 'notify.binding-broken', recipient: 'p1@example.com', n: 1 }])
    })
    const [binding] = await db.query('SELECT enabled, broken_reason FROM notification_bindings WHERE service = $1', [
      'telegram',
    ])
    expect(binding).toEqual({ enabled: false, broken_reason: '403 Forbidden: bot was blocked by the user' })
    await until(async () => {
      const rows = await db.query<{ reason: string }>(
        `SELECT DISTINCT reason FROM deliveries WHERE service = 'telegram'`,
      )
      // What was queued before is blocked; what came as the binding was switched off is cancelled.
      expect(rows.filter(({ reason }) => reason !== 'blocked' && reason !== 'binding-off')).toEqual([])
      expect(rows).toContainEqual({ reason: 'blocked' })
    })
    expect(await send(id, 9, ['telegram'])).toEqual({ notified: 1, queued: 0 })
  })

  it('ends what can never be sent with its reason: refused, expired, switched off, not configured', async () => {
    const id = await person(1)
    telegram.mood(({ path }) =>
      path.endsWith('/sendMessage')
        ? { status: 400, body: { ok: false, error_code: 400, description: 'Bad Request: no' } }
        : undefined,
    )
    await send(id, 0, ['telegram'])
    await notify.send({
      accountId: id,
      kind: 'test',
      dedupeKey: 'old',
      title: 'old',
      text: '',
      channels: ['line'],
      expiresAt: new Date(0),
    })
    await notify.send({ accountId: id, kind: 'test', dedupeKey: 'mail', title: 'mail', text: '', channels: ['email'] })
    await db.transaction(async (tx) => {
      await notify.send(
        { accountId: id, kind: 'test', dedupeKey: 'off', title: 'off', text: '', channels: ['discord'] },
        tx,
      )
      await tx.query(`UPDATE notification_bindings SET enabled = false WHERE service = 'discord'`)
    })
    await until(async () => {
      const rows = await db.query('SELECT service, state, reason FROM deliveries ORDER BY service')
      expect(rows).toEqual([
        { service: 'discord', state: 'cancelled', reason: 'binding-off' },
        { service: 'email', state: 'dead', reason: 'not-configured' },
        { service: 'line', state: 'dead', reason: 'expired' },
        { service: 'telegram', state: 'dead', reason: 'rejected' },
      ])
    })
    telegram.mood(undefined)
    const log = createDeliveryLog({ db, bus })
    const [dead] = await log.list({ state: 'dead', service: 'telegram', limit: 1 })
    await log.retry(dead?.id ?? 0)
    await until(() => expect(telegram.sent).toHaveLength(1))
  })

  it('is not held up by a service that hangs', async () => {
    const id = await person(1)
    const hanging = new AbortController()
    line.mood(() => new Promise((resolve) => hanging.signal.addEventListener('abort', () => resolve('drop'))))
    for (let n = 0; n < 50; n++) await send(id, n, ['line', 'telegram'])
    await until(() => expect(telegram.sent).toHaveLength(50))
    expect(line.sent).toEqual([])
    line.mood(undefined)
    hanging.abort()
    await until(() => expect(line.sent.map((one) => one.text)).toEqual(names(50)))
  })
})
