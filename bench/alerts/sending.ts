import { LINE_SECRET, LINE_TOKEN, startFakeLine } from '#test/fakes/line.ts'
import { startFakeTelegram, TELEGRAM_TOKEN } from '#test/fakes/telegram.ts'
import { ratioOf } from '../measurement.ts'
import type { Measurement } from '../measurement.ts'
import { addPeople, withInstallation } from './installation.ts'
import { until } from './until.ts'

const PEOPLE = 1_000
const EACH = 20
const MESSAGES = PEOPLE * EACH
const FREE = { CONFAB_LINE_RATE: '100000', CONFAB_TELEGRAM_RATE: '100000' }

/** The outbox through fakes without limits; and the same while another service takes requests and never answers. */
export async function sending(): Promise<Measurement[]> {
  const [line, telegram] = await Promise.all([startFakeLine(), startFakeTelegram()])
  const never = new AbortController()
  const services = {
    ...FREE,
    CONFAB_LINE_TOKEN: LINE_TOKEN,
    CONFAB_LINE_SECRET: LINE_SECRET,
    CONFAB_LINE_API_URL: line.url,
    CONFAB_TELEGRAM_TOKEN: TELEGRAM_TOKEN,
    CONFAB_TELEGRAM_API_URL: telegram.url,
  }
  const rateOf = (service: 'line' | 'telegram', queued: readonly string[]): Promise<number> => {
    const { sent } = service === 'line' ? line : telegram
    sent.length = 0
    return withInstallation(
      async (db) => {
        await addPeople(db, PEOPLE)
        await db.query(
          `INSERT INTO deliveries (account_id, service, recipient, kind, title, text, expires_at)
           SELECT a.id, s, substr(a.login, 2), 'bench', '', '[問卦] 訊息 ' || n, now() + interval '1 day'
           FROM generate_series(1, $1::int) AS n, accounts a, unnest($2::text[]) AS s ORDER BY n, a.id`,
          [EACH, queued],
        )
      },
      services,
      async () => {
        await until(() => sent.length > 0)
        const from = performance.now()
        const before = sent.length
        await until(() => sent.length === MESSAGES)
        return (MESSAGES - before) / ((performance.now() - from) / 1000)
      },
    )
  }
  try {
    const alone = await rateOf('line', ['line'])
    const free = await rateOf('telegram', ['telegram'])
    line.mood(() => new Promise((resolve) => never.signal.addEventListener('abort', () => resolve('drop'))))
    const beside = await rateOf('telegram', ['line', 'telegram'])
    return [
      {
        name: `${MESSAGES.toLocaleString('en')} messages to ${PEOPLE.toLocaleString('en')} recipients through LINE’s fake`,
        measured: `${alone.toFixed(0)} messages/s`,
        asked: 'at least 2,000/s',
        holds: alone >= 2_000,
      },
      ratioOf({
        name: 'Telegram while LINE hangs with as many messages queued',
        unit: 'messages/s',
        ours: beside,
        peer: free,
        peerName: 'Telegram alone',
        atLeast: 0.7,
      }),
    ]
  } finally {
    never.abort()
    await Promise.all([line.close(), telegram.close()])
  }
}
