import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { DISCORD_APPLICATION, DISCORD_TOKEN, startFakeDiscord } from '#test/fakes/discord.ts'
import type { FakeDiscord } from '#test/fakes/discord.ts'
import { startFakeTelegram, TELEGRAM_TOKEN } from '#test/fakes/telegram.ts'
import type { FakeTelegram } from '#test/fakes/telegram.ts'
import { createLog } from '#kernel/log.ts'
import { signUp } from '#test/support/accounts.ts'
import type { SignedIn } from '#test/support/accounts.ts'
import { startTestApp } from '#test/support/app.ts'
import type { TestApp } from '#test/support/app.ts'

/** Bots that are called by their service: Telegram in webhook mode, Discord's interactions. */
let telegram: FakeTelegram
let discord: FakeDiscord
let app: TestApp
let user: SignedIn
const logged: string[] = []

const settings = (): Record<string, string> => ({
  CONFAB_PUBLIC_URL: 'https://confab.example.com',
  CONFAB_TELEGRAM_TOKEN: TELEGRAM_TOKEN,
  CONFAB_TELEGRAM_API_URL: telegram.url,
  CONFAB_DISCORD_TOKEN: DISCORD_TOKEN,
  CONFAB_DISCORD_APPLICATION_ID: DISCORD_APPLICATION,
  CONFAB_DISCORD_PUBLIC_KEY: discord.publicKey,
  CONFAB_DISCORD_API_URL: discord.url,
})

beforeAll(async () => {
  ;[telegram, discord] = await Promise.all([startFakeTelegram(), startFakeDiscord()])
  // Telegram is not there at first; the webhook is set once it is.
  let refusals = 1
  telegram.mood(({ path }) => (path.endsWith('/setWebhook') && refusals-- > 0 ? 'drop' : undefined))
  app = await startTestApp({
    env: { ...settings(), CONFAB_TELEGRAM_MODE: 'webhook' },
    log: createLog({ level: 'warn', destination: { write: (line) => void logged.push(line) } }),
  })
  user = await signUp(app, 'reader')
})
afterAll(async () => {
  await app.close()
  await Promise.all([telegram.close(), discord.close()])
})

const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000, interval: 20 })

async function codeFor(service: string): Promise<string> {
  const answer = await app.http.inject({
    method: 'POST',
    url: '/api/bindings/bind-code',
    headers: user.headers,
    payload: { service },
  })
  return answer.json<{ bind_code: string }>().bind_code
}

describe('Telegram by webhook', () => {
  const bring = async (payload: unknown, secret: string | undefined): Promise<number> => {
    const headers = { 'content-type': 'application/json', ...(secret && { 'x-telegram-bot-api-secret-token': secret }) }
    const body = typeof payload === 'string' ? payload : JSON.stringify(payload)
    return (await app.http.inject({ method: 'POST', url: '/webhooks/telegram', headers, payload: body })).statusCode
  }

  it('is told the address and a secret, and binds by what it brings', async () => {
    await until(() => expect(telegram.webhook()?.url).toBe('https://confab.example.com/webhooks/telegram'))
    const secret = telegram.webhook()?.secret_token ?? ''
    // What Telegram allows a secret to be.
    expect(secret).toMatch(/^[A-Za-z0-9_-]{32,256}$/)
    const code = await codeFor('telegram')
    expect(await bring(telegram.write(21, `/start BIND_${code}`), secret)).toBe(200)
    await until(() =>
      expect(telegram.sent.at(-1)).toMatchObject({ chatId: '21', text: expect.stringContaining('綁定成功') as string }),
    )
  })

  it('refuses what does not show the secret, and says so once', async () => {
    const secret = telegram.webhook()?.secret_token ?? ''
    const sent = telegram.sent.length
    const update = telegram.write(21, '/list')
    for (const shown of [undefined, '', 'x', secret.slice(1), `${secret} `.repeat(2)]) {
      expect(await bring(update, shown)).toBe(401)
    }
    expect(logged.filter((line) => line.includes('wrong signature'))).toHaveLength(1)
    for (const broken of ['', '{', 'null', '7']) expect([broken, await bring(broken, secret)]).toEqual([broken, 400])
    expect(await bring(`{"update_id":1,"message":"${'x'.repeat(2_000_000)}"}`, secret)).toBe(413)
    expect(await bring({ update_id: 1, message: { text: 'x', chat: null } }, secret)).toBe(200)
    await until(() => expect(logged.filter((line) => line.includes('a Telegram update failed'))).toHaveLength(1))
    expect(telegram.sent.length).toBe(sent)
  })

  it('gives way to polling when the settings change', async () => {
    const polling = await startTestApp({ env: settings() })
    try {
      telegram.mood(undefined)
      await until(() => expect(telegram.webhook()).toBeUndefined())
      telegram.write(31, '/help')
      await until(() => expect(telegram.sent.at(-1)?.chatId).toBe('31'))
    } finally {
      await polling.close()
    }
  })
})

describe('Discord', () => {
  it('is told to wait where an answer takes long, and gets it afterwards', async () => {
    const interact = (data: object, token: string) => {
      const payload = JSON.stringify({ type: 2, token, application_id: DISCORD_APPLICATION, user: { id: '88' }, data })
      const headers = { 'content-type': 'application/json', ...discord.sign(payload) }
      return app.http.inject({ method: 'POST', url: '/webhooks/discord', headers, payload })
    }
    const code = await codeFor('discord')
    await interact({ name: 'bind', options: [{ name: 'code', type: 3, value: code }] }, 'first')
    const answered = await app.db.transaction(async (tx) => {
      await tx.query('LOCK TABLE alert_subscriptions IN ACCESS EXCLUSIVE MODE')
      return interact({ name: 'list' }, 'slow')
    })
    expect(answered.json()).toEqual({ type: 5, data: { flags: 64 } })
    await until(() =>
      expect(discord.late).toEqual([{ token: 'slow', text: expect.stringContaining('目前沒有訂閱') as string }]),
    )
  })
})
