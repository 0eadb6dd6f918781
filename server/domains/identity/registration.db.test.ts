import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isFault } from '#kernel/fault.ts'
import { startAccountsApp } from '#test/support/accounts-app.ts'
import type { AccountsApp } from '#test/support/accounts-app.ts'

const visit = { address: '192.0.2.1', userAgent: 'test', origin: 'http://confab.test', locale: null }
const password = 'correct horse'

describe('the first account', () => {
  test('of many at once is one, and it alone is the admin', async () => {
    const app = await startAccountsApp()
    try {
      const made = await Promise.all(
        Array.from({ length: 8 }, (_, i) => app.identity.register({ email: `u${i}@example.com`, password, visit })),
      )
      expect(made.filter(({ role }) => role === 'admin')).toHaveLength(1)
      const later = await app.identity.register({ email: 'later@example.com', password, visit })
      expect(later.role).toBe('user')
    } finally {
      await app.close()
    }
  })
})

describe('registering', () => {
  let app: AccountsApp
  beforeAll(async () => {
    app = await startAccountsApp()
  })
  afterAll(() => app.close())

  test('gives every account of one local part a login of its own, also at once', async () => {
    const made = await Promise.all(
      Array.from({ length: 10 }, (_, i) => app.identity.register({ email: `Ann@host${i}.example`, password, visit })),
    )
    const logins = made.map(({ login }) => login.toLowerCase())
    expect(new Set(logins).size).toBe(10)
    expect(logins).toContain('ann')
    for (const login of logins) expect(login).toMatch(/^ann\d*$/)
    const next = await app.identity.register({ email: 'bob@one.example', password, visit })
    expect(next.login).toBe('bob')
    expect((await app.identity.register({ email: 'BOB@two.example', password, visit })).login).toBe('BOB2')
  })

  test('an e-mail address is one, however it is written, also at once', async () => {
    const spellings = ['Carl@Example.com', 'carl@example.com', ' CARL@EXAMPLE.COM ', 'cArl@example.com']
    const results = await Promise.allSettled(
      spellings.map((email) => app.identity.register({ email, password, visit })),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const result of results) {
      if (result.status === 'rejected') expect(isFault(result.reason, 'accounts.email-taken')).toBe(true)
    }
  })

  test('a login is one, however it is written; the login is told before the e-mail', async () => {
    await app.identity.register({ email: 'dora@example.com', login: 'Dora', password, visit })
    await expect(
      app.identity.register({ email: 'dora2@example.com', login: 'dORA', password, visit }),
    ).rejects.toMatchObject({ code: 'accounts.login-taken' })
    await expect(
      app.identity.register({ email: 'dora@example.com', login: 'dora', password, visit }),
    ).rejects.toMatchObject({ code: 'accounts.login-taken' })
  })

  test('keeps no password and no API key that could be read', async () => {
    const { account, apiKey } = await app.identity.registerAndSignIn({ email: 'eve@example.com', password, visit })
    const [row] = await app.db.query<{ text: string; key: Buffer }>(
      'SELECT a::text AS text, api_key_sealed AS key FROM accounts a WHERE id = $1',
      [account.id],
    )
    expect(apiKey).toMatch(/^occ_[A-Za-z0-9]{32}$/)
    expect(row?.text).not.toContain(password)
    expect(row?.text).not.toContain(apiKey)
    expect(row?.key.toString('latin1')).not.toContain(apiKey)
    expect(row?.text).toContain('$argon2id$')
  })

  test('refuses in this order: e-mail, the two passwords, their length, login, name', async () => {
    const attempt = async (request: Partial<Parameters<typeof app.identity.register>[0]>): Promise<unknown> =>
      app.identity.register({ email: 'f@example.com', password, passwordAgain: password, visit, ...request }).then(
        () => 'made',
        (error: { code: string }) => error.code,
      )
    const bad = { email: 'no', password: '123', passwordAgain: '124', login: 'a b', displayName: '' }
    expect(await attempt(bad)).toBe('accounts.email-invalid')
    expect(await attempt({ ...bad, email: 'f@example.com' })).toBe('accounts.passwords-differ')
    expect(await attempt({ ...bad, email: 'f@example.com', passwordAgain: '123' })).toBe('accounts.password-short')
    expect(await attempt({ login: 'a b', displayName: '' })).toBe('accounts.login-invalid')
    expect(await attempt({ login: 'frank', displayName: '\u202e' })).toBe('accounts.name-invalid')
    expect(await attempt({ login: 'frank', displayName: 'Frank' })).toBe('made')
  })
})
