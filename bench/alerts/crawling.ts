import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { startFakePtt } from '#test/fakes/ptt.ts'
import { startFakeTelegram, TELEGRAM_TOKEN } from '#test/fakes/telegram.ts'
import { percentile } from '../measurement.ts'
import type { Measurement } from '../measurement.ts'
import { addPeople, withInstallation } from './installation.ts'
import { until } from './until.ts'

const BOARDS = 1_000
const INTERVAL_SECONDS = 60
const POSTS = 200
const TICKS_PER_SECOND = 100

/** Seconds of processor time a process has used. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/** A thousand boards polled in the asked pace, and the way of an article from the page to the bot's server. */
export async function crawling(): Promise<Measurement[]> {
  const [ptt, telegram] = await Promise.all([startFakePtt(), startFakeTelegram()])
  const names = Array.from({ length: BOARDS }, (_, n) => `Board${n}`)
  for (const name of names) for (let n = 0; n < 20; n++) ptt.post(name, { title: `[閒聊] 第 ${n} 篇` })
  try {
    return await withInstallation(
      async (db) => {
        await addPeople(db, 1)
        await db.query('INSERT INTO boards (name) SELECT unnest($1::text[])', [names])
        await db.query(
          `INSERT INTO alert_subscriptions (account_id, board_id, sub_type, value, value_key, since, created_at, updated_at)
           SELECT 1, id, 'keyword', '問卦', '問卦', now(), now(), now() FROM boards`,
        )
      },
      {
        CONFAB_PTT_URL: ptt.url,
        CONFAB_PTT_INTERVAL: String(INTERVAL_SECONDS),
        CONFAB_TELEGRAM_TOKEN: TELEGRAM_TOKEN,
        CONFAB_TELEGRAM_API_URL: telegram.url,
        CONFAB_TELEGRAM_RATE: '1000',
      },
      async (server) => {
        // The first round learns what is there.
        await until(() => new Set(ptt.requests.map((one) => one.path)).size >= BOARDS)
        const pid = server.process.pid as number
        const [asked, cpu, from] = [ptt.requests.length, cpuSeconds(pid), performance.now()]
        const latencies = watchPosts(ptt, telegram, names)
        await delay(INTERVAL_SECONDS * 1000)
        const seconds = (performance.now() - from) / 1000
        const polls = ptt.requests.length - asked
        const share = ((cpuSeconds(pid) - cpu) / seconds) * 100
        const samples = await latencies
        const expected = (BOARDS * seconds) / INTERVAL_SECONDS
        const ms = (part: number): string => `${percentile(samples, part).toFixed(0)} ms`
        return [
          {
            name: `${BOARDS} boards every ${INTERVAL_SECONDS} s`,
            measured: `${polls} looks in ${seconds.toFixed(0)} s, ${ptt.connections()} connections`,
            asked: `${expected.toFixed(0)} looks`,
            holds: Math.abs(polls - expected) < expected * 0.1,
          },
          {
            name: 'processor while polling',
            measured: `${share.toFixed(1)} % of one core`,
            asked: 'under 20 %',
            holds: share < 20,
          },
          {
            name: `from the look that sees an article to the bot’s server, ${samples.length} articles`,
            measured: `p50 ${ms(0.5)}, p99 ${ms(0.99)}`,
          },
        ]
      },
    )
  } finally {
    await Promise.all([ptt.close(), telegram.close()])
  }
}

/** Posts articles and measures, for each, from the feed's first request after it to the message. */
async function watchPosts(
  ptt: Awaited<ReturnType<typeof startFakePtt>>,
  telegram: Awaited<ReturnType<typeof startFakeTelegram>>,
  names: readonly string[],
): Promise<number[]> {
  const posted = new Map<string, string>()
  for (const name of names.slice(0, POSTS)) {
    const title = `[問卦] ${name} 的新文章`
    ptt.post(name, { title })
    posted.set(`/atom/${name}.xml`, title)
  }
  const seen = new Map<string, number>()
  const arrived = new Map<string, number>()
  let [requests, messages] = [ptt.requests.length, 0]
  await until(() => {
    const now = performance.now()
    for (; requests < ptt.requests.length; requests++) {
      const title = posted.get(ptt.requests[requests]?.path ?? '')
      if (title !== undefined && !seen.has(title)) seen.set(title, now)
    }
    for (; messages < telegram.sent.length; messages++) {
      const text = telegram.sent[messages]?.text ?? ''
      for (const title of posted.values()) if (text.includes(title)) arrived.set(title, now)
    }
    return arrived.size === POSTS
  })
  return [...arrived].map(([title, at]) => at - (seen.get(title) ?? Number.NaN))
}
