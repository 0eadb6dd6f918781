import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call } from '#test/support/accounts-client.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'

/** Register, login, me, `/api/user/*` and the dashboard, against documents 1 and 2. */
let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
  // The installation's first account is its admin; the others are ordinary ones.
  await call(app, 'POST /api/auth/register', { email: 'admin@example.com', password: 'password123' })
})
afterAll(() => app.close())

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const API_KEY = /^occ_[A-Za-z0-9]{32}$/
const DEEP = '['.repeat(100_000) + ']'.repeat(100_000)
const failure = (message: string) => ({ success: false, message })

let made = 0
async function newPerson(): Promise<{ email: string; token: string; apiKey: string; uuid: string }> {
  const email = `person${++made}@example.com`
  const { body } = await call(app, 'POST /api/auth/register', { email, password: 'password123' })
  return { email, token: body.token, apiKey: body.user.apiKey, uuid: body.user.id }
}

describe('POST /api/auth/register', () => {
  test('answers 201 with what both documents show', async () => {
    const answer = await call(app, 'POST /api/auth/register', { email: 'user@example.com', password: 'password123' })
    expect(answer.status).toBe(201)
    expect(answer.body).toEqual({
      token: expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/),
      user: { id: expect.stringMatching(UUID), email: 'user@example.com', apiKey: expect.stringMatching(API_KEY) },
    })
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
    expect(answer.headers['cache-control']).toBe('no-store')
  })

  test('fields of other documents count for nothing', async () => {
    const body = { email: 'more@example.com', password: 'password123', login: 5, displayName: {}, passwordAgain: 'x' }
    const answer = await call(app, 'POST /api/auth/register', body)
    expect(answer.status).toBe(201)
    const { body: profile } = await call(app, 'GET /api/v1/users/profile', undefined, { bearer: answer.body.token })
    expect(profile.data).toMatchObject({ username: 'more', nickname: 'more' })
  })

  test.each([
    ['JSON that is none', '{"email":', 400, '無效的請求內容'],
    ['an array', [], 400, '無效的請求內容'],
    ['nothing', undefined, 400, '無效的請求內容'],
    ['an e-mail that is a number', { email: 5, password: 'password123' }, 400, '無效的請求內容'],
    ['a password that is a number', { email: 'a@b.co', password: 12345678 }, 400, '無效的請求內容'],
    ['null for an e-mail', { email: null, password: 'password123' }, 400, '無效的請求內容'],
    ['a NUL', { email: 'a@b.co', password: 'pass\0word' }, 400, '無效的請求內容'],
    ['a nesting without end', `{"email":"a@b.co","password":"password123","more":${DEEP}}`, 400, '無效的請求內容'],
    ['no e-mail', { password: 'password123' }, 400, '無效的電子郵件格式'],
    ['an empty e-mail', { email: '', password: 'password123' }, 400, '無效的電子郵件格式'],
    ['an e-mail that is none', { email: 'user@', password: 'password123' }, 400, '無效的電子郵件格式'],
    ['an e-mail that is none and a short password', { email: 'x', password: '1' }, 400, '無效的電子郵件格式'],
    ['an e-mail too long', { email: `${'x'.repeat(2000)}@b.co`, password: 'password123' }, 400, '無效的電子郵件格式'],
    ['an e-mail of 255', { email: `a@${'x.'.repeat(126)}c`, password: 'password123' }, 400, '無效的電子郵件格式'],
    ['no password', { email: 'a@b.co' }, 400, '密碼必須至少 6 個字元'],
    ['a short password', { email: 'a@b.co', password: '12345' }, 400, '密碼必須至少 6 個字元'],
    ['a password of 101', { email: 'a@b.co', password: 'x'.repeat(101) }, 400, '密碼不能超過 100 個字元'],
    ['a password of 2000', { email: 'a@b.co', password: 'x'.repeat(2000) }, 400, '密碼不能超過 100 個字元'],
    ['an e-mail there is', { email: 'ADMIN@example.com ', password: 'password123' }, 409, '電子郵件已存在'],
  ])('refuses %s', async (_what, payload, status, message) => {
    const before = await app.db.query('SELECT count(*) FROM accounts')
    const answer = await call(app, 'POST /api/auth/register', payload)
    expect(answer).toMatchObject({ status, body: failure(message) })
    expect(answer.body).toEqual(failure(message))
    expect(await app.db.query('SELECT count(*) FROM accounts')).toEqual(before)
  })

  test('refuses a body over a megabyte, a form, and other methods', async () => {
    const big = await call(app, 'POST /api/auth/register', { email: 'a@b.co', password: 'x'.repeat(1_100_000) })
    expect(big).toMatchObject({ status: 413, body: failure('請求內容過大') })
    const form = await call(app, 'POST /api/auth/register', 'email=a', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(form).toMatchObject({ status: 400, body: failure('無效的請求內容') })
    for (const route of [
      'GET /api/auth/register',
      'PUT /api/auth/login',
      'DELETE /api/auth/me',
      'GET /api/auth/nothing',
    ]) {
      expect(await call(app, route)).toMatchObject({ status: 404, body: failure('資源不存在') })
    }
  })
})

describe('POST /api/auth/login', () => {
  test('answers 200 with what both documents show; the API key is the same as before', async () => {
    const person = await newPerson()
    const answer = await call(app, 'POST /api/auth/login', {
      email: person.email.toUpperCase(),
      password: 'password123',
    })
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      token: expect.any(String),
      user: { id: person.uuid, email: person.email, apiKey: person.apiKey },
    })
  })

  test('is one answer for a wrong password, an unknown account and what is no address', async () => {
    const person = await newPerson()
    for (const email of [person.email, 'nobody@example.com', 'nobody', '']) {
      const answer = await call(app, 'POST /api/auth/login', { email, password: 'wrong one' })
      expect(answer).toMatchObject({ status: 401, body: failure('電子郵件或密碼錯誤') })
    }
  })

  test.each([
    ['broken JSON', '{'],
    ['no password', { email: 'a@b.co' }],
    ['wrong types', { email: [], password: {} }],
    ['null', null],
    ['something huge', { email: 'a@b.co', password: 'x'.repeat(5000) }],
  ])('refuses %s', async (_what, payload) => {
    const answer = await call(app, 'POST /api/auth/login', payload)
    expect(answer).toMatchObject({ status: 400, body: failure('無效的請求內容') })
  })

  test('tells a disabled account only to whoever knows the password', async () => {
    const person = await newPerson()
    await app.db.query("UPDATE accounts SET status = 'banned' WHERE email = $1", [person.email])
    const right = await call(app, 'POST /api/auth/login', { email: person.email, password: 'password123' })
    expect(right).toMatchObject({ status: 403, body: failure('帳號已停用') })
    const wrong = await call(app, 'POST /api/auth/login', { email: person.email, password: 'password124' })
    expect(wrong).toMatchObject({ status: 401, body: failure('電子郵件或密碼錯誤') })
  })
})

describe('GET /api/auth/me', () => {
  test('answers as document 2 shows, by token and by API key', async () => {
    const { email, token, apiKey } = await newPerson()
    for (const from of [{ bearer: token }, { apiKey }, { bearer: apiKey }]) {
      const answer = await call(app, 'GET /api/auth/me', undefined, from)
      expect(answer.status).toBe(200)
      expect(answer.body).toEqual({
        id: expect.any(Number),
        email,
        role: 'user',
        bindings: { telegram: false, line: false, discord: false },
        enabled: true,
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      })
    }
  })

  test('answers 401 to nobody, to a forgery, and to whoever was disabled', async () => {
    const { email, token } = await newPerson()
    await app.db.query("UPDATE accounts SET status = 'banned' WHERE email = $1", [email])
    const senders = [{}, { bearer: 'x' }, { bearer: `${token}x` }, { bearer: token }, { apiKey: 'occ_x' }]
    for (const from of [...senders, { headers: { authorization: 'Basic eDp5' } }]) {
      const answer = await call(app, 'GET /api/auth/me', undefined, from)
      expect(answer).toMatchObject({ status: 401, body: failure('未授權') })
    }
  })
})

describe('document 1', () => {
  test('GET /api/user/me', async () => {
    const { uuid, email, token } = await newPerson()
    const { status, body } = await call(app, 'GET /api/user/me', undefined, { bearer: token })
    expect(status).toBe(200)
    expect(body).toEqual({ id: uuid, email, plan: 'free', matrixId: null, createdAt: expect.any(Number) })
    expect(Math.abs(Date.now() - (body.createdAt as number))).toBeLessThan(60_000)
  })

  test('PUT /api/user/matrix', async () => {
    const { token, apiKey } = await newPerson()
    const matrixId = '@yourname:matrix.example.com'
    expect(await call(app, 'PUT /api/user/matrix', { matrixId }, { bearer: token })).toMatchObject({
      status: 200,
      body: { success: true, matrixId },
    })
    expect((await call(app, 'GET /api/user/me', undefined, { apiKey })).body.matrixId).toBe(matrixId)
    for (const bad of ['yourname', '@yourname', '', 5, null, undefined, '@a b:c', `@${'x'.repeat(300)}:c`]) {
      const answer = await call(app, 'PUT /api/user/matrix', { matrixId: bad }, { bearer: token })
      expect(answer).toMatchObject({ status: 400, body: failure('無效的 Matrix ID') })
    }
    expect((await call(app, 'GET /api/user/me', undefined, { apiKey })).body.matrixId).toBe(matrixId)
    expect((await call(app, 'PUT /api/user/matrix', { matrixId }, { apiKey })).status).toBe(200)
  })

  test('POST /api/user/regenerate-api-key ends the old key, and takes a token, not a key', async () => {
    const { token, apiKey } = await newPerson()
    const refused = await call(app, 'POST /api/user/regenerate-api-key', undefined, { apiKey })
    expect(refused).toMatchObject({ status: 403, body: failure('禁止存取') })
    const forged = await call(app, 'POST /api/user/regenerate-api-key', undefined, { apiKey: 'occ_nobodys' })
    expect(forged).toMatchObject({ status: 401, body: failure('未授權') })
    const answer = await call(app, 'POST /api/user/regenerate-api-key', undefined, { bearer: token })
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({ apiKey: expect.stringMatching(API_KEY) })
    expect(answer.body.apiKey).not.toBe(apiKey)
    expect((await call(app, 'GET /api/user/me', undefined, { apiKey })).status).toBe(401)
    expect((await call(app, 'GET /api/user/me', undefined, { apiKey: answer.body.apiKey })).status).toBe(200)
  })

  test('GET /api/dashboard names the socket by the host the client reached', async () => {
    const { email, token, apiKey } = await newPerson()
    const headers = { host: '157.245.205.19:3000' }
    const { status, body } = await call(app, 'GET /api/dashboard', undefined, { bearer: token, headers })
    expect(status).toBe(200)
    expect(body).toEqual({
      email,
      plan: 'free',
      matrixId: null,
      apiKey,
      wsUrl: `ws://157.245.205.19:3000/ws?token=${token}`,
      sessions: [],
    })
    const byKey = await call(app, 'GET /api/dashboard', undefined, { apiKey, headers })
    expect(byKey.body.wsUrl).toBe(`ws://157.245.205.19:3000/ws?token=${apiKey}`)
    const odd = await call(app, 'GET /api/dashboard', undefined, { apiKey, headers: { host: 'a/b"c' } })
    expect(odd.body.wsUrl).toMatch(/^ws:\/\/localhost:\d+\/ws\?token=occ_/)
  })
})
