import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { readConfig } from '../config.ts'
import { startAccountsApp } from '#test/support/accounts-app.ts'
import { runAdmin } from './admin.ts'

const visit = { address: '192.0.2.1', userAgent: 'test', origin: null, locale: null }
const app = await startAccountsApp()
afterAll(() => app.close())
const config = readConfig({ CONFAB_DATA_DIR: app.dataDir, DATABASE_URL: app.db.url, CONFAB_LOG_LEVEL: 'silent' })

const printed: string[] = []
beforeEach(() => {
  printed.length = 0
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line))
  vi.spyOn(console, 'error').mockImplementation((line: string) => void printed.push(line))
  return () => vi.restoreAllMocks()
})

const run = async (...args: string[]): Promise<{ code: number; text: string }> => {
  printed.length = 0
  return { code: await runAdmin(config, args), text: printed.join('\n') }
}

describe('confab admin', () => {
  test('lists, makes and unmakes admins, but not the last one', async () => {
    expect(await run('list')).toEqual({ code: 0, text: expect.stringContaining('There is no admin yet') as string })
    await app.identity.register({ email: 'first@example.com', password: 'password123', visit })
    await app.identity.register({ email: 'second@example.com', password: 'password123', visit })
    expect((await run('list')).text).toBe('1\tfirst@example.com\tfirst')
    expect(await run('revoke', 'first@example.com')).toEqual({
      code: 1,
      text: expect.stringContaining('This is the only admin') as string,
    })
    expect(await run('grant', ' SECOND@example.com')).toEqual({ code: 0, text: 'second@example.com is an admin now.' })
    expect((await run('grant', 'second')).text).toBe('second@example.com is an admin already.')
    expect((await run('list')).text.split('\n')).toHaveLength(2)
    expect(await run('revoke', 'first@example.com')).toMatchObject({ code: 0 })
    expect((await run('list')).text).toBe('2\tsecond@example.com\tsecond')
    const { entries } = await app.identity.administration.audit({ event: 'account.role-changed', limit: 1, offset: 0 })
    expect(entries[0]).toMatchObject({
      accountId: 1,
      actorId: null,
      userAgent: 'confab admin',
      details: { role: 'user' },
    })
  })

  test('gives an account a password that works at once, and signs every device out', async () => {
    const name = 'locked@example.com'
    const { accessToken } = await app.identity.registerAndSignIn({ email: name, password: 'password123', visit })
    const { code, text } = await run('reset-password', name)
    expect(code).toBe(0)
    const password = /new password of locked@example\.com is (\w{16})/.exec(text)?.[1] ?? ''
    await expect(
      app.identity.signIn({ name, orLogin: false, password, refreshable: false, visit }),
    ).resolves.toBeDefined()
    await expect(app.identity.authenticate({ bearer: accessToken })).rejects.toMatchObject({ code: 'auth.expired' })
  })

  test('says what is wrong: 1 for somebody it does not know, 2 for what it does not understand', async () => {
    expect(await run('grant', 'nobody@example.com')).toEqual({
      code: 1,
      text: 'confab: there is no account "nobody@example.com"',
    })
    for (const args of [[], ['grant'], ['list', 'x'], ['grant', 'a', 'b'], ['promote', 'a']]) {
      expect(await run(...args)).toEqual({ code: 2, text: expect.stringContaining('Usage:') as string })
    }
  })
})
