import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call } from '#test/support/accounts-client.ts'
import type { Answer } from '#test/support/accounts-client.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'

/** Sign-up, sign-in, refresh and log-out against document 3. */
let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

const password = '12345678'
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown
const failure = (error: string) => ({ error, details: expect.any(String) as unknown, message: error })

let made = 0
async function newPerson(): Promise<{ email: string; token: string; refreshToken: string; id: number }> {
  const email = `test${++made}@gmail.com`
  await call(app, 'POST /api/auth/signup', { username: 'Test', email, password })
  const { body } = await call(app, 'POST /api/auth/signin', { email, password })
  return { email, token: body.token, refreshToken: body.refreshToken, id: body.user.id }
}
const refresh = (refreshToken: unknown): Promise<Answer> => call(app, 'POST /api/auth/refresh', { refreshToken })
const statusOf = async (bearer: string): Promise<number> =>
  (await call(app, 'GET /api/user/me', undefined, { bearer })).status

describe('POST /api/auth/signup', () => {
  test('answers 200 as the document shows', async () => {
    const answer = await call(app, 'POST /api/auth/signup', { username: 'Test', email: 'test@gmail.com', password })
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      message: 'sign up successful',
      user: { id: expect.any(Number), username: 'Test', email: 'test@gmail.com', createdAt: TIME, updatedAt: TIME },
    })
  })

  test.each([
    ['no name', { email: 'a@b.co', password }, /username/],
    ['no e-mail', { username: 'a', password }, /email/],
    ['no password', { username: 'a', email: 'a@b.co' }, /password/],
    ['an empty name', { username: ' ', email: 'a@b.co', password }, /name/],
    ['a bad e-mail', { username: 'a', email: 'nobody', password }, /e-mail/],
    ['a short password', { username: 'a', email: 'a@b.co', password: '12345' }, /at least 6/],
    ['a long password', { username: 'a', email: 'a@b.co', password: 'x'.repeat(101) }, /at most 100/],
    ['wrong types', { username: 1, email: 2, password: 3 }, /username/],
    ['broken JSON', '{', /./],
    ['a NUL', { username: 'a\0', email: 'a@b.co', password }, /NUL/],
  ])('refuses %s', async (_what, payload, details) => {
    const answer = await call(app, 'POST /api/auth/signup', payload)
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 400, body: failure('Validation failed') })
    expect(answer.body.details).toMatch(details)
  })

  test('refuses an e-mail in use', async () => {
    const answer = await call(app, 'POST /api/auth/signup', { username: 'x', email: 'TEST@gmail.com', password })
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 409, body: failure('Email already in use') })
  })
})

describe('POST /api/auth/signin', () => {
  test('answers 200 as the document shows', async () => {
    const answer = await call(app, 'POST /api/auth/signin', { email: 'test@gmail.com', password })
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      message: 'Login successful',
      token: expect.any(String),
      refreshToken: expect.any(String),
      user: { id: expect.any(Number), username: 'Test', email: 'test@gmail.com', createdAt: TIME, updatedAt: TIME },
    })
  })

  test('is one answer for a wrong password and an unknown account', async () => {
    for (const email of ['test@gmail.com', 'nobody@gmail.com']) {
      const answer = await call(app, 'POST /api/auth/signin', { email, password: 'wrong one' })
      expect({ status: answer.status, body: answer.body }).toEqual({
        status: 401,
        body: failure('Wrong email or password'),
      })
    }
    expect((await call(app, 'POST /api/auth/signin', { email: 'test@gmail.com' })).body).toEqual(
      failure('Validation failed'),
    )
  })

  test('refuses a disabled account with 403', async () => {
    const { email } = await newPerson()
    await app.db.query("UPDATE accounts SET status = 'banned' WHERE email = $1", [email])
    const answer = await call(app, 'POST /api/auth/signin', { email, password })
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 403, body: failure('Account disabled') })
  })
})

describe('POST /api/auth/refresh', () => {
  test('answers with new tokens, and the old one has been used', async () => {
    const person = await newPerson()
    const answer = await refresh(person.refreshToken)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      message: 'Token refreshed',
      token: expect.any(String),
      refreshToken: expect.any(String),
      user: { id: person.id, username: 'Test', email: person.email },
    })
    expect(answer.body.refreshToken).not.toBe(person.refreshToken)
    expect(await statusOf(answer.body.token)).toBe(200)
    // Two tabs: the same successor again, within ten seconds.
    expect((await refresh(person.refreshToken)).body.refreshToken).toBe(answer.body.refreshToken)
  })

  test('refuses a token used more than ten seconds ago, and with it the whole family', async () => {
    const person = await newPerson()
    const next = await refresh(person.refreshToken)
    await app.db.query("UPDATE refresh_tokens SET used_at = used_at - interval '11 seconds' WHERE used_at IS NOT NULL")
    for (const token of [person.refreshToken, next.body.refreshToken]) {
      const answer = await refresh(token)
      expect({ status: answer.status, body: answer.body }).toEqual({
        status: 401,
        body: failure('Invalid refresh token'),
      })
    }
    expect(await statusOf(next.body.token)).toBe(401)
  })

  test('refuses an unknown token with 401 and none with 400', async () => {
    const unknown = await refresh('PASTE_REFRESH_TOKEN_HERE')
    expect({ status: unknown.status, body: unknown.body }).toEqual({
      status: 401,
      body: failure('Invalid refresh token'),
    })
    for (const bad of [undefined, null, 5, {}, 'x'.repeat(5000)]) {
      const answer = await refresh(bad)
      expect({ status: answer.status, body: answer.body }).toEqual({ status: 400, body: failure('Validation failed') })
    }
    const { token } = await newPerson()
    expect((await refresh(token)).status).toBe(401)
  })
})

describe('POST /api/auth/logout', () => {
  test('ends the session of the refresh token, access token included', async () => {
    const person = await newPerson()
    const answer = await call(app, 'POST /api/auth/logout', { refreshToken: person.refreshToken })
    expect(answer).toMatchObject({ status: 200, body: { message: 'Logout ok' } })
    expect((await refresh(person.refreshToken)).status).toBe(401)
    expect(await statusOf(person.token)).toBe(401)
    const again = await call(app, 'POST /api/auth/logout', { refreshToken: person.refreshToken })
    expect(again).toMatchObject({ status: 200, body: { message: 'Logout ok' } })
  })

  test('ends the session of the Bearer token where no refresh token is given', async () => {
    const person = await newPerson()
    const answer = await call(app, 'POST /api/auth/logout', {}, { bearer: person.token })
    expect(answer).toMatchObject({ status: 200, body: { message: 'Logout ok' } })
    expect((await refresh(person.refreshToken)).status).toBe(401)
    expect((await call(app, 'POST /api/auth/logout', {})).body).toEqual(failure('Validation failed'))
    expect((await call(app, 'POST /api/auth/logout', { refreshToken: 5 })).status).toBe(400)
  })

  test('unknown paths and methods have the family’s shape', async () => {
    for (const route of ['GET /api/auth/signin', 'DELETE /api/auth/refresh', 'POST /api/auth/logout/x']) {
      const answer = await call(app, route)
      expect({ status: answer.status, body: answer.body }, route).toEqual({ status: 404, body: failure('Not found') })
    }
  })
})
