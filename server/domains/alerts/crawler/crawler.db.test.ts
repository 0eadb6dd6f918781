import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createBus } from '#kernel/bus/bus.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import type { Events } from '#contracts/events.ts'
import { createFeatureWords } from '#adapters/words/feature-words.ts'
import { createPttSite } from '#adapters/ptt/site.ts'
import type { BoardSite } from '#domains/alerts/ports.ts'
import { createLog, silentLog } from '#kernel/log.ts'
import { createNotify } from '#domains/notify/notify.ts'
import { startFakePtt } from '#test/fakes/ptt.ts'
import type { FakePtt } from '#test/fakes/ptt.ts'
import { createTestDatabase } from '#test/support/database.ts'
import type { TestDatabase } from '#test/support/database.ts'
import { createAlerts } from '../alerts.ts'
import type { Alerts } from '../alerts.ts'
import { createVisits } from './visits.ts'
import type { Visits } from './visits.ts'

const HOUR = 3_600_000
const limit = { max: 4_096, unit: 'utf16' } as const
const LIMITS = { telegram: limit, line: limit, discord: limit, matrix: limit, email: limit }

let ptt: FakePtt
let db: TestDatabase
let bus: Bus<Events>
let site: BoardSite
let alerts: Alerts
let visits: Visits
const logged: string[] = []
/** Moves the product's clock; the fake site's articles carry real times. */
let ahead = 0

/** A product of its own over the database, as after a restart. */
function start(): void {
  const clock = { now: () => Date.now() + ahead }
  const notify = createNotify({ db, bus, clock, limits: LIMITS, linkBase: () => undefined })
  site = createPttSite({ url: ptt.url, userAgent: 'Confab tests' })
  const parts = {
    db,
    bus,
    clock,
    log: createLog({ level: 'warn', destination: { write: (line) => void logged.push(line) } }),
    site,
    notify,
    phrase: createFeatureWords('notify'),
    intervalMs: 60_000,
    staleMs: 6 * HOUR,
  }
  alerts = createAlerts(parts)
  visits = createVisits(parts)
}

beforeEach(async () => {
  ahead = 0
  logged.length = 0
  ptt = await startFakePtt()
  db = await createTestDatabase()
  bus = await createBus<Events>({ log: silentLog })
  start()
})
afterEach(async () => {
  await site.close()
  await bus.close()
  await db.close()
  await ptt.close()
})

let people = 0
async function person(): Promise<{ accountId: number; role: 'user' }> {
  people++
  const [row] = await db.query<{ id: number }>(
    `INSERT INTO accounts (email, login, display_name, time_zone, password_hash, api_key_hash, api_key_sealed)
     VALUES ($1, $2, 'P', 'Asia/Taipei', '', $3, '') RETURNING id`,
    [`p${people}@example.com`, `p${people}`, Buffer.from(String(people))],
  )
  const accountId = (row as { id: number }).id
  await db.query(`INSERT INTO notification_bindings (account_id, service, service_id) VALUES ($1, 'telegram', $2)`, [
    accountId,
    String(accountId),
  ])
  return { accountId, role: 'user' }
}

async function visit(name: string): Promise<void> {
  const [row] = await db.query<{ id: number }>('SELECT id FROM boards WHERE name = $1', [name])
  await visits.visit((row as { id: number }).id)
}
const titles = async (accountId: number): Promise<string[]> =>
  (await alerts.history(accountId, { limit: 100 })).map((one) => one.title).toReversed()
const queued = async (accountId: number): Promise<string[]> =>
  (
    await db.query<{ text: string }>(
      `SELECT text FROM deliveries WHERE account_id = $1 AND state = 'queued' ORDER BY id`,
      [accountId],
    )
  ).map((row) => row.text)

describe('new articles', () => {
  it('alert once, and those on the board before do not', async () => {
    const reader = await person()
    ptt.post('Gossiping', { title: '[問卦] 舊的' })
    await alerts.subscriptions.create(reader, { board: 'gossiping', subType: 'keyword', value: '問卦' })
    await alerts.subscriptions.create(reader, { board: 'Gossiping', subType: 'author', value: 'WRITER' })
    ptt.post('Gossiping', { title: '[問卦] 新的', author: 'writer' })
    ptt.post('Gossiping', { title: '[新聞] 別的', author: 'another' })
    await visit('Gossiping')
    await visit('Gossiping')
    expect(await titles(reader.accountId)).toEqual(['[問卦] 新的'])
    const [text] = await queued(reader.accountId)
    expect(text).toMatch(/^【Gossiping】\[問卦\] 新的\n作者：writer，.*\nhttp.*\/bbs\/Gossiping\/M\.\d+\.A\.\w+\.html$/)
    expect(await queued(reader.accountId)).toHaveLength(1)
    const old = await person()
    await alerts.subscriptions.create(old, { board: 'Gossiping', subType: 'keyword', value: '問卦' })
    await visit('Gossiping')
    expect(await titles(old.accountId)).toEqual([])
  })

  it('of the same second are two', async () => {
    const reader = await person()
    ptt.post('Stock', { title: 'first' })
    await alerts.subscriptions.create(reader, { board: 'Stock', subType: 'keyword', value: 'tsmc' })
    const at = Date.now()
    ptt.post('Stock', { title: 'TSMC one', at })
    ptt.post('Stock', { title: 'TSMC two', at })
    await visit('Stock')
    expect(await titles(reader.accountId)).toEqual(['TSMC one', 'TSMC two'])
  })

  it('are neither missed nor repeated over a restart, however many came', async () => {
    const reader = await person()
    ptt.post('NBA', { title: 'before' })
    await alerts.subscriptions.create(reader, { board: 'NBA', subType: 'keyword', value: 'game' })
    await site.close()
    for (let n = 1; n <= 75; n++) ptt.post('NBA', { title: `game ${n}` })
    start()
    await visit('NBA')
    start()
    await visit('NBA')
    expect(await titles(reader.accountId)).toEqual(Array.from({ length: 75 }, (_, n) => `game ${n + 1}`))
    // So many at once are told in one message.
    expect(await queued(reader.accountId)).toHaveLength(2)
    expect((await db.query('SELECT DISTINCT notification_id FROM deliveries')).length).toBe(1)
  })

  it('come from the list where the feed fails', async () => {
    const reader = await person()
    const board = ptt.board('Beauty')
    board.over18 = true
    ptt.post('Beauty', { title: 'first' })
    await alerts.subscriptions.create(reader, { board: 'Beauty', subType: 'keyword', value: '正妹' })
    ptt.post('Beauty', { title: '正妹 a' })
    const gone = ptt.post('Beauty', { title: '正妹 deleted' })
    gone.deleted = true
    board.pinned.push({ fileName: 'M.1100000000.A.ABC', title: '正妹 置底', author: 'mod', pushes: '', deleted: false })
    ptt.mood((_, response, path) => {
      if (!path.startsWith('/atom/')) return false
      response.writeHead(500).end()
      return true
    })
    await visit('Beauty')
    expect(await titles(reader.accountId)).toEqual(['正妹 a'])
  })

  it('long after an absence are listed, and not sent', async () => {
    const reader = await person()
    ptt.post('movie', { title: 'first' })
    await alerts.subscriptions.create(reader, { board: 'movie', subType: 'keyword', value: '雷' })
    ptt.post('movie', { title: '[雷] stale', at: Date.now() })
    ahead = 12 * HOUR
    ptt.post('movie', { title: '[雷] fresh', at: Date.now() + 11 * HOUR })
    await visit('movie')
    expect(await titles(reader.accountId)).toEqual(['[雷] stale', '[雷] fresh'])
    expect((await queued(reader.accountId)).map((text) => text.split('\n')[0])).toEqual(['【movie】[雷] fresh'])
  })

  it('do not reach who is off: account, binding or subscription', async () => {
    const [banned, unbound, off] = [await person(), await person(), await person()]
    ptt.post('Stock', { title: 'first' })
    const wish = { board: 'Stock', subType: 'keyword', value: '崩' } as const
    for (const one of [banned, unbound, off]) await alerts.subscriptions.create(one, wish)
    await db.query(`UPDATE accounts SET status = 'banned' WHERE id = $1`, [banned.accountId])
    await db.query('DELETE FROM notification_bindings WHERE account_id = $1', [unbound.accountId])
    const [mine] = await alerts.subscriptions.list(off.accountId)
    await alerts.subscriptions.update(off, mine?.id ?? 0, { enabled: false })
    ptt.post('Stock', { title: '崩了' })
    await visit('Stock')
    expect(await titles(banned.accountId)).toEqual([])
    expect(await titles(off.accountId)).toEqual([])
    expect(await titles(unbound.accountId)).toEqual(['崩了'])
    expect((await db.query('SELECT 1 FROM deliveries')).length).toBe(0)
    // What came meanwhile does not alert when it is switched on again.
    await alerts.subscriptions.update(off, mine?.id ?? 0, { enabled: true })
    await visit('Stock')
    expect(await titles(off.accountId)).toEqual([])
  })

  it('are asked for politely: one pool, conditions, our name, the age cookie', async () => {
    const reader = await person()
    ptt.post('Stock', { title: 'first' })
    await alerts.subscriptions.create(reader, { board: 'Stock', subType: 'keyword', value: 'x' })
    for (let n = 0; n < 5; n++) await visit('Stock')
    const last = ptt.requests.at(-1)
    expect(last?.headers['if-none-match']).toMatch(/^"/)
    expect(last?.headers['user-agent']).toBe('Confab tests')
    expect(last?.headers.cookie).toContain('over18=1')
    expect(ptt.connections()).toBe(1)
    const [board] = await db.query<{ count: number }>('SELECT count(*) FROM articles')
    expect(board?.count).toBe(1)
  })
})

describe('push counts', () => {
  const watch = (by: { accountId: number; role: 'user' }, value: string) =>
    alerts.subscriptions.create(by, { board: 'Joke', subType: 'pushsum', value })

  it('alert once in each direction as the list first reaches them; the first look is silent', async () => {
    const reader = await person()
    const [risen, rising, falling, recent] = [
      ptt.post('Joke', { title: 'risen', pushes: '爆' }),
      ptt.post('Joke', { title: 'rising', pushes: '9' }),
      ptt.post('Joke', { title: 'falling' }),
      ptt.post('Joke', { title: 'old', at: Date.now() - 49 * HOUR, pushes: '1' }),
    ]
    await watch(reader, '10')
    await watch(reader, '-15')
    await watch(reader, '99')
    await visit('Joke')
    expect(await titles(reader.accountId)).toEqual([])
    rising.pushes = '10'
    falling.pushes = 'X1'
    recent.pushes = '50'
    const appeared = ptt.post('Joke', { title: 'appeared', pushes: '12' })
    await visit('Joke')
    expect(await titles(reader.accountId)).toEqual(['appeared', 'rising'].toSorted())
    falling.pushes = 'X2'
    rising.pushes = '爆'
    appeared.pushes = '8'
    risen.pushes = ''
    await visit('Joke')
    appeared.pushes = '20'
    await visit('Joke')
    expect((await titles(reader.accountId)).toSorted()).toEqual(['appeared', 'falling', 'rising'])
    const kinds = await alerts.history(reader.accountId, { limit: 10, keyword: 'falling' })
    expect(kinds).toMatchObject([{ kind: 'boo', pushes: -20, value: '-15' }])
  })

  it('of many pages are all read in turn', async () => {
    const reader = await person()
    const posted = Array.from({ length: 400 }, (_, n) =>
      ptt.post('Joke', { title: `joke ${n}`, at: Date.now() - HOUR }),
    )
    await watch(reader, '30')
    for (let looks = 0; looks < 8; looks++) await visit('Joke')
    const oldest = posted[0]
    if (oldest) oldest.pushes = '35'
    for (let looks = 0; looks < 8; looks++) await visit('Joke')
    expect(await titles(reader.accountId)).toEqual(['joke 0'])
  })
})

describe('bad pages', () => {
  const watchStock = async () => {
    const reader = await person()
    ptt.post('Stock', { title: 'first' })
    await alerts.subscriptions.create(reader, { board: 'Stock', subType: 'keyword', value: '!廣告' })
    return reader
  }
  const failure = (name: string) =>
    visit(name).then(
      () => 'fine',
      (error: { code?: string }) => error.code,
    )

  it.each<[string, string, Parameters<FakePtt['mood']>[0]]>([
    ['garbage', 'ptt.unreadable', (_, response) => Boolean(response.end(Buffer.from([0, 255, 254, 1, 60, 60, 60])))],
    [
      'a login page',
      'ptt.unreadable',
      (_, response) => Boolean(response.end('<html><form action="/login"><input name="user"></form>')),
    ],
    [
      '10 MB',
      'ptt.unreadable',
      (_, response) => Boolean(response.end(Buffer.alloc(10_000_000, '<div class="r-ent">'))),
    ],
    [
      'an age check',
      'ptt.unreadable',
      (_, response) => Boolean(response.writeHead(302, { location: '/ask/over18' }).end()),
    ],
    [
      'another host',
      'ptt.unreadable',
      (_, response) => Boolean(response.writeHead(302, { location: 'http://127.0.0.1:1/bbs/Stock/index.html' }).end()),
    ],
    ['429', 'ptt.busy', (_, response) => Boolean(response.writeHead(429, { 'retry-after': '7' }).end())],
    ['503', 'ptt.unreachable', (_, response) => Boolean(response.writeHead(503).end())],
    [
      'half a page',
      'ptt.unreadable',
      (request, response) => {
        response.writeHead(200, { 'content-length': '5000' })
        response.write('<div class="r-list-container"><div class="r-ent">')
        setImmediate(() => request.socket.destroy())
        return true
      },
    ],
    ['a dropped socket', 'ptt.unreachable', (request) => Boolean(request.socket.destroy())],
  ])('%s: shown, and caught up with afterwards', async (_, code, mood) => {
    const reader = await watchStock()
    ptt.post('Stock', { title: '[新聞] during' })
    ptt.mood(mood)
    expect(await failure('Stock')).toBe(code)
    expect((await alerts.boardStatuses(reader.accountId))[0]).toMatchObject({ failures: 1, reason: code })
    expect(await failure('Stock')).toBe(code)
    expect(logged.filter((line) => line.includes('a board cannot be read'))).toHaveLength(1)
    ptt.mood(undefined)
    expect(await failure('Stock')).toBe('fine')
    expect(await titles(reader.accountId)).toEqual(['[新聞] during'])
    expect((await alerts.boardStatuses(reader.accountId))[0]).toMatchObject({ failures: 0 })
  })

  it('a page in Big5, and titles with control characters, direction marks and hidden addresses', async () => {
    const reader = await watchStock()
    ptt.post('Stock', { title: '[新聞]\u202e 反\u0007轉 \u200bme@example.com' })
    ptt.mood((_, response, path) => {
      if (!path.startsWith('/atom/')) return false
      // 「問卦」 in Big5, declared as such.
      const title = Buffer.from([0xb0, 0xdd, 0xa8, 0xf6])
      const head =
        '<feed><link rel="self" href="/atom/Stock.xml"/><entry><link href="https://www.ptt.cc/bbs/Stock/M.1.A.F0F.html"/><title>'
      response.writeHead(200, { 'content-type': 'application/atom+xml; charset=big5' })
      response.end(Buffer.concat([Buffer.from(head), title, Buffer.from('</title></entry></feed>')]))
      return true
    })
    await visit('Stock')
    ptt.mood((_, response, path) => (path.startsWith('/atom/') ? Boolean(response.writeHead(404).end()) : false))
    await visit('Stock')
    expect(await titles(reader.accountId)).toEqual(['問卦', '[新聞] 反 轉 me@example.com'])
  })

  it('a vanished board is told once, and back when it is', async () => {
    const reader = await watchStock()
    ptt.board('Stock').gone = true
    expect(await failure('Stock')).toBe('ptt.no-board')
    expect(await failure('Stock')).toBe('ptt.no-board')
    expect((await queued(reader.accountId)).map((text) => text.split('\n')[0])).toEqual(['看板 Stock 已經不在了'])
    expect(logged).toHaveLength(1)
    ptt.board('Stock').gone = false
    expect(await failure('Stock')).toBe('fine')
    expect((await alerts.boardStatuses(null))[0]?.goneAt).toBeNull()
  })

  it('the crawler leaves a site that is down alone, and comes back', async () => {
    const reader = await watchStock()
    ptt.mood((_, response) => Boolean(response.writeHead(429, { 'retry-after': '1' }).end()))
    ahead = 61_000
    alerts.crawler.setLeader(true)
    await vi.waitFor(async () => expect((await alerts.siteStatus()).reason).toContain('429'), { timeout: 10_000 })
    const asked = ptt.requests.length
    ptt.post('Stock', { title: 'meanwhile' })
    ptt.mood(undefined)
    expect(ptt.requests.length).toBe(asked)
    // The product's clock passes the pause.
    ahead += 20_000
    alerts.crawler.setLeader(false)
    alerts.crawler.setLeader(true)
    await vi.waitFor(async () => expect(await titles(reader.accountId)).toEqual(['meanwhile']), { timeout: 10_000 })
    await expect.poll(async () => (await alerts.siteStatus()).reason).toBeNull()
    await alerts.crawler.stop()
  })
})
