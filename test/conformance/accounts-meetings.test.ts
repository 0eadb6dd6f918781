import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import PostalMime from 'postal-mime'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { call } from '#test/support/accounts-client.ts'
import type { Answer, Sender } from '#test/support/accounts-client.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'

/** `/api/v1/auth/*` and `/api/v1/users/*` against document 5. */
let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
  await call(app, 'POST /api/v1/auth/register', { username: 'root', email: 'root@example.com', password })
})
afterAll(() => app.close())

const password = 'password123'
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as unknown
const envelope = (code: number, message: unknown, data: unknown) => ({
  code,
  message,
  data,
  timestamp: TIME,
  request_id: expect.stringMatching(/^[0-9a-f]{16}$/) as unknown,
})
const success = (data: unknown, code = 200) => envelope(code, 'Success', data)

function expectFailure(answer: Answer, status: number, code: number, message: unknown = expect.any(String)): void {
  expect({ status: answer.status, body: answer.body }).toEqual({ status, body: envelope(code, message, null) })
  expect(answer.body.request_id).toBe(answer.headers['x-request-id'])
}

let made = 0
interface Person {
  name: string
  email: string
  id: number
  token: string
  refresh: string
}
async function newPerson(): Promise<Person> {
  const name = `person${++made}`
  const email = `${name}@example.com`
  await call(app, 'POST /api/v1/auth/register', { username: name, email, password })
  const { data } = (await call(app, 'POST /api/v1/auth/login', { username: name, password })).body
  return { name, email, id: data.user.user_id, token: data.token, refresh: data.refresh_token }
}
const as = (person: { token: string }): Sender => ({ bearer: person.token })
const statusOf = async (token: string): Promise<number> =>
  (await call(app, 'GET /api/v1/users/profile', undefined, { bearer: token })).status

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
    expect(await statusOf(data.token)).toBe(200)
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
    const person = await newPerson()
    const answer = await call(app, 'POST /api/v1/auth/refresh', { refresh_token: person.refresh })
    expect(answer.body.data).toMatchObject({ token_type: 'Bearer', expires_in: 43_200, user: { user_id: person.id } })
    expect(answer.body.data.refresh_token).not.toBe(person.refresh)
    expect(await statusOf(answer.body.data.access_token)).toBe(200)
  })

  test('takes the Bearer token, with an empty body or none', async () => {
    const person = await newPerson()
    for (const payload of [{}, undefined]) {
      const answer = await call(app, 'POST /api/v1/auth/refresh', payload, as(person))
      expect(answer.status).toBe(200)
      const next = await call(app, 'POST /api/v1/auth/refresh', { refresh_token: answer.body.data.refresh_token })
      expect(next.status).toBe(200)
    }
  })

  test('tells an ended token (1005) from a forged one and none (401)', async () => {
    const person = await newPerson()
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
    const person = await newPerson()
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
    expect(await statusOf(person.token)).toBe(401)
    expectFailure(await call(app, 'POST /api/v1/auth/login', { username: person.name, password }), 401, 1004)
    const login = await call(app, 'POST /api/v1/auth/login', { username: person.name, password: 'new password' })
    expect(login.status).toBe(200)
  })
})

describe('/api/v1/users/profile', () => {
  test('GET is the User, and what we add', async () => {
    const person = await newPerson()
    const answer = await call(app, 'GET /api/v1/users/profile', undefined, as(person))
    expect(answer.body).toEqual(
      success({
        user_id: person.id,
        username: person.name,
        email: person.email,
        nickname: person.name,
        avatar_url: '',
        status: 'active',
        created_at: TIME,
        updated_at: TIME,
        role: 'user',
        plan: 'free',
        matrix_id: null,
        time_zone: 'Asia/Taipei',
        locale: null,
        last_login_at: TIME,
      }),
    )
  })

  test('PUT changes what is named and nothing else', async () => {
    const person = await newPerson()
    const put = (payload: unknown, from = as(person)): Promise<Answer> =>
      call(app, 'PUT /api/v1/users/profile', payload, from)
    const avatar_url = 'https://example.com/me.png'
    const changed = await put({
      nickname: ' 小\u202e明 ',
      avatar_url,
      time_zone: 'Europe/Berlin',
      locale: 'en',
      matrix_id: '@a:b.co',
    })
    expect(changed.body.data).toMatchObject({
      nickname: '小明',
      avatar_url,
      time_zone: 'Europe/Berlin',
      locale: 'en',
      matrix_id: '@a:b.co',
      email: person.email,
    })
    expect((await put({})).body.data).toMatchObject({ nickname: '小明', avatar_url, locale: 'en' })
    const cleared = await put({ avatar_url: '', locale: null, matrix_id: null })
    expect(cleared.body.data).toMatchObject({ avatar_url: '', locale: null, matrix_id: null, nickname: '小明' })
    const moved = await put({ email: `new-${person.email}` })
    expect(moved.body.data.email).toBe(`new-${person.email}`)
    expectFailure(await put({ email: 'ROOT@example.com' }), 400, 1002, '邮箱已存在')
    for (const bad of [
      { email: 'x' },
      { nickname: 'a\u0007' },
      { nickname: 'x'.repeat(101) },
      { nickname: 5 },
      { avatar_url: 'javascript:alert(1)' },
      { time_zone: 'Mars' },
      { locale: 'fr' },
      { matrix_id: 'x' },
    ]) {
      expectFailure(await put(bad), 400, 400, expect.stringMatching(/^请求错误: /))
    }
    expect((await put({})).body.data).toMatchObject({ nickname: '小明', email: `new-${person.email}` })
  })

  test('an API key may change the name, but not the e-mail, the password or the account', async () => {
    const person = await newPerson()
    const { data } = (await call(app, 'GET /api/v1/users/api-key', undefined, as(person))).body
    expect(data).toEqual({ api_key: expect.stringMatching(/^occ_/) })
    const from = { apiKey: data.api_key as string }
    expect((await call(app, 'PUT /api/v1/users/profile', { nickname: 'x' }, from)).status).toBe(200)
    expectFailure(await call(app, 'PUT /api/v1/users/profile', { email: 'k@example.com' }, from), 403, 403, '无权限')
    for (const [route, payload] of [
      ['POST /api/v1/users/change-password', { old_password: password, new_password: 'other one' }],
      ['DELETE /api/v1/users/account', undefined],
      ['GET /api/v1/users/api-key', undefined],
      ['GET /api/v1/users/sessions', undefined],
    ] as const) {
      expectFailure(await call(app, route, payload, from), 403, 403, '无权限')
    }
  })
})

describe('POST /api/v1/users/change-password', () => {
  test('ends every other session', async () => {
    const person = await newPerson()
    const other = (await call(app, 'POST /api/v1/auth/login', { username: person.name, password })).body.data
    const change = (old_password: unknown, new_password: unknown): Promise<Answer> =>
      call(app, 'POST /api/v1/users/change-password', { old_password, new_password }, as(person))
    expectFailure(await change('wrong one', 'new password'), 400, 1004, '密码错误')
    expectFailure(await change(password, '12345'), 400, 400, '请求错误: 密码至少6个字符')
    expectFailure(await change(password, undefined), 400, 400)
    expect((await change(password, 'new password')).body).toEqual(success(null))
    expect(await statusOf(person.token)).toBe(200)
    expect(await statusOf(other.token)).toBe(401)
  })
})

describe('POST /api/v1/users/upload-avatar', () => {
  const upload = (person: Person, field: string, content: Buffer, type = 'image/png'): Promise<Answer> => {
    const boundary = 'boundary7'
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="${field}"; filename="me.png"\r\ncontent-type: ${type}\r\n\r\n`
    const payload = Buffer.concat([Buffer.from(head), content, Buffer.from(`\r\n--${boundary}--\r\n`)])
    return app.http
      .inject({
        method: 'POST',
        url: '/api/v1/users/upload-avatar',
        headers: {
          authorization: `Bearer ${person.token}`,
          'content-type': `multipart/form-data; boundary=${boundary}`,
        },
        payload,
      })
      .then((answer) => ({ status: answer.statusCode, body: answer.json(), headers: answer.headers }))
  }
  const picture = (color: string): Promise<Buffer> =>
    sharp({ create: { width: 800, height: 600, channels: 3, background: color } })
      .png()
      .toBuffer()

  test('keeps the picture as WebP at an address nobody guesses, and removes the one before', async () => {
    const person = await newPerson()
    const answer = await upload(person, 'file', await picture('#f00'))
    expect(answer.body).toEqual(success({ avatar_url: expect.stringMatching(/^\/avatars\/[\w-]+\.webp$/) }))
    const { avatar_url } = answer.body.data
    const served = await app.http.inject({ method: 'GET', url: avatar_url })
    expect(served.statusCode).toBe(200)
    expect(served.headers).toMatchObject({ 'content-type': 'image/webp', 'x-content-type-options': 'nosniff' })
    expect(await sharp(served.rawPayload).metadata()).toMatchObject({ format: 'webp', width: 512, height: 512 })
    const profile = await call(app, 'GET /api/v1/users/profile', undefined, as(person))
    expect(profile.body.data.avatar_url).toBe(avatar_url)
    const second = await upload(person, 'file', await picture('#0f0'), 'application/octet-stream')
    expect(second.body.data.avatar_url).not.toBe(avatar_url)
    await vi.waitFor(async () => {
      expect((await app.http.inject({ method: 'GET', url: avatar_url })).statusCode).toBe(404)
    })
  })

  test('refuses what is no picture, too large, missing, or no form', async () => {
    const person = await newPerson()
    expectFailure(await upload(person, 'file', Buffer.from('MZ not a picture')), 400, 3001)
    expectFailure(await upload(person, 'file', Buffer.alloc(0)), 400, 3001)
    expectFailure(await upload(person, 'other', await picture('#00f')), 400, 3001)
    expectFailure(await upload(person, 'file', Buffer.alloc(5 * 1024 * 1024 + 1, 1)), 413, 3001)
    expectFailure(await call(app, 'POST /api/v1/users/upload-avatar', { file: 'x' }, as(person)), 400, 3001)
    expectFailure(await call(app, 'POST /api/v1/users/upload-avatar', undefined, as(person)), 400, 3001)
    const profile = await call(app, 'GET /api/v1/users/profile', undefined, as(person))
    expect(profile.body.data.avatar_url).toBe('')
  })
})

describe('DELETE /api/v1/users/account', () => {
  test('ends everything at once; the last admin stays', async () => {
    const person = await newPerson()
    expect((await call(app, 'DELETE /api/v1/users/account', undefined, as(person))).body).toEqual(success(null))
    expectFailure(await call(app, 'GET /api/v1/users/profile', undefined, as(person)), 401, 1005)
    expectFailure(await call(app, 'POST /api/v1/auth/login', { username: person.email, password }), 401, 1004)
    const { data } = (await call(app, 'POST /api/v1/auth/login', { username: 'root', password })).body
    const kept = await call(app, 'DELETE /api/v1/users/account', undefined, { bearer: data.token })
    expectFailure(kept, 409, 409, '这是唯一的管理员，请先指定另一位管理员')
  })
})

describe('sessions', () => {
  test('are listed, revoked one by one, and all but one’s own', async () => {
    const person = await newPerson()
    const login = async (): Promise<string> =>
      (
        await call(
          app,
          'POST /api/v1/auth/login',
          { username: person.name, password },
          { headers: { 'user-agent': 'phone' } },
        )
      ).body.data.token
    const [second, third] = [await login(), await login()]
    const { data } = (await call(app, 'GET /api/v1/users/sessions', undefined, as(person))).body
    expect(data.total).toBe(3)
    const current = data.sessions.find((one: { current: boolean }) => one.current)
    expect(current).toEqual({
      session_id: expect.any(String),
      created_at: TIME,
      last_seen_at: TIME,
      expires_at: TIME,
      address: '127.0.0.1',
      user_agent: 'lightMyRequest',
      current: true,
    })
    expect(data.sessions.filter((one: { user_agent: string }) => one.user_agent === 'phone')).toHaveLength(2)
    const mine = (await call(app, 'GET /api/v1/users/sessions', undefined, { bearer: second })).body.data.sessions
    const { session_id } = mine.find((one: { current: boolean }) => one.current)
    const revoked = await call(app, `DELETE /api/v1/users/sessions/${session_id}`, undefined, as(person))
    expect(revoked.body).toEqual(success(null))
    expect(await statusOf(second)).toBe(401)
    expectFailure(await call(app, `DELETE /api/v1/users/sessions/${session_id}`, undefined, as(person)), 404, 404)
    expectFailure(await call(app, 'DELETE /api/v1/users/sessions/1', undefined, as(person)), 404, 404)
    const others = await call(app, 'POST /api/v1/users/sessions/revoke-others', undefined, as(person))
    expect(others.body).toEqual(success({ revoked: 1 }))
    expect(await statusOf(third)).toBe(401)
    expect(await statusOf(person.token)).toBe(200)
  })
})

describe('GET /api/v1/users/lookup', () => {
  test('finds people and tells no more than their names', async () => {
    const person = await newPerson()
    const find = (q: string): Promise<Answer> =>
      call(app, `GET /api/v1/users/lookup?q=${encodeURIComponent(q)}`, undefined, as(person))
    expect((await find('愛麗')).body.data).toEqual({
      users: [{ user_id: expect.any(Number), username: 'alice', nickname: 'Alice 愛麗絲', avatar_url: '' }],
    })
    expect((await find('alice@example.com')).body.data.users).toHaveLength(1)
    expectFailure(await find(''), 400, 400)
    expectFailure(await call(app, 'GET /api/v1/users/lookup', undefined, as(person)), 400, 400)
    expectFailure(await call(app, 'GET /api/v1/users/lookup?q=a'), 401, 401)
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
