import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LINE_SECRET, LINE_TOKEN, startFakeLine } from '#test/fakes/line.ts'
import type { FakeLine } from '#test/fakes/line.ts'
import { MATRIX_TOKEN, startFakeMatrix } from '#test/fakes/matrix.ts'
import type { FakeMatrix } from '#test/fakes/matrix.ts'
import { startFakeTelegram, TELEGRAM_TOKEN } from '#test/fakes/telegram.ts'
import type { FakeTelegram } from '#test/fakes/telegram.ts'
import { openDatabase } from '#kernel/db/database.ts'
import { silentLog } from '#kernel/log.ts'
import { startServer } from '#test/support/server.ts'
import type { RunningServer } from '#test/support/server.ts'

/** The real program killed again and again while its outbox is full. */
const KILLS = 20
const RECIPIENTS = 100
const EACH = 20
const MESSAGES = RECIPIENTS * EACH

let dataDir: string
let running: RunningServer | undefined
let telegram: FakeTelegram
let line: FakeLine
let matrix: FakeMatrix

// Each try has an installation of its own.
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'confab-crash-'))
  ;[telegram, line, matrix] = await Promise.all([startFakeTelegram(), startFakeLine(), startFakeMatrix()])
})
afterEach(async () => {
  await running?.kill('SIGKILL')
  await Promise.all([telegram, line, matrix].map((fake) => fake.close()))
  await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

const start = async (): Promise<RunningServer> =>
  (running = await startServer({
    dataDir,
    env: {
      CONFAB_TELEGRAM_TOKEN: TELEGRAM_TOKEN,
      CONFAB_TELEGRAM_API_URL: telegram.url,
      CONFAB_TELEGRAM_RATE: '100',
      CONFAB_LINE_TOKEN: LINE_TOKEN,
      CONFAB_LINE_SECRET: LINE_SECRET,
      CONFAB_LINE_API_URL: line.url,
      CONFAB_LINE_RATE: '100',
      CONFAB_MATRIX_URL: matrix.url,
      CONFAB_MATRIX_TOKEN: MATRIX_TOKEN,
      CONFAB_MATRIX_RATE: '100',
    },
  }))

/** Fills the outbox of a stopped installation: for each service as many recipients, each with its messages in order. */
async function fill(): Promise<void> {
  const db = await openDatabase({ dataDir, log: silentLog })
  try {
    await db.query(
      `INSERT INTO accounts (email, login, display_name, time_zone, password_hash, api_key_hash, api_key_sealed, matrix_id)
       SELECT 'p' || n || '@example.com', 'p' || n, 'P', 'Asia/Taipei', '', int8send(n), '', '@p' || n || ':fake'
       FROM generate_series(1, ${RECIPIENTS}::bigint) AS n`,
    )
    await db.query(
      `INSERT INTO notification_bindings (account_id, service, service_id)
       SELECT id, service, substr(login, 2) FROM accounts, unnest(ARRAY['telegram', 'line']) AS service`,
    )
    await db.query(
      `INSERT INTO deliveries (account_id, service, recipient, kind, title, text, expires_at)
       SELECT a.id, s.service, CASE s.service WHEN 'matrix' THEN a.matrix_id ELSE substr(a.login, 2) END, 'test', '',
              a.login || ' ' || n, now() + interval '1 day'
       FROM generate_series(1, ${EACH}) AS n, accounts a, unnest(ARRAY['telegram', 'line', 'matrix']) AS s (service)
       ORDER BY n, a.id`,
    )
  } finally {
    await db.close()
  }
}

test('no message is lost in 20 kills, and none comes twice where the service knows it again', async () => {
  const first = await start()
  await first.kill('SIGTERM')
  await fill()
  const arrived = (): number => Math.min(line.sent.length, matrix.sent.length, telegram.sent.length)
  for (let kill = 1; kill <= KILLS; kill++) {
    const server = await start()
    // Between two kills a twentieth of the messages goes through; the kill hits calls under way.
    const goal = Math.min(MESSAGES - 1, Math.floor((MESSAGES * kill) / (KILLS + 1)))
    await vi.waitFor(() => expect(arrived()).toBeGreaterThanOrEqual(goal), { timeout: 60_000, interval: 5 })
    await server.kill('SIGKILL')
  }
  const last = await start()
  await vi.waitFor(() => expect(new Set(telegram.sent.map((one) => one.text)).size).toBe(MESSAGES), {
    timeout: 60_000,
  })
  await vi.waitFor(() => expect([line.sent.length, matrix.sent.length]).toEqual([MESSAGES, MESSAGES]), {
    timeout: 60_000,
  })
  // Once each and in order: for each recipient its messages as they were queued.
  for (const sent of [line.sent, matrix.sent]) {
    const own = Map.groupBy(sent, (one) => one.to)
    expect(own.size).toBe(RECIPIENTS)
    for (const texts of own.values()) {
      expect(texts.map((one) => Number(one.text.split(' ')[1]))).toEqual(Array.from({ length: EACH }, (_, n) => n + 1))
    }
  }
  // Kills did hit messages that had arrived and were not written down: they were sent again and recognised.
  expect(line.repeats() + matrix.repeats()).toBeGreaterThan(0)
  await last.kill('SIGTERM')
}, 600_000)
