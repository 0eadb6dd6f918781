import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { call } from '#test/support/accounts-client.ts'
import type { Answer } from '#test/support/accounts-client.ts'
import { TIME, as, expectFailure, newPerson, password, statusOf, success } from '#test/support/accounts-v1.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'

/** `/api/v1/auth/*` against document 5. */
let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
  await call(app, 'POST /api/v1/auth/register', { username: 'root', email: 'root@example.com', password })
})
afterAll(() => app.close())

describe('POST /api/v1/auth/register', () => {
  test('answers 200 with the User', async () => {
    const payload = { username: 'alice', email: 'alice@example.com', password, nickname: 'Alice 愛麗絲' }
    const answer = await call(app, 'POST /api/v1/auth/register', payload)
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual(
      success({
        user_id: expect.any(Number),
        username: 'alice',
        email: 'alice@example.com',
        nickname: 'Alice 愛麗絲',
        avatar_url: '',
        status: 'active',
        created_at: TIME,
        updated_at: TIME,
      }),
    )
    const plain = await call(app, 'POST /api/v1/auth/register', { username: 'bob', email: 'bob@example.com', password })
    expect(plain.body.data.nickname).toBe('bob')
  })

  const taken = { username: 'alice', email: 'alice@example.com', password }
  test.each([
    ['a name in use', { ...taken, email: 'new@example.com' }, 1001, '用户名已存在'],
    ['a name in use, in capitals', { ...taken, username: 'ALICE', email: 'new@example.com' }, 1001, '用户名已存在'],
    ['both in use', taken, 1001, '用户名已存在'],
    ['an e-mail in use', { ...taken, username: 'new' }, 1002, '邮箱已存在'],
    ['a name of two', { ...taken, username: 'ab' }, 400, /^请求错误: username/],
    ['a name of 51', { ...taken, username: 'x'.repeat(51) }, 400, /^请求错误: username/],
    ['a name with an @', { ...taken, username: 'a@b.co' }, 400, /^请求错误: 用户名/],
    ['no name', { email: 'n@example.com', password }, 400, /^请求错误: username/],
    ['a bad e-mail', { ...taken, username: 'new', email: 'x' }, 400, /^请求错误: 邮箱/],
    [
      'a short password',
      { ...taken, username: 'new', email: 'n@example.com', password: '12345' },
      400,
      /^请求错误: 密码/,
    ],
    [
      'a long password',
      { ...taken, username: 'new', email: 'n@example.com', password: 'x'.repeat(101) },
      400,
      /^请求错误: 密码/,
    ],
    ['a nickname that is a number', { ...taken, nickname: 5 }, 400, /^请求错误: nickname/],
    ['broken JSON', '{"username"', 400, /^请求错误/],
    ['nothing', undefined, 400, /^请求错误/],
  ])('refuses %s', async (_what, payload, code, message) => {
    const said = typeof message === 'string' ? message : expect.stringMatching(message)
    expectFailure(await call(app, 'POST /api/v1/auth/register', payload), 400, code, said)
  })
})

describe('POST /api/v1/auth/login', () => {
  test.each(['alice', 'Alice', 'alice@example.com'])('by %s answers with the tokens and the User', async (username) => {
    const answer = await call(app, 'POST /api/v1/auth/login', { username, password })
    expect(answer.status).toBe(200)
    const { data } = answer.body
    expect(answer.body).toEqual(
      success({
        token: expect.any(String),
        access_token: data.token,
        token_type: 'Bearer',
        refresh_token: expect.any(String),
        expires_in: 43_200,
        user: expect.objectContaining({ username: 'alice', status: 'active' }),
      }),
    )
    expect(await statusOf(app, data.token)).toBe(200)
  })

  test('is 401 and 1004 for a wrong password as for an unknown account', async () => {
    for (const username of ['alice', 'nobody', 'nobody@example.com', '']) {
      expectFailure(
        await call(app, 'POST /api/v1/auth/login', { username, password: 'wrong one' }),
        401,
        1004,
        '密码错误',
      )
    }
    expectFailure(await call(app, 'POST /api/v1/auth/login', { username: 'alice' }), 400, 400)
    expectFailure(await call(app, 'POST /api/v1/auth/login', { username: ['alice'], password }), 400, 400)
  })
})

describe('POST /api/v1/auth/refresh', () => {
  test('takes the refresh token in the body', async () => {
    const person = await newPerson(app)
    const answer = await call(app, 'POST /api/v1/auth/refresh', { refresh_token: person.refresh })
    expect(answer.body.data).toMatchObject({ token_type: 'Bearer', expires_in: 43_200, user: { user_id: person.id } })
    expect(answer.body.data.refresh_token).not.toBe(person.refresh)
    expect(await statusOf(app, answer.body.data.access_token)).toBe(200)
  })

  test('takes the Bearer token, with an empty body or none', async () => {
    const person = await newPerson(app)
    for (const payload of [{}, undefined]) {
      const answer = await call(app, 'POST /api/v1/auth/refresh', payload, as(person))
      expect(answer.status).toBe(200)
      const next = await call(app, 'POST /api/v1/auth/refresh', { refresh_token: answer.body.data.refresh_token })
      expect(next.status).toBe(200)
    }
  })

  test('tells an ended token (1005) from a forged one and none (401)', async () => {
    const person = await newPerson(app)
    await call(app, 'POST /api/auth/logout', { refreshToken: person.refresh })
    expectFailure(
      await call(app, 'POST /api/v1/auth/refresh', { refresh_token: person.refresh }),
      401,
      1005,
      'Token过期',
    )
    expectFailure(await call(app, 'POST /api/v1/auth/refresh', {}, as(person)), 401, 1005, 'Token过期')
    expectFailure(await call(app, 'GET /api/v1/users/profile', undefined, as(person)), 401, 1005, 'Token过期')
    expectFailure(await call(app, 'POST /api/v1/auth/refresh', { refresh_token: 'forged' }), 401, 401, '未认证')
    expectFailure(await call(app, 'POST /api/v1/auth/refresh', {}), 401, 401, '未认证')
    expectFailure(await call(app, 'POST /api/v1/auth/refresh', {}, { bearer: 'forged' }), 401, 401, '未认证')
    expectFailure(await call(app, 'GET /api/v1/users/profile'), 401, 401, '未认证')
    expectFailure(await call(app, 'POST /api/v1/auth/refresh', { refresh_token: 5 }), 400, 400)
  })
})

describe('a forgotten password', () => {
  test('is answered the same for everybody, and the mailed link works once', async () => {
    const person = await newPerson(app)
    for (const email of [person.email, 'nobody@example.com', 'no address']) {
      const answer = await call(app, 'POST /api/v1/auth/forgot-password', { email })
      expect({ status: answer.status, body: answer.body }).toEqual({ status: 200, body: success(null) })
    }
    expectFailure(await call(app, 'POST /api/v1/auth/forgot-password', {}), 400, 400)
    expectFailure(await call(app, 'POST /api/v1/auth/forgot-password', { email: 5 }), 400, 400)
    const outbox = join(app.dataDir, 'outbox')
    const text = await vi.waitFor(
      async () => {
        const [name = ''] = await readdir(outbox)
        return (await PostalMime.parse(await readFile(join(outbox, name)))).text ?? ''
      },
      { timeout: 10_000, interval: 30 },
    )
    const token = /\/reset-password\?token=([\w-]+)/.exec(text)?.[1]
    const reset = (new_password: unknown, with_token: unknown = token): Promise<Answer> =>
      call(app, 'POST /api/v1/auth/reset-password', { token: with_token, new_password })
    expectFailure(await reset('12345'), 400, 400, '请求错误: 密码至少6个字符')
    expectFailure(await reset('new password', 'forged'), 401, 401)
    expectFailure(await reset('new password', 5), 400, 400)
    expect((await reset('new password')).body).toEqual(success(null))
    expectFailure(await reset('another one'), 401, 1005, 'Token过期')
    expect(await statusOf(app, person.token)).toBe(401)
    expectFailure(await call(app, 'POST /api/v1/auth/login', { username: person.name, password }), 401, 1004)
    const login = await call(app, 'POST /api/v1/auth/login', { username: person.name, password: 'new password' })
    expect(login.status).toBe(200)
  })
})

test('unknown paths and methods have the family’s shape', async () => {
  for (const route of [
    'GET /api/v1/auth/login',
    'POST /api/v1/users/profile',
    'GET /api/v1/users',
    'GET /api/v1/auth',
  ]) {
    expectFailure(await call(app, route), 404, 404, '不存在')
  }
})
