import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call } from '#test/support/accounts-client.ts'
import type { Answer } from '#test/support/accounts-client.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'

/** `/api/admin/users*` against document 2, `/api/v1/admin/users*` against document 5, and the audit log. */
const password = 'password123'
let app: TestApp
let admin: Person
let made = 0

interface Person {
  id: number
  email: string
  token: string
  apiKey: string
}

async function newPerson(): Promise<Person> {
  const email = `person${++made}@example.com`
  const { body } = await call(app, 'POST /api/auth/register', { email, password })
  const me = await call(app, 'GET /api/auth/me', undefined, { bearer: body.token })
  return { id: me.body.id, email, token: body.token, apiKey: body.user.apiKey }
}
const ask = (route: string, payload?: unknown): Promise<Answer> => call(app, route, payload, { bearer: admin.token })
const plainFailure = (message: string) => ({ success: false, message })
const statusOf = async (person: Person): Promise<number> =>
  (await call(app, 'GET /api/auth/me', undefined, { bearer: person.token })).status
const outcome = ({ status, body }: Answer): unknown => ({ status, body })

beforeAll(async () => {
  app = await startTestApp()
  admin = await newPerson()
})
afterAll(() => app.close())

describe('every admin route', () => {
  const routes = [
    'GET /api/admin/users',
    'GET /api/admin/users/1',
    'PUT /api/admin/users/1',
    'DELETE /api/admin/users/1',
    'GET /api/v1/admin/users',
    'GET /api/v1/admin/users/1',
    'PUT /api/v1/admin/users/1',
    'DELETE /api/v1/admin/users/1',
    'POST /api/v1/admin/users/1/ban',
    'POST /api/v1/admin/users/1/unban',
    'GET /api/v1/admin/audit',
  ]
  test.each(routes)('%s is for admins with a token', async (route) => {
    const person = await newPerson()
    expect((await call(app, route)).status).toBe(401)
    expect((await call(app, route, undefined, { bearer: person.token })).status).toBe(403)
    expect((await call(app, route, undefined, { apiKey: admin.apiKey })).status).toBe(403)
    expect((await call(app, route, undefined, { apiKey: 'occ_nobodys' })).status).toBe(401)
    const words = route.includes('/v1/') ? { code: 403, message: '无权限' } : plainFailure('禁止存取')
    expect((await call(app, route, undefined, { bearer: person.token })).body).toMatchObject(words)
  })
})

describe('document 2', () => {
  const shown = (person: Person, more: object = {}) => ({
    id: person.id,
    email: person.email,
    role: 'user',
    enabled: true,
    created_at: expect.stringMatching(/Z$/) as unknown,
    updated_at: expect.stringMatching(/Z$/) as unknown,
    ...more,
  })

  test('GET /api/admin/users and /:id', async () => {
    const person = await newPerson()
    const list = await ask('GET /api/admin/users')
    expect(list.status).toBe(200)
    expect(list.body).toContainEqual(shown(person))
    expect(list.body).toContainEqual(shown(admin, { role: 'admin' }))
    const one = await ask(`GET /api/admin/users/${person.id}`)
    expect(outcome(one)).toEqual({ status: 200, body: { account: shown(person), subscriptions: [] } })
  })

  test('PUT /api/admin/users/:id disables at once and enables again', async () => {
    const person = await newPerson()
    const put = (payload: unknown): Promise<Answer> => ask(`PUT /api/admin/users/${person.id}`, payload)
    const done = { status: 200, body: { success: true, message: '用戶已更新' } }
    expect(outcome(await put({ role: 'user', enabled: false }))).toEqual(done)
    expect(await statusOf(person)).toBe(401)
    expect((await ask(`GET /api/admin/users/${person.id}`)).body.account.enabled).toBe(false)
    expect(outcome(await put({ role: 'admin', enabled: true }))).toEqual(done)
    expect((await ask(`GET /api/admin/users/${person.id}`)).body.account).toMatchObject({
      role: 'admin',
      enabled: true,
    })
    expect(outcome(await put({ role: 'user', enabled: true }))).toEqual(done)

    const role = { status: 400, body: plainFailure('無效的角色，必須是 admin 或 user') }
    expect(outcome(await put({ role: 'root', enabled: true }))).toEqual(role)
    expect(outcome(await put({ enabled: true }))).toEqual(role)
    expect(outcome(await put({ role: 5, enabled: true }))).toEqual(role)
    const content = { status: 400, body: plainFailure('無效的請求內容') }
    expect(outcome(await put({ role: 'user' }))).toEqual(content)
    expect(outcome(await put({ role: 'user', enabled: 'no' }))).toEqual(content)
    expect(outcome(await put('{'))).toEqual(content)
  })

  test('DELETE /api/admin/users/:id', async () => {
    const person = await newPerson()
    const answer = await ask(`DELETE /api/admin/users/${person.id}`)
    expect(outcome(answer)).toEqual({ status: 200, body: { success: true, message: '用戶已刪除' } })
    // The token ended everywhere; here document 2 says why.
    const me = await call(app, 'GET /api/auth/me', undefined, { bearer: person.token })
    expect(outcome(me)).toEqual({ status: 404, body: plainFailure('找不到帳號') })
    const dashboard = await call(app, 'GET /api/dashboard', undefined, { bearer: person.token })
    expect(outcome(dashboard)).toEqual({ status: 401, body: plainFailure('未授權') })
    const profile = await call(app, 'GET /api/v1/users/profile', undefined, { bearer: person.token })
    expect(profile).toMatchObject({ status: 401, body: { code: 1005 } })
    expect((await call(app, 'GET /api/auth/me', undefined, { apiKey: person.apiKey })).status).toBe(401)
    expect((await ask('GET /api/admin/users')).body).not.toContainEqual(expect.objectContaining({ id: person.id }))
    const gone = { status: 404, body: plainFailure('找不到用戶') }
    expect(outcome(await ask(`GET /api/admin/users/${person.id}`))).toEqual(gone)
    expect(outcome(await ask(`DELETE /api/admin/users/${person.id}`))).toEqual(gone)
  })

  test('ids that are none, or nobody’s', async () => {
    for (const id of ['abc', '0', '-1', '1e3x', '99999999999999', '%00']) {
      const words = { status: 400, body: plainFailure('無效的用戶 ID') }
      expect(outcome(await ask(`GET /api/admin/users/${id}`)), id).toEqual(words)
      expect(outcome(await ask(`PUT /api/admin/users/${id}`, { role: 'user', enabled: true })), id).toEqual(words)
      expect(outcome(await ask(`DELETE /api/admin/users/${id}`)), id).toEqual(words)
    }
    const nobody = { status: 404, body: plainFailure('找不到用戶') }
    expect(outcome(await ask('GET /api/admin/users/999999'))).toEqual(nobody)
    expect(outcome(await ask('PUT /api/admin/users/999999', { role: 'user', enabled: true }))).toEqual(nobody)
    expect(outcome(await ask('DELETE /api/admin/users/999999'))).toEqual(nobody)
  })

  test('the only admin stays', async () => {
    const kept = { status: 409, body: plainFailure('這是唯一的管理員，請先指定另一位管理員') }
    expect(outcome(await ask(`PUT /api/admin/users/${admin.id}`, { role: 'user', enabled: true }))).toEqual(kept)
    expect(outcome(await ask(`PUT /api/admin/users/${admin.id}`, { role: 'admin', enabled: false }))).toEqual(kept)
    expect(outcome(await ask(`DELETE /api/admin/users/${admin.id}`))).toEqual(kept)
  })
})

describe('document 5', () => {
  test('GET /api/v1/admin/users pages, and finds by keyword and status', async () => {
    const people = [await newPerson(), await newPerson(), await newPerson()]
    const first = await ask('GET /api/v1/admin/users?page=1&page_size=2')
    expect(first.body.data).toMatchObject({ page: 1, page_size: 2, users: [{ user_id: 1 }, {}] })
    expect(first.body.data.total).toBeGreaterThan(3)
    const second = await ask('GET /api/v1/admin/users?page=2&page_size=2')
    expect(second.body.data.users[0].user_id).toBeGreaterThan(first.body.data.users[1].user_id)
    const found = await ask(`GET /api/v1/admin/users?keyword=${people[1]?.email.toUpperCase()}`)
    expect(found.body.data).toMatchObject({ total: 1, page: 1, page_size: 20, users: [{ user_id: people[1]?.id }] })
    expect((await ask('GET /api/v1/admin/users?keyword=%25')).body.data.total).toBe(0)
    expect((await ask('GET /api/v1/admin/users?page=9999')).body.data.users).toEqual([])
    for (const query of ['page=0', 'page=x', 'page_size=101', 'page_size=0', 'status=happy']) {
      expect(await ask(`GET /api/v1/admin/users?${query}`), query).toMatchObject({
        status: 400,
        body: { code: 400, data: null },
      })
    }
  })

  test('GET and PUT /api/v1/admin/users/:id', async () => {
    const person = await newPerson()
    const get = await ask(`GET /api/v1/admin/users/${person.id}`)
    expect(get.body.data).toMatchObject({ user_id: person.id, email: person.email, status: 'active', role: 'user' })
    const put = await ask(`PUT /api/v1/admin/users/${person.id}`, {
      nickname: '小明',
      email: `x${person.email}`,
      role: 'admin',
    })
    expect(put.body.data).toMatchObject({
      nickname: '小明',
      email: `x${person.email}`,
      role: 'admin',
      status: 'active',
    })
    expect(
      (await ask(`PUT /api/v1/admin/users/${person.id}`, { status: 'banned', role: 'user' })).body.data.status,
    ).toBe('banned')
    expect(await statusOf(person)).toBe(401)
    expect((await ask(`PUT /api/v1/admin/users/${person.id}`, { status: 'active' })).body.data.status).toBe('active')
    expect((await ask(`PUT /api/v1/admin/users/${person.id}`, {})).status).toBe(200)
    const taken = await ask(`PUT /api/v1/admin/users/${person.id}`, { nickname: 'never', email: admin.email })
    expect(taken).toMatchObject({ status: 400, body: { code: 1002, message: '邮箱已存在', data: null } })
    for (const bad of [{ email: 'x' }, { nickname: '\u0007' }, { status: 'x' }, { role: 'x' }, { nickname: 5 }]) {
      expect(await ask(`PUT /api/v1/admin/users/${person.id}`, bad)).toMatchObject({ status: 400, body: { code: 400 } })
    }
    expect((await ask(`GET /api/v1/admin/users/${person.id}`)).body.data.nickname).toBe('小明')
    const deleted = await ask(`PUT /api/v1/admin/users/${person.id}`, { status: 'deleted' })
    expect(deleted).toMatchObject({ status: 200, body: { data: { status: 'deleted' } } })
    const list = await ask('GET /api/v1/admin/users?status=deleted')
    expect(list.body.data.users).toContainEqual(expect.objectContaining({ user_id: person.id, status: 'deleted' }))
  })

  test('ban and unban', async () => {
    const person = await newPerson()
    const login = (): Promise<Answer> => call(app, 'POST /api/v1/auth/login', { username: person.email, password })
    const ban = await ask(`POST /api/v1/admin/users/${person.id}/ban`, { reason: '垃圾讯息', duration: 24 })
    expect(ban).toMatchObject({ status: 200, body: { code: 200, data: null } })
    expect(await statusOf(person)).toBe(401)
    expect((await call(app, 'GET /api/auth/me', undefined, { apiKey: person.apiKey })).status).toBe(401)
    expect(await login()).toMatchObject({
      status: 403,
      body: { code: 403, message: expect.stringMatching(/封禁.*垃圾讯息/) },
    })
    const shown = (await ask(`GET /api/v1/admin/users/${person.id}`)).body.data
    expect(shown).toMatchObject({ status: 'banned', ban_reason: '垃圾讯息' })
    expect(Math.abs(Date.parse(shown.banned_until) - Date.now() - 86_400_000)).toBeLessThan(60_000)
    await app.db.query('UPDATE accounts SET banned_until = now() WHERE id = $1', [person.id])
    expect((await login()).status).toBe(200)

    expect((await ask(`POST /api/v1/admin/users/${person.id}/ban`)).status).toBe(200)
    expect((await login()).status).toBe(403)
    expect((await ask(`POST /api/v1/admin/users/${person.id}/unban`)).body.data).toBeNull()
    expect((await login()).status).toBe(200)
    for (const bad of [{ duration: 0 }, { duration: -1 }, { duration: 'x' }, { duration: 1e9 }, { reason: 5 }]) {
      const answer = await ask(`POST /api/v1/admin/users/${person.id}/ban`, bad)
      expect(answer).toMatchObject({ status: 400, body: { code: 400 } })
    }
  })

  test('deletion, nobody, ids that are none, and the only admin', async () => {
    const person = await newPerson()
    expect(await ask(`DELETE /api/v1/admin/users/${person.id}`)).toMatchObject({ status: 200, body: { data: null } })
    expect(await statusOf(person)).toBe(404)
    const nobody = { status: 404, body: { code: 1003, message: '用户不存在', data: null } }
    for (const id of [person.id, 999_999]) {
      expect(await ask(`GET /api/v1/admin/users/${id}`)).toMatchObject(nobody)
      expect(await ask(`PUT /api/v1/admin/users/${id}`, { nickname: 'x' })).toMatchObject(nobody)
      expect(await ask(`DELETE /api/v1/admin/users/${id}`)).toMatchObject(nobody)
      expect(await ask(`POST /api/v1/admin/users/${id}/ban`, {})).toMatchObject(nobody)
      expect(await ask(`POST /api/v1/admin/users/${id}/unban`)).toMatchObject(nobody)
    }
    expect(await ask('GET /api/v1/admin/users/abc')).toMatchObject({ status: 400, body: { code: 400 } })
    const kept = { status: 409, body: { message: '这是唯一的管理员，请先指定另一位管理员' } }
    expect(await ask(`DELETE /api/v1/admin/users/${admin.id}`)).toMatchObject(kept)
    expect(await ask(`POST /api/v1/admin/users/${admin.id}/ban`, {})).toMatchObject(kept)
    expect(await ask(`PUT /api/v1/admin/users/${admin.id}`, { role: 'user' })).toMatchObject(kept)
  })
})

describe('GET /api/v1/admin/audit', () => {
  test('tells who did what, from where', async () => {
    const person = await newPerson()
    await call(app, 'POST /api/auth/login', { email: person.email, password: 'wrong one' }, { address: '203.0.113.7' })
    await ask(`POST /api/v1/admin/users/${person.id}/ban`, { reason: 'spam' })
    const { body } = await ask(`GET /api/v1/admin/audit?account_id=${person.id}`)
    expect(body.data).toMatchObject({ total: 3, page: 1, page_size: 20 })
    expect(body.data.entries).toMatchObject([
      {
        event: 'account.banned',
        account_id: person.id,
        actor_id: admin.id,
        email: person.email,
        details: { reason: 'spam' },
      },
      {
        event: 'sign-in.failed',
        account_id: person.id,
        actor_id: null,
        address: '203.0.113.7',
        user_agent: 'lightMyRequest',
      },
      { event: 'account.registered', account_id: person.id, actor_id: person.id },
    ])
    const failed = await ask('GET /api/v1/admin/audit?event=sign-in.failed&page_size=1')
    expect(failed.body.data.entries).toHaveLength(1)
  })
})
