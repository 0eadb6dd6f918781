import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFakePtt } from '#test/fakes/ptt.ts'
import type { FakePtt } from '#test/fakes/ptt.ts'
import { signUp } from '#test/support/accounts.ts'
import type { SignedIn } from '#test/support/accounts.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'

/** Document 2's subscriptions, word for word. */
let ptt: FakePtt
let app: TestApp
let admin: SignedIn
let user: SignedIn
let other: SignedIn

beforeAll(async () => {
  ptt = await startFakePtt()
  for (const board of ['Gossiping', 'Stock', 'Beauty', 'NBA', 'movie'])
    ptt.post(board, { title: `[公告] ${board} 板規` })
  app = await startTestApp({ env: { CONFAB_PTT_URL: ptt.url } })
  admin = await signUp(app, 'chief')
  user = await signUp(app, 'reader')
  other = await signUp(app, 'stranger')
})
afterAll(async () => {
  await app.close()
  await ptt.close()
})

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

async function call(
  by: SignedIn | null,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH',
  url: string,
  payload?: unknown,
): Promise<{ status: number; body: unknown }> {
  const answer = await app.http.inject({
    method,
    url,
    headers: { ...by?.headers, ...(payload !== undefined && { 'content-type': 'application/json' }) },
    ...(payload !== undefined && { payload: typeof payload === 'string' ? payload : JSON.stringify(payload) }),
  })
  return { status: answer.statusCode, body: answer.json() }
}

const refusal = (status: number, message: string) => ({ status, body: { success: false, message } })
const create = (by: SignedIn, board: unknown, sub_type: unknown, value: unknown) =>
  call(by, 'POST', '/api/subscriptions', { board, sub_type, value })

describe('POST /api/subscriptions', () => {
  it('creates one, in the board’s own spelling', async () => {
    const made = await create(user, 'gossiping', 'keyword', '問卦')
    expect(made).toEqual({
      status: 201,
      body: {
        id: expect.any(Number) as number,
        user_id: user.id,
        board: 'Gossiping',
        sub_type: 'keyword',
        value: '問卦',
        enabled: true,
        created_at: expect.stringMatching(RFC3339) as string,
        updated_at: expect.stringMatching(RFC3339) as string,
      },
    })
  })

  it.each<[string, unknown, unknown, unknown, number, string]>([
    ['no board', undefined, 'keyword', 'x', 400, '看板為必填'],
    ['an empty board', '', 'keyword', 'x', 400, '看板為必填'],
    ['a blank board', '  ', 'keyword', 'x', 400, '看板為必填'],
    ['a board of the wrong type', 7, 'keyword', 'x', 400, '看板為必填'],
    ['an unknown board', 'NoSuchBoard', 'keyword', 'x', 400, '看板不存在'],
    ['a board that is no name', '../etc', 'keyword', 'x', 400, '看板不存在'],
    ['a board far too long', 'x'.repeat(100), 'keyword', 'x', 400, '看板不存在'],
    ['no type', 'Stock', undefined, 'x', 400, '無效的訂閱類型，必須是 keyword、author 或 pushsum'],
    ['an unknown type', 'Stock', 'title', 'x', 400, '無效的訂閱類型，必須是 keyword、author 或 pushsum'],
    ['no value', 'Stock', 'keyword', undefined, 400, '訂閱值為必填'],
    ['an empty value', 'Stock', 'author', '', 400, '訂閱值為必填'],
    ['a value of signs only', 'Stock', 'keyword', '&!', 400, '訂閱值為必填'],
    ['a broken pattern', 'Stock', 'keyword', 'regexp:(', 400, '無效的正則表達式'],
    ['a pattern RE2 does not have', 'Stock', 'keyword', 'regexp:(a)\\1', 400, '無效的正則表達式'],
    ['a count of nought', 'Stock', 'pushsum', '0', 400, '無效的推文數'],
    ['a count that is none', 'Stock', 'pushsum', '1.5', 400, '無效的推文數'],
    ['the same again', 'GOSSIPING', 'keyword', ' 問卦 ', 409, '訂閱已存在'],
  ])('refuses %s', async (_, board, type, value, status, message) => {
    expect(await create(user, board, type, value)).toEqual(refusal(status, message))
  })

  it('refuses what is no JSON, and nobody', async () => {
    expect(await call(user, 'POST', '/api/subscriptions', '{')).toEqual(refusal(400, '無效的請求內容'))
    expect(await call(null, 'POST', '/api/subscriptions', {})).toEqual(refusal(401, '未授權'))
  })

  it('stops a user at three, also when all come at once, and an admin never', async () => {
    const boards = ['Stock', 'Beauty', 'NBA', 'movie']
    const answers = await Promise.all(boards.map((board) => create(user, board, 'author', 'Somebody')))
    expect(answers.map((one) => one.status).toSorted((a, b) => a - b)).toEqual([201, 201, 403, 403])
    expect(await create(user, 'movie', 'pushsum', '100')).toEqual(refusal(403, '已達訂閱上限，一般用戶最多 3 組訂閱'))
    const admins = await Promise.all(boards.map((board) => create(admin, board, 'pushsum', '-50')))
    expect(admins.map((one) => one.status)).toEqual([201, 201, 201, 201])
  })

  it('answers 503 while PTT cannot be asked, but for boards that are known', async () => {
    ptt.mood((request) => {
      request.socket.destroy()
      return true
    })
    try {
      expect(await create(admin, 'Unheard', 'keyword', 'x')).toEqual(refusal(503, '暫時無法連線至 PTT'))
      expect((await create(admin, 'Gossiping', 'keyword', '爆卦')).status).toBe(201)
    } finally {
      ptt.mood(undefined)
    }
  })
})

describe('the others', () => {
  const mine = async (): Promise<{ id: number; board: string; enabled: boolean }[]> =>
    (await call(user, 'GET', '/api/subscriptions')).body as { id: number; board: string; enabled: boolean }[]

  it('GET lists one’s own and nobody else’s', async () => {
    expect(await mine()).toHaveLength(3)
    expect((await call(other, 'GET', '/api/subscriptions')).body).toEqual([])
  })

  it('GET :id is the owner’s and an admin’s', async () => {
    const [first] = await mine()
    const path = `/api/subscriptions/${first?.id}`
    expect(await call(user, 'GET', path)).toEqual({ status: 200, body: first })
    expect((await call(admin, 'GET', path)).status).toBe(200)
    expect(await call(other, 'GET', path)).toEqual(refusal(403, '禁止存取'))
    expect(await call(user, 'GET', '/api/subscriptions/999999')).toEqual(refusal(404, '找不到訂閱'))
    for (const id of ['abc', '0', '-1', '99999999999']) {
      expect(await call(user, 'GET', `/api/subscriptions/${id}`)).toEqual(refusal(400, '無效的訂閱 ID'))
    }
  })

  it('PUT :id switches, changes, and refuses in document 2’s words', async () => {
    const [first] = await mine()
    const path = `/api/subscriptions/${first?.id}`
    const updated = { status: 200, body: { success: true, message: '訂閱已更新' } }
    expect(await call(user, 'PUT', path, { enabled: false })).toEqual(updated)
    expect((await mine())[0]?.enabled).toBe(false)
    expect(await call(user, 'PUT', path, { enabled: true, board: 'nba', value: '林書豪' })).toEqual(updated)
    expect((await mine())[0]).toMatchObject({ board: 'NBA', value: '林書豪', enabled: true })
    expect(await call(user, 'PUT', path, {})).toEqual(refusal(400, '無效的請求內容'))
    expect(await call(user, 'PUT', path, { enabled: 'yes' })).toEqual(refusal(400, '無效的請求內容'))
    expect(await call(user, 'PUT', path, '{')).toEqual(refusal(400, '無效的請求內容'))
    expect(await call(user, 'PUT', path, { board: 'NoSuchBoard' })).toEqual(refusal(400, '看板不存在'))
    expect(await call(user, 'PUT', '/api/subscriptions/x', { enabled: true })).toEqual(refusal(400, '無效的訂閱 ID'))
    expect(await call(other, 'PUT', path, { enabled: true })).toEqual(refusal(403, '禁止存取'))
    expect(await call(user, 'PUT', '/api/subscriptions/999999', { enabled: true })).toEqual(refusal(404, '找不到訂閱'))
  })

  it('DELETE :id', async () => {
    const [first] = await mine()
    const path = `/api/subscriptions/${first?.id}`
    expect(await call(other, 'DELETE', path)).toEqual(refusal(403, '禁止存取'))
    expect(await call(user, 'DELETE', '/api/subscriptions/x')).toEqual(refusal(400, '無效的訂閱 ID'))
    expect(await call(user, 'DELETE', path)).toEqual({ status: 200, body: { success: true, message: '訂閱已刪除' } })
    expect(await call(user, 'DELETE', path)).toEqual(refusal(404, '找不到訂閱'))
  })

  it('an admin sees a user’s subscriptions beside the account', async () => {
    const { body } = await call(admin, 'GET', `/api/admin/users/${user.id}`)
    expect((body as { subscriptions: unknown[] }).subscriptions).toEqual(await mine())
  })
})

describe('preview, limits and status', () => {
  it('tells what would have matched', async () => {
    ptt.post('MobileComm', { title: '[問卦] ＩＰＨＯＮＥ 好用嗎', author: 'fan' })
    const preview = (board: string, sub_type: string, value: string) =>
      call(user, 'POST', '/api/v1/alerts/preview', { board, sub_type, value })
    const found = (await preview('mobilecomm', 'keyword', 'iphone')).body as {
      data: { board: string; matches: unknown[] }
    }
    expect(found.data.board).toBe('MobileComm')
    expect(found.data.matches).toMatchObject([{ title: '[問卦] ＩＰＨＯＮＥ 好用嗎', author: 'fan' }])
    const asked = ptt.requests.length
    expect((await preview('MobileComm', 'author', 'FAN')).body).toMatchObject({
      data: { matches: [{ author: 'fan' }] },
    })
    expect((await preview('MobileComm', 'keyword', 'regexp:(')).status).toBe(400)
    // The board was read just now: the site is left alone while somebody types.
    expect(ptt.requests.length).toBe(asked)
    const limits = await call(user, 'GET', '/api/v1/alerts/limits')
    expect((limits.body as { data: unknown }).data).toEqual({ used: 2, limit: 3 })
    const boards = await call(user, 'GET', '/api/v1/alerts/boards')
    expect((boards.body as { data: { boards: unknown[] } }).data.boards).toHaveLength(2)
    expect((await call(user, 'GET', '/api/v1/admin/crawler')).status).toBe(403)
    expect((await call(admin, 'GET', '/api/v1/admin/crawler')).status).toBe(200)
  })
})
