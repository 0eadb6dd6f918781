import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call } from '#test/support/accounts-client.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'

/** Document 5's rate limits on accounts, and the slowing of guesses, which no setting turns off. */
const password = 'password123'
let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ env: { CONFAB_RATE_LIMITS: 'on' } })
})
afterAll(() => app.close())

describe('rate limits', () => {
  test.each([
    ['POST /api/v1/auth/register', 5, 60],
    ['POST /api/v1/auth/login', 5, 60],
    ['POST /api/v1/auth/refresh', 10, 60],
    ['POST /api/v1/auth/forgot-password', 3, 3600],
    ['POST /api/v1/auth/reset-password', 5, 3600],
  ])('%s: %i, then 429 with Retry-After, for that address alone', async (route, limit, seconds) => {
    for (let i = 1; i <= limit; i++) {
      const { status, headers } = await call(app, route, {}, { address: '198.51.100.1' })
      expect(status).not.toBe(429)
      expect(headers).toMatchObject({ 'ratelimit-limit': String(limit), 'ratelimit-remaining': String(limit - i) })
    }
    const refused = await call(app, route, {}, { address: '198.51.100.1' })
    expect(refused).toMatchObject({ status: 429, body: { code: 429, message: '请求过多', data: null } })
    const wait = Number(refused.headers['retry-after'])
    expect(wait).toBeGreaterThan(seconds - 60)
    expect(wait).toBeLessThanOrEqual(seconds)
    expect((await call(app, route, {}, { address: '198.51.100.2' })).status).not.toBe(429)
  })

  test('are per account where it is known, wherever it comes from', async () => {
    const { body } = await call(app, 'POST /api/auth/register', { email: 'first@example.com', password })
    const { body: other } = await call(app, 'POST /api/auth/register', { email: 'second@example.com', password })
    const payload = { old_password: 'wrong one', new_password: 'x' }
    for (let i = 0; i < 10; i++) {
      const from = { bearer: body.token, address: `198.51.100.${i + 10}` }
      expect((await call(app, 'POST /api/v1/users/change-password', payload, from)).status).toBe(400)
    }
    const from = (bearer: string) => ({ bearer, address: '198.51.100.99' })
    expect((await call(app, 'POST /api/v1/users/change-password', payload, from(body.token))).status).toBe(429)
    expect((await call(app, 'POST /api/v1/users/change-password', payload, from(other.token))).status).toBe(400)
  })

  test('count refreshing for the account whose token is shown, not for the office it sits in', async () => {
    const address = '198.51.100.50'
    const signIn = async (name: string): Promise<{ refresh_token: string; token: string }> => {
      const person = { username: name, email: `${name}@example.com`, password }
      await call(app, 'POST /api/v1/auth/register', person, { address: '198.51.100.51' })
      return (await call(app, 'POST /api/v1/auth/login', person, { address: '198.51.100.51' })).body.data
    }
    const refresh = (refresh_token: string, from: string) =>
      call(app, 'POST /api/v1/auth/refresh', { refresh_token }, { address: from })
    let busy = await signIn('busy')
    const calm = await signIn('calm')
    for (let i = 0; i < 10; i++) {
      const { status, body } = await refresh(busy.refresh_token, address)
      expect(status).toBe(200)
      busy = body.data
    }
    expect((await refresh(busy.refresh_token, '198.51.100.52')).status).toBe(429)
    expect((await call(app, 'POST /api/v1/auth/refresh', {}, { bearer: busy.token, address })).status).toBe(429)
    const other = await refresh(calm.refresh_token, address)
    expect(other).toMatchObject({ status: 200, headers: { 'ratelimit-limit': '10', 'ratelimit-remaining': '9' } })
  })

  test('document 4 is held to fewer than documents 1 and 2', async () => {
    const count = async (payload: unknown): Promise<number> => {
      for (let i = 0; i < 500; i++) {
        const { status } = await call(app, 'POST /api/auth/login', payload, { address: '10.9.9.9' })
        if (status === 429) return i
      }
      return 500
    }
    const workspace = await count({ account: '' })
    const refused = await call(app, 'POST /api/auth/login', { account: '' }, { address: '10.9.9.9' })
    expect(refused.body).toEqual({
      message: '請求過於頻繁，請稍後再試',
      data: {},
      error: { code: 'E014_RATE_LIMITED' },
    })
    expect(workspace).toBeLessThan(await count({ email: 5 }))
  })
})

describe('guessing', () => {
  test('is slowed in each family’s words, and the owner comes in from elsewhere', async () => {
    const email = 'victim@example.com'
    await call(app, 'POST /api/auth/register', { email, password })
    const from = { address: '10.8.8.8' }
    for (let i = 0; i < 10; i++) await call(app, 'POST /api/auth/login', { email, password: 'wrong one' }, from)
    const plain = await call(app, 'POST /api/auth/login', { email, password }, from)
    expect(plain).toMatchObject({ status: 429, body: { success: false, message: '請求過於頻繁，請稍後再試' } })
    expect(Number(plain.headers['retry-after'])).toBeGreaterThan(0)
    expect(await call(app, 'POST /api/auth/signin', { email, password }, from)).toMatchObject({
      status: 429,
      body: { error: 'Too many requests', message: 'Too many requests' },
    })
    expect(await call(app, 'POST /api/auth/login', { account: email, password }, from)).toMatchObject({
      status: 429,
      body: { error: { code: 'E014_RATE_LIMITED' } },
    })
    expect(await call(app, 'POST /api/v1/auth/login', { username: email, password }, from)).toMatchObject({
      status: 429,
      body: { code: 429 },
    })
    expect((await call(app, 'POST /api/auth/login', { email, password }, { address: '10.8.8.9' })).status).toBe(200)
  })
})
