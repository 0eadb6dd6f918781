import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call } from '#test/support/accounts-client.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'

/** Register and login against document 4, on the paths of documents 1 and 2, and its allow-list. */
let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

const failure = (code: string, message: string) => ({ message, data: {}, error: { code } })
const MISSING = failure('E012_MISSING_FIELDS', '資料未提供或格式錯誤')
const good = {
  email: 'user@example.com',
  username: 'user',
  account: 'account',
  password: 'password123',
  passwordChk: 'password123',
}
const other = { ...good, email: 'other@example.com', account: 'other' }

describe('POST /api/auth/register', () => {
  test('answers 200 as the document shows, and the names are what they are elsewhere', async () => {
    const answer = await call(app, 'POST /api/auth/register', good)
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      message: '使用者註冊成功',
      data: { user: { id: expect.any(Number) }, token: expect.any(String) },
      error: {},
    })
    const { body } = await call(app, 'GET /api/v1/users/profile', undefined, { bearer: answer.body.data.token })
    expect(body.data).toMatchObject({ username: 'account', nickname: 'user', email: 'user@example.com' })
  })

  test.each([
    ['the same account again', good, 409, failure('E001_USER_EXISTS', '註冊帳號已存在')],
    ['the same e-mail', { ...good, account: 'new' }, 409, failure('E001_USER_EXISTS', '註冊帳號已存在')],
    [
      'the same login',
      { ...good, email: 'new@example.com', account: 'ACCOUNT' },
      409,
      failure('E001_USER_EXISTS', '註冊帳號已存在'),
    ],
    ['an e-mail that is none', { ...other, email: 'user' }, 400, failure('E002_INVALID_EMAIL', '電子信箱格式錯誤')],
    [
      'two passwords',
      { ...other, passwordChk: 'password124' },
      400,
      failure('E009_PASSWORD_NOT_SAME', '密碼和確認密碼不同'),
    ],
    ['both', { ...other, email: 'x', passwordChk: 'y' }, 400, failure('E002_INVALID_EMAIL', '電子信箱格式錯誤')],
    [
      'a short password',
      { ...other, password: '12345', passwordChk: '12345' },
      400,
      failure('E012_MISSING_FIELDS', '密碼必須為 6 到 100 個字元'),
    ],
    [
      'a login with spaces',
      { ...other, account: 'a b' },
      400,
      failure('E012_MISSING_FIELDS', '帳號格式錯誤，只能使用文字、數字和 . _ - +'),
    ],
    ['a name of nothing', { ...other, username: '\u200b' }, 400, failure('E012_MISSING_FIELDS', '使用者名稱格式錯誤')],
    ['no e-mail', { ...other, email: undefined }, 400, MISSING],
    ['no name', { ...other, username: undefined }, 400, MISSING],
    ['no password', { ...other, password: undefined }, 400, MISSING],
    ['no second password', { ...other, passwordChk: undefined }, 400, MISSING],
    ['no login', { ...other, account: undefined }, 400, MISSING],
    ['an empty login', { ...other, account: '' }, 400, MISSING],
    ['wrong types', { ...other, account: 5, password: [] }, 400, MISSING],
    ['a NUL', { ...other, username: 'a\0b' }, 400, MISSING],
    ['something huge', { ...other, username: 'x'.repeat(5000) }, 400, MISSING],
  ])('refuses %s', async (_what, payload, status, body) => {
    const answer = await call(app, 'POST /api/auth/register', payload)
    expect({ status: answer.status, body: answer.body }).toEqual({ status, body })
  })

  test('takes an e-mail for a login as none of its own', async () => {
    const email = 'mailed@example.com'
    const answer = await call(app, 'POST /api/auth/register', { ...good, email, account: email })
    expect(answer.status).toBe(200)
    const login = await call(app, 'POST /api/auth/login', { account: email, password: good.password })
    expect(login.body.data.user).toMatchObject({ email })
    const stranger = { ...other, account: 'victim@example.com' }
    expect((await call(app, 'POST /api/auth/register', stranger)).status).toBe(400)
  })
})

describe('POST /api/auth/login', () => {
  test.each(['account', 'ACCOUNT', 'user@example.com', ' User@Example.com '])(
    'by %j answers as the document shows',
    async (account) => {
      const answer = await call(app, 'POST /api/auth/login', { account, password: 'password123' })
      expect(answer.status).toBe(200)
      expect(answer.body).toEqual({
        message: '登入成功',
        data: {
          user: { id: expect.any(Number), email: 'user@example.com', username: 'user' },
          token: expect.any(String),
        },
        error: {},
      })
    },
  )

  test.each([
    [
      'an unknown login',
      { account: 'nobody', password: 'password123' },
      404,
      failure('E008_ACCOUNT_NOT_EXIST', '登入失敗，帳號不存在'),
    ],
    [
      'an unknown e-mail',
      { account: 'no@example.com', password: 'x' },
      404,
      failure('E008_ACCOUNT_NOT_EXIST', '登入失敗，帳號不存在'),
    ],
    [
      'a wrong password',
      { account: 'account', password: 'password124' },
      401,
      failure('E003_INVALID_CREDENTIALS', '登入失敗，帳號密碼錯誤'),
    ],
    ['no password', { account: 'account' }, 400, MISSING],
    ['an empty password', { account: 'account', password: '' }, 400, MISSING],
    ['an empty login', { account: '', password: 'password123' }, 400, MISSING],
    ['wrong types', { account: {}, password: 5 }, 400, MISSING],
  ])('refuses %s', async (_what, payload, status, body) => {
    const answer = await call(app, 'POST /api/auth/login', payload)
    expect({ status: answer.status, body: answer.body }).toEqual({ status, body })
  })

  test('a body of documents 1 and 2 stays theirs', async () => {
    const answer = await call(app, 'POST /api/auth/login', { email: 'user@example.com', password: 'wrong one' })
    expect(answer).toMatchObject({ status: 401, body: { success: false, message: '電子郵件或密碼錯誤' } })
  })
})

describe('the allow-list', () => {
  const FORBIDDEN = failure('E013_FORBIDDEN_IP', '此 IP 位址不允許存取')

  test('keeps other addresses from document 4, before anything else, and from nothing else', async () => {
    for (const address of ['203.0.113.5', '::ffff:203.0.113.5', '2001:db8::1']) {
      for (const [route, payload] of [
        ['POST /api/auth/register', { account: 5 }],
        ['POST /api/auth/register', { passwordChk: '' }],
        ['POST /api/auth/login', { account: 'account', password: 'password123' }],
        ['GET /api/schedules/nothing/here', undefined],
        ['DELETE /api/groups/x/y/z', undefined],
      ] as const) {
        const answer = await call(app, route, payload, { address })
        expect({ status: answer.status, body: answer.body }, route).toEqual({ status: 403, body: FORBIDDEN })
      }
      const payload = { email: 'user@example.com', password: 'password123' }
      expect((await call(app, 'POST /api/auth/login', payload, { address })).status).toBe(200)
      expect((await call(app, 'POST /api/auth/signin', payload, { address })).status).toBe(200)
    }
  })

  test.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', 'fd00::1'])(
    'lets %s in',
    async (address) => {
      const payload = { account: 'account', password: 'password123' }
      expect((await call(app, 'POST /api/auth/login', payload, { address })).status).toBe(200)
    },
  )

  test('believes X-Forwarded-For from a trusted proxy alone', async () => {
    const payload = { account: 'account', password: 'password123' }
    const inside = { 'x-forwarded-for': '10.0.0.1' }
    expect((await call(app, 'POST /api/auth/login', payload, { address: '203.0.113.5', headers: inside })).status).toBe(
      403,
    )
    const behind = await startTestApp({
      env: { CONFAB_TRUSTED_PROXIES: '203.0.113.5', CONFAB_ALLOWED_IPS: '198.51.100.0/24' },
    })
    try {
      const status = async (address: string, forwarded: string): Promise<number> => {
        const headers = { 'x-forwarded-for': forwarded }
        return (await call(behind, 'POST /api/auth/login', payload, { address, headers })).status
      }
      expect(await status('203.0.113.5', '198.51.100.7')).toBe(404)
      expect(await status('203.0.113.5', '198.51.100.7, 192.0.2.1')).toBe(403)
      expect(await status('203.0.113.6', '198.51.100.7')).toBe(403)
    } finally {
      await behind.close()
    }
  })
})
