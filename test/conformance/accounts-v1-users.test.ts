import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call } from '#test/support/accounts-client.ts'
import type { Answer } from '#test/support/accounts-client.ts'
import { TIME, as, expectFailure, newPerson, password, statusOf, success } from '#test/support/accounts-v1.ts'
import type { Person } from '#test/support/accounts-v1.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'

/** `/api/v1/users/*` against document 5, and our own beside it. */
let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
  await call(app, 'POST /api/v1/auth/register', { username: 'root', email: 'root@example.com', password })
})
afterAll(() => app.close())

describe('/api/v1/users/profile', () => {
  test('GET is the User, and what we add', async () => {
    const person = await newPerson(app)
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
    const person = await newPerson(app)
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
    const person = await newPerson(app)
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
    const person = await newPerson(app)
    const other = (await call(app, 'POST /api/v1/auth/login', { username: person.name, password })).body.data
    const change = (old_password: unknown, new_password: unknown): Promise<Answer> =>
      call(app, 'POST /api/v1/users/change-password', { old_password, new_password }, as(person))
    expectFailure(await change('wrong one', 'new password'), 400, 1004, '密码错误')
    expectFailure(await change(password, '12345'), 400, 400, '请求错误: 密码至少6个字符')
    expectFailure(await change(password, undefined), 400, 400)
    expect((await change(password, 'new password')).body).toEqual(success(null))
    expect(await statusOf(app, person.token)).toBe(200)
    expect(await statusOf(app, other.token)).toBe(401)
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
    const person = await newPerson(app)
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
    await expect.poll(async () => (await app.http.inject({ method: 'GET', url: avatar_url })).statusCode).toBe(404)
  })

  test('refuses what is no picture, too large, missing, or no form', async () => {
    const person = await newPerson(app)
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
    const person = await newPerson(app)
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
    const person = await newPerson(app)
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
    expect(await statusOf(app, second)).toBe(401)
    expectFailure(await call(app, `DELETE /api/v1/users/sessions/${session_id}`, undefined, as(person)), 404, 404)
    expectFailure(await call(app, 'DELETE /api/v1/users/sessions/1', undefined, as(person)), 404, 404)
    const others = await call(app, 'POST /api/v1/users/sessions/revoke-others', undefined, as(person))
    expect(others.body).toEqual(success({ revoked: 1 }))
    expect(await statusOf(app, third)).toBe(401)
    expect(await statusOf(app, person.token)).toBe(200)
  })
})

describe('GET /api/v1/users/lookup', () => {
  test('finds people and tells no more than their names', async () => {
    const alice = { username: 'alice', email: 'alice@example.com', password, nickname: 'Alice 愛麗絲' }
    await call(app, 'POST /api/v1/auth/register', alice)
    const person = await newPerson(app)
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
