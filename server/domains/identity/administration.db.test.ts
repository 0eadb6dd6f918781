import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Events } from '#contracts/events.ts'
import { startAccountsApp } from '#test/support/accounts-app.ts'
import type { AccountsApp } from '#test/support/accounts-app.ts'
import type { Actor } from './administration.ts'
import type { SignedIn } from './sign-in.ts'

const visit = { address: '192.0.2.1', userAgent: 'test', origin: 'http://confab.test', locale: null }
const password = 'correct horse'
const clock = { time: Date.now(), now: () => clock.time }
const HOUR = 3_600_000

let app: AccountsApp
let admin: SignedIn
let actor: Actor
let revoked: Events['accounts.access.revoked'][] = []
let made = 0
beforeAll(async () => {
  app = await startAccountsApp({ clock })
  app.bus.subscribe('accounts.access.revoked', (event) => void revoked.push(event))
  admin = await newPerson()
  actor = { accountId: admin.account.id, visit }
})
beforeEach(() => {
  revoked = []
})
afterAll(() => app.close())

function newPerson(): Promise<SignedIn> {
  return app.identity.registerAndSignIn({ email: `person${++made}@example.com`, password, visit })
}
const check = (credentials: { bearer?: string; apiKey?: string }): Promise<unknown> =>
  app.identity.authenticate(credentials).then(
    ({ accountId }) => accountId,
    (error: { code: string }) => error.code,
  )
const signIn = (person: SignedIn): Promise<SignedIn> =>
  app.identity.signIn({ name: person.account.email, orLogin: false, password, refreshable: true, visit })

describe('a ban', () => {
  test('ends every access at once and lifts itself when its time is over', async () => {
    const person = await newPerson()
    const { id } = person.account
    await app.identity.administration.ban(id, { reason: 'spam', hours: 2 }, actor)
    expect(await check({ bearer: person.accessToken })).toBe('auth.expired')
    expect(await check({ apiKey: person.apiKey })).toBe('auth.expired')
    expect(revoked).toEqual([{ accountId: id, sessionIds: null, apiKey: true, reason: 'account.banned' }])
    await expect(signIn(person)).rejects.toMatchObject({ code: 'accounts.banned', data: { reason: 'spam' } })
    expect(await app.identity.administration.get(id)).toMatchObject({ status: 'banned', banReason: 'spam' })

    clock.time += 2 * HOUR
    expect(await app.identity.administration.get(id)).toMatchObject({ status: 'active', banReason: null })
    expect(await check({ apiKey: person.apiKey })).toBe(id)
    // The sessions of before stay ended.
    expect(await check({ bearer: person.accessToken })).toBe('auth.expired')
    expect((await signIn(person)).account.status).toBe('active')
    const { accounts } = await app.identity.administration.list({ status: 'banned', limit: 10, offset: 0 })
    expect(accounts).toEqual([])
  })

  test('without an end stays until it is lifted', async () => {
    const person = await newPerson()
    const { id } = person.account
    await app.identity.administration.ban(id, {}, actor)
    clock.time += 10_000 * HOUR
    expect((await app.identity.administration.get(id)).status).toBe('banned')
    expect((await app.identity.administration.list({ status: 'banned', limit: 10, offset: 0 })).total).toBe(1)
    await app.identity.administration.unban(id, actor)
    expect((await signIn(person)).account.status).toBe('active')
  })

  test('is told to nobody who does not know the password', async () => {
    const person = await newPerson()
    await app.identity.administration.ban(person.account.id, {}, actor)
    await expect(
      app.identity.signIn({
        name: person.account.email,
        orLogin: false,
        password: 'wrong one',
        refreshable: false,
        visit,
      }),
    ).rejects.toMatchObject({ code: 'accounts.credentials-wrong' })
  })
})

describe('the last admin', () => {
  test('is not banned, demoted or deleted', async () => {
    const { id } = admin.account
    const { administration, profiles } = app.identity
    const again = await signIn(admin)
    const self = await app.identity.authenticate({ bearer: again.accessToken })
    const refused = { code: 'accounts.last-admin' }
    await expect(administration.ban(id, {}, actor)).rejects.toMatchObject(refused)
    await expect(administration.update(id, { role: 'user' }, actor)).rejects.toMatchObject(refused)
    await expect(administration.update(id, { status: 'banned' }, actor)).rejects.toMatchObject(refused)
    await expect(administration.update(id, { status: 'deleted' }, actor)).rejects.toMatchObject(refused)
    await expect(administration.delete(id, actor)).rejects.toMatchObject(refused)
    await expect(profiles.delete(self, visit)).rejects.toMatchObject(refused)
    expect(await administration.get(id)).toMatchObject({ role: 'admin', status: 'active' })
  })

  test('stays, also when two admins take each other away at once', async () => {
    for (let round = 0; round < 5; round++) {
      const other = await newPerson()
      await app.identity.administration.update(other.account.id, { role: 'admin' }, actor)
      const results = await Promise.allSettled([
        app.identity.administration.update(admin.account.id, { role: 'user' }, actor),
        app.identity.administration.ban(other.account.id, {}, actor),
      ])
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      const { accounts } = await app.identity.administration.list({
        role: 'admin',
        status: 'active',
        limit: 10,
        offset: 0,
      })
      expect(accounts).toHaveLength(1)
      await app.db.query("UPDATE accounts SET role = 'user' WHERE id <> $1", [admin.account.id])
      await app.db.query("UPDATE accounts SET role = 'admin' WHERE id = $1", [admin.account.id])
    }
  })

  test('does not count an admin who is banned', async () => {
    const other = await newPerson()
    await app.identity.administration.update(other.account.id, { role: 'admin' }, actor)
    await app.identity.administration.ban(other.account.id, {}, actor)
    await expect(app.identity.administration.delete(admin.account.id, actor)).rejects.toMatchObject({
      code: 'accounts.last-admin',
    })
  })
})

describe('deletion', () => {
  test('ends all access, overwrites who it was, and lets other domains erase in the same transaction', async () => {
    const person = await newPerson()
    const { id, email } = person.account
    const erased: number[] = []
    app.identity.onErasure(async (tx, accountId) => {
      const [row] = await tx.query<{ status: string }>('SELECT status FROM accounts WHERE id = $1', [accountId])
      expect(row?.status).toBe('deleted')
      erased.push(accountId)
    })
    await app.identity.administration.delete(id, actor)
    expect(erased).toEqual([id])
    expect(await check({ bearer: person.accessToken })).toBe('auth.account-gone')
    expect(await check({ apiKey: person.apiKey })).toBe('auth.invalid')
    expect(revoked).toEqual([{ accountId: id, sessionIds: null, apiKey: true, reason: 'account.deleted' }])
    await expect(signIn(person)).rejects.toMatchObject({ code: 'accounts.credentials-wrong' })
    await expect(app.identity.administration.get(id)).rejects.toMatchObject({ code: 'accounts.unknown' })
    await expect(app.identity.administration.unban(id, actor)).rejects.toMatchObject({ code: 'accounts.unknown' })
    const [row] = await app.db.query<{ text: string }>('SELECT a::text AS text FROM accounts a WHERE id = $1', [id])
    expect(row?.text).not.toContain(email)
    expect(row?.text).not.toContain(person.account.login)
    const { accounts } = await app.identity.administration.list({ status: 'deleted', limit: 10, offset: 0 })
    expect(accounts.map((one) => one.id)).toContain(id)
    // The address is free again.
    await expect(app.identity.register({ email, password, visit })).resolves.toMatchObject({ email })
  })

  test('does not happen when another domain cannot erase', async () => {
    const person = await newPerson()
    app.identity.onErasure(async (_tx, accountId) => {
      if (accountId === person.account.id) throw new Error('cannot')
    })
    await expect(app.identity.administration.delete(person.account.id, actor)).rejects.toThrow('cannot')
    expect(await check({ bearer: person.accessToken })).toBe(person.account.id)
    expect(revoked).toEqual([])
  })
})

describe('finding people', () => {
  test('by a part of a name or the whole e-mail; wildcards are letters', async () => {
    await app.identity.register({ email: 'zoe@example.com', login: 'zoe_z', displayName: '王小明', password, visit })
    const logins = async (part: string): Promise<string[]> =>
      (await app.identity.profiles.find(part)).map(({ login }) => login)
    expect(await logins('小明')).toEqual(['zoe_z'])
    expect(await logins('ZOE')).toEqual(['zoe_z'])
    expect(await logins('zoe@example.com')).toEqual(['zoe_z'])
    expect(await logins('zoe@example')).toEqual([])
    expect(await logins('z%z')).toEqual([])
    expect(await logins('e_z')).toEqual(['zoe_z'])
    expect(await logins('\\')).toEqual([])
  })
})
