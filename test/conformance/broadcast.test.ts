import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { LINE_SECRET, LINE_TOKEN, startFakeLine } from '#test/fakes/line.ts'
import type { FakeLine } from '#test/fakes/line.ts'
import { startFakeTelegram, TELEGRAM_TOKEN } from '#test/fakes/telegram.ts'
import type { FakeTelegram } from '#test/fakes/telegram.ts'
import { signUp } from '#test/support/accounts.ts'
import type { SignedIn } from '#test/support/accounts.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'

/** A broadcast to thousands of accounts: its progress, its result, and whom it leaves out. */
const PEOPLE = 2_000
const BLOCKED = 25
/** The fakes hold their answers here until the admin has seen how far it is. */
const HALF_WAY = 600

let telegram: FakeTelegram
let line: FakeLine
let app: TestApp
let admin: SignedIn

beforeAll(async () => {
  ;[telegram, line] = await Promise.all([startFakeTelegram(), startFakeLine()])
  app = await startTestApp({
    env: {
      CONFAB_TELEGRAM_TOKEN: TELEGRAM_TOKEN,
      CONFAB_TELEGRAM_API_URL: telegram.url,
      CONFAB_TELEGRAM_RATE: '100000',
      CONFAB_LINE_TOKEN: LINE_TOKEN,
      CONFAB_LINE_SECRET: LINE_SECRET,
      CONFAB_LINE_API_URL: line.url,
      CONFAB_LINE_RATE: '100000',
    },
  })
  admin = await signUp(app, 'chief')
  await app.db.query(
    `INSERT INTO accounts (email, login, display_name, time_zone, password_hash, api_key_hash, api_key_sealed)
     SELECT 'p' || n || '@example.com', 'p' || n, 'P', 'Asia/Taipei', '', int8send(n), '' FROM generate_series(1, $1::bigint) AS n`,
    [PEOPLE],
  )
  await app.db.query(
    `INSERT INTO notification_bindings (account_id, service, service_id)
     SELECT id, service, substr(login, 2) FROM accounts, unnest(ARRAY['telegram', 'line']) AS service WHERE login LIKE 'p%'`,
  )
  // Left out: a binding that is off, and an account that may not be used.
  await app.db.query(`UPDATE notification_bindings SET enabled = false WHERE service = 'line' AND service_id = '1'`)
  await app.db.query(`UPDATE accounts SET status = 'banned' WHERE login = 'p2'`)
  for (let n = 1; n <= BLOCKED; n++) telegram.blocked.add(String(n + 100))
})
afterAll(async () => {
  await app.close()
  await Promise.all([telegram.close(), line.close()])
})

async function call(method: 'GET' | 'POST', url: string, payload?: object): Promise<Record<string, unknown>> {
  const answer = await app.http.inject({ method, url, headers: admin.headers, ...(payload && { payload }) })
  expect(answer.statusCode).toBe(200)
  return answer.json()
}

it('shows how far it is, and how it ended', async () => {
  const seen = Promise.withResolvers<void>()
  telegram.mood(async () => {
    if (telegram.sent.length >= HALF_WAY) await seen.promise
    return undefined
  })
  // Some answers are lost on the way: LINE knows a message again by its key.
  let calls = 0
  line.loseAnswers(() => ++calls % 100 === 0)

  const content = '系統公告：今晚十一點到凌晨一點維護。'
  const sent = await call('POST', '/api/admin/broadcast', { platforms: ['telegram', 'line', 'telegram'], content })
  const recipients = 2 * PEOPLE - 3
  expect(sent).toMatchObject({ success: true, message: '廣播已發送', queued: recipients })
  const report = async (): Promise<Record<string, number>> =>
    (await call('GET', `/api/v1/admin/broadcasts/${String(sent['broadcast_id'])}`))['data'] as Record<string, number>

  await vi.waitFor(async () => expect((await report())['delivered']).toBeGreaterThanOrEqual(HALF_WAY), {
    timeout: 30_000,
    interval: 100,
  })
  const half = await report()
  expect(half['queued']).toBeGreaterThan(0)
  expect((half['queued'] ?? 0) + (half['delivered'] ?? 0) + (half['failed'] ?? 0)).toBe(recipients)
  seen.resolve()

  await vi.waitFor(async () => expect((await report())['queued']).toBe(0), { timeout: 60_000, interval: 200 })
  expect(await report()).toMatchObject({
    total: recipients,
    delivered: recipients - BLOCKED,
    failed: BLOCKED,
    reasons: [{ reason: 'blocked', count: BLOCKED }],
    content,
  })
  // Everybody once, though some LINE answers were lost.
  expect(new Set(telegram.sent.map((one) => one.chatId)).size).toBe(PEOPLE - 1 - BLOCKED)
  expect(telegram.sent).toHaveLength(PEOPLE - 1 - BLOCKED)
  expect(new Set(line.sent.map((one) => one.to)).size).toBe(PEOPLE - 2)
  expect(line.sent).toHaveLength(PEOPLE - 2)
  expect(line.repeats()).toBeGreaterThan(0)
})

it('lists them newest first, page by page', async () => {
  const made: unknown[] = []
  for (const content of ['first', 'second', 'third']) {
    const sent = await call('POST', '/api/admin/broadcast', { platforms: ['discord'], content })
    made.unshift(sent['broadcast_id'])
  }
  const page = async (query: string) => {
    const { data } = await call('GET', `/api/v1/admin/broadcasts${query}`)
    const { broadcasts, has_more } = data as { broadcasts: { id: number; content: string }[]; has_more: boolean }
    return { ids: broadcasts.map((one) => one.id), has_more }
  }
  expect((await page('')).ids.slice(0, 3)).toEqual(made)
  expect(await page('?limit=2')).toEqual({ ids: made.slice(0, 2), has_more: true })
  expect((await page(`?limit=1&before=${String(made[1])}`)).ids).toEqual([made[2]])
})
