import { hash } from '@node-rs/argon2'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startAccountsApp } from '#test/support/accounts-app.ts'
import type { AccountsApp } from '#test/support/accounts-app.ts'
import type { Visit } from './ports.ts'
import type { SignedIn } from './sign-in.ts'

const visit: Visit = { address: '192.0.2.1', userAgent: 'test', origin: 'http://confab.test:8000', locale: null }
const password = 'correct horse'
const clock = { time: Date.now(), now: () => clock.time }
const MINUTE = 60_000

let app: AccountsApp
let made = 0
beforeAll(async () => {
  app = await startAccountsApp({ clock })
})
afterAll(() => app.close())

function newPerson(): Promise<SignedIn> {
  return app.identity.registerAndSignIn({ email: `person${++made}@example.com`, password, visit })
}
const signIn = (person: SignedIn, typed: string): Promise<SignedIn> =>
  app.identity.signIn({ name: person.account.email, orLogin: false, password: typed, refreshable: true, visit })
const check = (bearer: string): Promise<unknown> =>
  app.identity.authenticate({ bearer }).then(
    ({ accountId }) => accountId,
    (error: { code: string }) => error.code,
  )

interface Received {
  to: string
  subject: string
  text: string
}

async function mailsTo(address: string): Promise<Received[]> {
  const folder = join(app.dataDir, 'outbox')
  const names = await readdir(folder).catch(() => [])
  const mails = await Promise.all(
    names
      .toSorted((a, b) => a.localeCompare(b))
      .map(async (name) => PostalMime.parse(await readFile(join(folder, name)))),
  )
  return mails
    .map((mail) => ({ to: mail.to?.[0]?.address ?? '', subject: mail.subject ?? '', text: mail.text ?? '' }))
    .filter(({ to }) => to === address)
}

const waitForMails = (address: string, count: number): Promise<Received[]> =>
  vi.waitFor(
    async () => {
      const mails = await mailsTo(address)
      expect(mails).toHaveLength(count)
      return mails
    },
    { timeout: 10_000, interval: 30 },
  )

/** Waits until every mail job asked for so far is done. */
const mailsDone = (): Promise<void> =>
  vi.waitFor(
    async () => {
      const rows = await app.db.query(
        "SELECT FROM jobs WHERE kind LIKE 'identity.%mail' AND state IN ('queued', 'processing')",
      )
      expect(rows).toHaveLength(0)
    },
    { timeout: 10_000, interval: 30 },
  )

/** The tokens of the reset mails that somebody has been sent. */
const tokensOf = async (address: string): Promise<string[]> =>
  (await mailsTo(address)).flatMap(({ text }) => /\/reset-password\?token=([\w-]+)/.exec(text)?.[1] ?? [])

async function resetToken(person: SignedIn): Promise<string> {
  const before = await tokensOf(person.account.email)
  await app.identity.passwords.forgot(person.account.email, visit)
  return vi.waitFor(
    async () => {
      const fresh = (await tokensOf(person.account.email)).find((token) => !before.includes(token))
      if (fresh === undefined) throw new Error('no mail yet')
      return fresh
    },
    { timeout: 10_000, interval: 30 },
  )
}

describe('changing a password', () => {
  test('ends every other session at once and tells the owner', async () => {
    const person = await newPerson()
    const other = await signIn(person, password)
    const caller = await app.identity.authenticate({ bearer: person.accessToken })
    await app.identity.passwords.change(caller, { old: password, new: 'battery staple' }, visit)
    expect(await check(person.accessToken)).toBe(person.account.id)
    expect(await check(other.accessToken)).toBe('auth.expired')
    await expect(app.identity.sessions.refresh(other.refreshToken ?? '', visit)).rejects.toMatchObject({
      code: 'auth.expired',
    })
    await expect(signIn(person, password)).rejects.toMatchObject({ code: 'accounts.credentials-wrong' })
    await expect(signIn(person, 'battery staple')).resolves.toBeDefined()
    const [mail] = await waitForMails(person.account.email, 1)
    expect(mail?.subject).toBe('您的 Confab 密碼已變更')
    expect(mail?.text).toContain('192.0.2.1')
  })

  test('needs the old one, and the new one to be long enough', async () => {
    const person = await newPerson()
    const caller = await app.identity.authenticate({ bearer: person.accessToken })
    const change = (old: string, fresh: string): Promise<void> =>
      app.identity.passwords.change(caller, { old, new: fresh }, visit)
    await expect(change('wrong one', 'battery staple')).rejects.toMatchObject({ code: 'accounts.password-wrong' })
    await expect(change(password, '12345')).rejects.toMatchObject({ code: 'accounts.password-short' })
    await expect(change(password, 'x'.repeat(101))).rejects.toMatchObject({ code: 'accounts.password-long' })
    await expect(signIn(person, password)).resolves.toBeDefined()
  })
})

describe('a forgotten password', () => {
  test('is replaced by the mailed link, once, and every session ends', async () => {
    const person = await newPerson()
    const token = await resetToken(person)
    await app.identity.passwords.reset(token, 'battery staple', visit)
    expect(await check(person.accessToken)).toBe('auth.expired')
    await expect(signIn(person, 'battery staple')).resolves.toBeDefined()
    await expect(app.identity.passwords.reset(token, 'another one', visit)).rejects.toMatchObject({
      code: 'accounts.reset-expired',
    })
    await expect(signIn(person, 'battery staple')).resolves.toBeDefined()
  })

  test('of two uses of one link at once one counts', async () => {
    const person = await newPerson()
    const token = await resetToken(person)
    const results = await Promise.allSettled(
      ['first choice', 'second choice', 'third choice'].map((fresh) =>
        app.identity.passwords.reset(token, fresh, visit),
      ),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('the link is good for an hour; every link ends with the first that is used', async () => {
    const person = await newPerson()
    const first = await resetToken(person)
    const second = await resetToken(person)
    expect(second).not.toBe(first)
    clock.time += 59 * MINUTE
    await app.identity.passwords.reset(second, 'battery staple', visit)
    await expect(app.identity.passwords.reset(first, 'another one', visit)).rejects.toMatchObject({
      code: 'accounts.reset-expired',
    })
    const third = await resetToken(person)
    clock.time += 60 * MINUTE
    await expect(app.identity.passwords.reset(third, 'another one', visit)).rejects.toMatchObject({
      code: 'accounts.reset-expired',
    })
    await expect(app.identity.passwords.reset('unknown', 'another one', visit)).rejects.toMatchObject({
      code: 'accounts.reset-unknown',
    })
  })

  test('the link leads to where its owner signed in, not to where the asker says', async () => {
    const person = await newPerson()
    await app.identity.passwords.forgot(person.account.email, { ...visit, origin: 'http://evil.example', locale: 'en' })
    const [mail] = await waitForMails(person.account.email, 1)
    expect(mail?.subject).toBe('Reset your Confab password')
    expect(mail?.text).toContain('http://confab.test:8000/reset-password?token=')
    expect(mail?.text).not.toContain('evil')
  })

  test('mails nobody who has no account, is banned, or was mailed five times this hour', async () => {
    const person = await newPerson()
    for (let i = 0; i < 7; i++) await app.identity.passwords.forgot(person.account.email, visit)
    await app.identity.passwords.forgot('nobody@example.com', visit)
    await app.identity.passwords.forgot('no address', visit)
    await mailsDone()
    expect((await mailsTo(person.account.email)).length).toBeLessThanOrEqual(6)
    expect(await mailsTo('nobody@example.com')).toEqual([])
    const banned = await newPerson()
    await app.identity.administration.ban(banned.account.id, {}, { accountId: null, visit })
    await app.identity.passwords.forgot(banned.account.email, visit)
    await mailsDone()
    expect(await mailsTo(banned.account.email)).toEqual([])
  })

  test('no token lies in the database as it is', async () => {
    const person = await newPerson()
    const token = await resetToken(person)
    const rows = await app.db.query<{ text: string }>(
      'SELECT r::text AS text FROM password_resets r UNION ALL SELECT j::text FROM jobs j UNION ALL SELECT t::text FROM account_audit t',
    )
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.some(({ text }) => text.includes(token))).toBe(false)
  })
})

describe('the operator', () => {
  test('gives an account another password, also by its login', async () => {
    const person = await newPerson()
    const fresh = await app.identity.passwords.replace(person.account.login, visit)
    expect(fresh).toMatch(/^\w{16}$/)
    expect(await check(person.accessToken)).toBe('auth.expired')
    await expect(signIn(person, fresh)).resolves.toBeDefined()
    await expect(app.identity.passwords.replace('nobody@example.com', visit)).rejects.toMatchObject({
      code: 'accounts.unknown',
    })
  })
})

describe('signing in', () => {
  test('makes an outdated hash anew', async () => {
    const person = await newPerson()
    const stored = async (): Promise<string> => {
      const [row] = await app.db.query<{ hash: string }>('SELECT password_hash AS hash FROM accounts WHERE id = $1', [
        person.account.id,
      ])
      return row?.hash ?? ''
    }
    await app.db.query('UPDATE accounts SET password_hash = $2 WHERE id = $1', [
      person.account.id,
      await hash(password, { timeCost: 1, memoryCost: 8192 }),
    ])
    await signIn(person, password)
    expect(await stored()).toContain('m=19456,t=2,p=1')
    await expect(signIn(person, password)).resolves.toBeDefined()
  })

  test('counts failures by address, keeps them in the record, and lets the owner in from elsewhere', async () => {
    const person = await newPerson()
    const from = (address: string, typed: string): Promise<unknown> =>
      app.identity
        .signIn({
          name: person.account.email,
          orLogin: false,
          password: typed,
          refreshable: false,
          visit: { ...visit, address },
        })
        .then(
          () => 'in',
          (error: { code: string }) => error.code,
        )
    for (let i = 0; i < 10; i++) expect(await from('203.0.113.9', 'wrong one')).toBe('accounts.credentials-wrong')
    expect(await from('203.0.113.9', password)).toBe('auth.slowed')
    expect(await from('203.0.113.10', password)).toBe('in')
    expect(await from('203.0.113.9', password)).toBe('auth.slowed')
    clock.time += 2 * MINUTE
    expect(await from('203.0.113.9', password)).toBe('in')
    const kept = async (filter: { accountId?: number; event: string }): Promise<number> =>
      (await app.identity.administration.audit({ ...filter, limit: 1, offset: 0 })).total
    expect(await kept({ accountId: person.account.id, event: 'sign-in.failed' })).toBe(10)
    // Told once for each wait, so that being slowed fills no table.
    expect(await kept({ event: 'sign-in.slowed' })).toBe(1)
  })

  test('keeps no password that was typed as a name', async () => {
    await expect(
      app.identity.signIn({ name: 'hunter2 secret', orLogin: true, password, refreshable: false, visit }),
    ).rejects.toMatchObject({ code: 'accounts.credentials-wrong', data: { known: false } })
    const rows = await app.db.query<{ text: string }>('SELECT t::text AS text FROM account_audit t')
    expect(rows.some(({ text }) => text.includes('hunter2'))).toBe(false)
  })
})
