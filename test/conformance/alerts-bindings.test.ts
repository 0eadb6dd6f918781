import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { DISCORD_APPLICATION, DISCORD_TOKEN, startFakeDiscord } from '#test/fakes/discord.ts'
import type { FakeDiscord } from '#test/fakes/discord.ts'
import { LINE_SECRET, LINE_TOKEN, lineSignature, startFakeLine } from '#test/fakes/line.ts'
import type { FakeLine } from '#test/fakes/line.ts'
import { startFakePtt } from '#test/fakes/ptt.ts'
import type { FakePtt } from '#test/fakes/ptt.ts'
import { startFakeTelegram, TELEGRAM_TOKEN } from '#test/fakes/telegram.ts'
import type { FakeTelegram } from '#test/fakes/telegram.ts'
import { signUp } from '#test/support/accounts.ts'
import type { SignedIn } from '#test/support/accounts.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'

/** Document 2's bindings and broadcast, through the real adapters against fakes of the messengers. */
let telegram: FakeTelegram
let line: FakeLine
let discord: FakeDiscord
let ptt: FakePtt
let app: TestApp
let admin: SignedIn
let user: SignedIn
let other: SignedIn

beforeAll(async () => {
  ;[telegram, line, discord, ptt] = await Promise.all([
    startFakeTelegram(),
    startFakeLine(),
    startFakeDiscord(),
    startFakePtt(),
  ])
  ptt.post('Gossiping', { title: '[公告] 板規' })
  ptt.post('Stock', { title: '[公告] 板規' })
  app = await startTestApp({
    env: {
      CONFAB_PUBLIC_URL: 'https://confab.example.com',
      CONFAB_PTT_URL: ptt.url,
      CONFAB_TELEGRAM_TOKEN: TELEGRAM_TOKEN,
      CONFAB_TELEGRAM_API_URL: telegram.url,
      CONFAB_LINE_TOKEN: LINE_TOKEN,
      CONFAB_LINE_SECRET: LINE_SECRET,
      CONFAB_LINE_API_URL: line.url,
      CONFAB_DISCORD_TOKEN: DISCORD_TOKEN,
      CONFAB_DISCORD_APPLICATION_ID: DISCORD_APPLICATION,
      CONFAB_DISCORD_PUBLIC_KEY: discord.publicKey,
      CONFAB_DISCORD_API_URL: discord.url,
    },
  })
  admin = await signUp(app, 'chief')
  user = await signUp(app, 'reader')
  other = await signUp(app, 'stranger')
})
afterAll(async () => {
  await app.close()
  await Promise.all([telegram, line, discord, ptt].map((fake) => fake.close()))
})

async function call(
  by: SignedIn,
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  url: string,
  payload?: object,
): Promise<{ status: number; body: unknown }> {
  const answer = await app.http.inject({ method, url, headers: by.headers, ...(payload && { payload }) })
  return { status: answer.statusCode, body: answer.json() }
}
const refusal = (status: number, message: string) => ({ status, body: { success: false, message } })
const done = (message: string) => ({ status: 200, body: { success: true, message } })
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000, interval: 20 })

async function codeFor(by: SignedIn, service?: string): Promise<Record<string, string | null>> {
  const { status, body } = await call(by, 'POST', '/api/bindings/bind-code', service ? { service } : undefined)
  expect(status).toBe(200)
  return body as Record<string, string | null>
}
const lastTo = (chat: number): string | undefined => telegram.sent.findLast((one) => one.chatId === String(chat))?.text

describe('Telegram', () => {
  it('gives a code with a deep link, and binds the chat that shows it', async () => {
    expect((await call(user, 'GET', '/api/bindings/telegram')).body).toEqual({
      service: 'telegram',
      bound: false,
      service_id: null,
    })
    const given = await codeFor(user)
    expect(given['bind_code']).toMatch(/^[A-Za-z0-9]{32}$/)
    expect(given).toEqual({
      bind_code: given['bind_code'],
      expires_at: expect.stringMatching(/Z$/) as string,
      service: 'telegram',
      bind_url: `https://t.me/FakeAlertBot?start=BIND_${given['bind_code']}`,
      message: '點擊連結完成綁定',
    })
    const life = Date.parse(given['expires_at'] as string) - Date.now()
    expect(life).toBeGreaterThan(595_000)
    expect(life).toBeLessThanOrEqual(600_000)
    telegram.write(11, '/start BIND_00000000000000000000000000000000')
    await until(() => expect(lastTo(11)).toContain('綁定碼不對'))
    telegram.write(11, `/start BIND_${given['bind_code']}`)
    await until(() => expect(lastTo(11)).toContain('綁定成功'))
    expect((await call(user, 'GET', '/api/bindings/telegram')).body).toEqual({
      service: 'telegram',
      bound: true,
      service_id: '11',
      enabled: true,
    })
    expect((await call(user, 'GET', '/api/bindings')).body).toMatchObject([
      { user_id: user.id, service: 'telegram', service_id: '11', enabled: true },
    ])
    const me = (await call(user, 'GET', '/api/auth/me')).body as { bindings: unknown }
    expect(me.bindings).toEqual({ telegram: true, line: false, discord: false })
    // A code works once, and not for ever.
    telegram.write(12, given['bind_code'] as string)
    await until(() => expect(lastTo(12)).toContain('綁定碼不對'))
    const { bind_code: stale } = await codeFor(other)
    await app.db.query(`UPDATE binding_codes SET expires_at = now() - interval '1 second' WHERE account_id = $1`, [
      other.id,
    ])
    telegram.write(15, `/start BIND_${stale}`)
    await until(() => expect(lastTo(15)).toContain('綁定碼不對'))
    expect((await call(other, 'GET', '/api/bindings/telegram')).body).toMatchObject({ bound: false })
  })

  it('refuses in document 2’s words', async () => {
    const code = (by: SignedIn, body: object) => call(by, 'POST', '/api/bindings/bind-code', body)
    expect(await code(user, { service: 'telegram' })).toEqual(refusal(400, '此服務已綁定'))
    expect(await code(user, { service: 'whatsapp' })).toEqual(refusal(400, '無效的服務類型'))
    expect(await call(user, 'GET', '/api/bindings/whatsapp')).toEqual(refusal(400, '無效的服務類型'))
    expect(await call(user, 'PATCH', '/api/bindings/', { enabled: true })).toEqual(refusal(400, '缺少服務類型'))
    expect(await call(user, 'PATCH', '/api/bindings/line', { enabled: true })).toEqual(refusal(404, '找不到綁定'))
    expect(await call(user, 'DELETE', '/api/bindings/line')).toEqual(refusal(404, '找不到綁定'))
    expect(await call(user, 'PATCH', '/api/bindings/telegram', {})).toEqual(refusal(400, '無效的請求內容'))
  })

  it('switches and unbinds', async () => {
    const patch = (enabled: boolean) => call(user, 'PATCH', '/api/bindings/telegram', { enabled })
    expect(await patch(false)).toEqual(done('已停用綁定'))
    expect((await call(user, 'GET', '/api/bindings/telegram')).body).toMatchObject({ enabled: false })
    expect(await patch(true)).toEqual(done('已啟用綁定'))
  })

  it('binds by /bind, the button and the web app', async () => {
    const confirm = (by: SignedIn, body: object) => call(by, 'POST', '/api/webapp/telegram/confirm', body)
    const tokenFor = async (chat: number): Promise<string> => {
      const before = telegram.sent.length
      telegram.write(chat, '/bind')
      await until(() => expect(telegram.sent.length).toBeGreaterThan(before))
      const url = new URL(telegram.sent.at(-1)?.button ?? '')
      expect(url.origin + url.pathname).toBe('https://confab.example.com/bind/telegram')
      return url.searchParams.get('token') ?? ''
    }
    const token = await tokenFor(13)
    expect(await confirm(other, {})).toEqual(refusal(400, '缺少 token'))
    expect(await confirm(other, { token: '' })).toEqual(refusal(400, '缺少 token'))
    expect(await confirm(other, { token: 'x'.repeat(32) })).toEqual(refusal(400, '無效或已過期的 token'))
    expect(await confirm(other, { token: 'x'.repeat(1000) })).toEqual(refusal(400, '無效或已過期的 token'))
    expect(await confirm(user, { token })).toEqual(refusal(400, '此帳號已綁定 Telegram'))
    const stale = await tokenFor(14)
    await app.db.query(`UPDATE binding_codes SET expires_at = now() - interval '1 second' WHERE service_id = '14'`)
    expect(await confirm(other, { token: stale })).toEqual(refusal(400, '無效或已過期的 token'))
    const second = await tokenFor(13)
    expect(await confirm(other, { token })).toEqual(done('綁定成功'))
    await until(() => expect(lastTo(13)).toContain('綁定成功'))
    expect(await confirm(admin, { token: second })).toEqual(refusal(400, '此 Telegram 已綁定其他帳號'))
    expect(await confirm(admin, { token })).toEqual(refusal(400, '無效或已過期的 token'))
  })

  it('takes commands, several at once', async () => {
    const say = async (text: string, expected: string): Promise<void> => {
      const before = telegram.sent.length
      telegram.write(11, text)
      await until(() =>
        expect(telegram.sent.slice(before).map((one) => one.text)).toContainEqual(expect.stringContaining(expected)),
      )
    }
    await say('新增 gossiping,Stock 台積電', '已新增 Stock：台積電')
    await say('新增作者 Nowhere someone', '沒有 Nowhere 這個看板')
    await say('新增噓文數 Gossiping 20', '已新增 Gossiping：推文數 -20')
    await say('新增推文數 Gossiping 99', '一般用戶最多 3 組')
    await say('清單', 'Gossiping：台積電')
    await say('刪除 GOSSIPING，stock 台積電', '已刪除 Gossiping：台積電')
    await say('刪除噓文數 Gossiping 20', '已刪除')
    await say('/list', '目前沒有訂閱')
    await say('指令', '新增作者')
    await say('你好', '看不懂')
    telegram.write(99, '清單')
    await until(() => expect(lastTo(99)).toContain('還沒有綁定'))
  })
})

describe('LINE', () => {
  const webhook = (events: object[], signature?: string) => {
    const payload = JSON.stringify({ destination: 'x', events })
    const headers = { 'content-type': 'application/json', 'x-line-signature': signature ?? lineSignature(payload) }
    return app.http.inject({ method: 'POST', url: '/webhooks/line', headers, payload })
  }
  const message = (userId: string, text: string) => ({
    type: 'message',
    replyToken: 'token',
    source: { type: 'user', userId },
    message: { type: 'text', text },
  })

  it('binds by the code as a message, and refuses forged webhooks', async () => {
    const given = await codeFor(user, 'line')
    expect(given).toMatchObject({
      service: 'line',
      bind_url: null,
      message: '請將綁定碼以訊息傳送給 LINE 官方帳號完成綁定',
    })
    const code = given['bind_code'] as string
    expect((await webhook([message('U1', code)], 'AAAA')).statusCode).toBe(401)
    expect((await webhook([message('U1', code)], '')).statusCode).toBe(401)
    expect(line.replies).toEqual([])
    expect((await webhook([message('U1', code)])).statusCode).toBe(200)
    await until(() => expect(line.replies.at(-1)?.text).toContain('綁定成功'))
    // Blocking the account arrives as an event, and switches the binding off.
    await webhook([{ type: 'unfollow', source: { type: 'user', userId: 'U1' } }])
    await expect
      .poll(async () => (await call(user, 'GET', '/api/bindings/line')).body)
      .toMatchObject({ bound: true, enabled: false })
    await call(user, 'PATCH', '/api/bindings/line', { enabled: true })
  })
})

describe('Discord', () => {
  const interact = (interaction: object, headers?: Record<string, string>) => {
    const payload = JSON.stringify(interaction)
    const signed = headers ?? discord.sign(payload)
    return app.http.inject({
      method: 'POST',
      url: '/webhooks/discord',
      headers: { 'content-type': 'application/json', ...signed },
      payload,
    })
  }

  it('answers pings, binds by /bind code:, and refuses forged interactions', async () => {
    expect((await interact({ type: 1 })).json()).toEqual({ type: 1 })
    expect(
      (await interact({ type: 1 }, { 'x-signature-ed25519': '00'.repeat(64), 'x-signature-timestamp': '1' }))
        .statusCode,
    ).toBe(401)
    expect((await interact({ type: 1 }, {})).statusCode).toBe(401)
    const given = await codeFor(user, 'discord')
    expect(given['bind_url']).toBeNull()
    const command = { type: 2, token: 't', application_id: DISCORD_APPLICATION, user: { id: '77' } }
    const options = [{ name: 'code', type: 3, value: given['bind_code'] }]
    const answered = await interact({ ...command, data: { name: 'bind', options } })
    const answer = answered.json<{ type: number; data: { content: string } }>()
    expect(answer.type).toBe(4)
    expect(answer.data.content).toContain('綁定成功')
    await until(() => expect(discord.commands()).toMatchObject([{ name: 'bind' }, { name: 'list' }, {}, {}, {}, {}]))
  })
})

describe('POST /api/admin/broadcast', () => {
  it('reaches everybody bound and tells how it went', async () => {
    const content = `系統公告：${'今晚維護。'.repeat(900)}`
    const { status, body } = await call(admin, 'POST', '/api/admin/broadcast', {
      platforms: ['telegram', 'line', 'discord'],
      content,
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({ success: true, message: '廣播已發送', queued: 4 })
    const id = (body as { broadcast_id: number }).broadcast_id
    await vi.waitFor(
      async () =>
        expect((await call(admin, 'GET', `/api/v1/admin/broadcasts/${id}`)).body).toMatchObject({
          data: { total: 4, delivered: 4, queued: 0, failed: 0 },
        }),
      { timeout: 10_000 },
    )
    const joined = (parts: string[]): string => parts.join('')
    expect(
      joined(
        telegram.sent
          .filter((one) => one.chatId === '11')
          .slice(-2)
          .map((one) => one.text),
      ),
    ).toBe(content)
    expect(joined(discord.sent.map((one) => one.text))).toBe(content)
    expect(joined(line.sent.map((one) => one.text))).toBe(content)
  })

  it('refuses in document 2’s words', async () => {
    const send = (by: SignedIn, body: object) => call(by, 'POST', '/api/admin/broadcast', body)
    expect(await send(admin, { platforms: ['telegram'], content: '' })).toEqual(refusal(400, '訊息內容不能為空'))
    expect(await send(admin, { platforms: ['telegram'], content: '  ' })).toEqual(refusal(400, '訊息內容不能為空'))
    expect(await send(admin, { platforms: [], content: 'x' })).toEqual(refusal(400, '請指定至少一個平台'))
    expect(await send(admin, { content: 'x' })).toEqual(refusal(400, '請指定至少一個平台'))
    expect(await send(admin, {})).toEqual(refusal(400, '訊息內容不能為空'))
    expect(await send(user, { platforms: ['telegram'], content: 'x' })).toEqual(refusal(403, '禁止存取'))
  })
})
