import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Events } from '#contracts/events.ts'
import { startAccountsApp } from '#test/support/accounts-app.ts'
import type { AccountsApp } from '#test/support/accounts-app.ts'
import type { SignedIn } from './sign-in.ts'

const visit = { address: '192.0.2.1', userAgent: 'test', origin: 'http://confab.test', locale: null }
const password = 'correct horse'
const clock = { time: Date.now(), now: () => clock.time }
const SECOND = 1000
const HOUR = 3600 * SECOND

let app: AccountsApp
let revoked: Events['accounts.access.revoked'][] = []
let made = 0
beforeAll(async () => {
  app = await startAccountsApp({ clock })
  app.bus.subscribe('accounts.access.revoked', (event) => void revoked.push(event))
})
beforeEach(() => {
  revoked = []
})
afterAll(() => app.close())

async function newPerson(): Promise<SignedIn> {
  const email = `person${++made}@example.com`
  await app.identity.register({ email, password, visit })
  return app.identity.signIn({ name: email, orLogin: false, password, refreshable: true, visit })
}
const signInAgain = (person: SignedIn): Promise<SignedIn> =>
  app.identity.signIn({ name: person.account.email, orLogin: false, password, refreshable: true, visit })
const refresh = (token: string | null): Promise<SignedIn> => app.identity.sessions.refresh(token ?? '', visit)
const check = (bearer: string): Promise<unknown> =>
  app.identity.authenticate({ bearer }).then(
    ({ accountId }) => accountId,
    (error: { code: string }) => error.code,
  )

describe('an access token', () => {
  test('is good for twelve hours and no longer', async () => {
    const { account, accessToken } = await newPerson()
    expect(await check(accessToken)).toBe(account.id)
    clock.time += 12 * HOUR
    expect(await check(accessToken)).toBe('auth.expired')
  })

  test('is no good where there is none, or it is not ours, or its account is gone', async () => {
    const { account, accessToken } = await newPerson()
    expect(await check('')).toBe('auth.missing')
    expect(await check(`${accessToken}x`)).toBe('auth.invalid')
    await app.db.query('DELETE FROM accounts WHERE id = $1', [account.id])
    expect(await check(accessToken)).toBe('auth.expired')
  })

  test('notes when its session was last seen, a minute or more apart', async () => {
    const { sessionId, accessToken } = await newPerson()
    const seen = async (): Promise<number | undefined> => {
      await app.identity.stop()
      const [row] = await app.db.query<{ at: Date }>('SELECT last_seen_at AS at FROM account_sessions WHERE id = $1', [
        sessionId,
      ])
      return row?.at.getTime()
    }
    const began = clock.time
    clock.time += 30 * SECOND
    await check(accessToken)
    expect(await seen()).toBe(began)
    clock.time += 60 * SECOND
    await check(accessToken)
    expect(await seen()).toBe(clock.time)
  })
})

describe('an API key', () => {
  test('is good until there is another', async () => {
    const { account, apiKey, accessToken } = await newPerson()
    const caller = await app.identity.authenticate({ apiKey })
    expect(caller).toMatchObject({ accountId: account.id, sessionId: null })
    const signedIn = await app.identity.authenticate({ bearer: accessToken })
    const next = await app.identity.profiles.regenerateApiKey(signedIn, visit)
    await expect(app.identity.authenticate({ apiKey })).rejects.toMatchObject({ code: 'auth.invalid' })
    expect((await app.identity.authenticate({ apiKey: next })).accountId).toBe(account.id)
    expect(revoked).toEqual([{ accountId: account.id, sessionIds: [], apiKey: true, reason: 'api-key.regenerated' }])
    expect(await check(accessToken)).toBe(account.id)
  })
})

describe('a refresh token', () => {
  test('is taken for another, each time', async () => {
    const person = await newPerson()
    let token = person.refreshToken
    for (let i = 0; i < 3; i++) {
      clock.time += HOUR
      const next = await refresh(token)
      expect(next.refreshToken).not.toBe(token)
      expect(next.sessionId).toBe(person.sessionId)
      expect(await check(next.accessToken)).toBe(person.account.id)
      token = next.refreshToken
    }
  })

  test('shown again within ten seconds gives the same successor', async () => {
    const { refreshToken } = await newPerson()
    const first = await refresh(refreshToken)
    clock.time += 10 * SECOND
    const second = await refresh(refreshToken)
    expect(second.refreshToken).toBe(first.refreshToken)
    await expect(refresh(first.refreshToken)).resolves.toBeDefined()
    expect(revoked).toEqual([])
  })

  test('shown by five tabs at once gives them all the same successor', async () => {
    const { refreshToken } = await newPerson()
    const answers = await Promise.all(Array.from({ length: 5 }, () => refresh(refreshToken)))
    expect(new Set(answers.map((answer) => answer.refreshToken)).size).toBe(1)
    expect(revoked).toEqual([])
  })

  test('shown again later ends its whole family, and that session alone', async () => {
    const person = await newPerson()
    const other = await signInAgain(person)
    const next = await refresh(person.refreshToken)
    clock.time += 10 * SECOND + 1
    await expect(refresh(person.refreshToken)).rejects.toMatchObject({ code: 'auth.expired' })
    await expect(refresh(next.refreshToken)).rejects.toMatchObject({ code: 'auth.expired' })
    expect(await check(person.accessToken)).toBe('auth.expired')
    expect(await check(next.accessToken)).toBe('auth.expired')
    expect(await check(other.accessToken)).toBe(person.account.id)
    expect(revoked).toEqual([
      {
        accountId: person.account.id,
        sessionIds: [person.sessionId],
        apiKey: false,
        reason: 'refresh-token-reused',
      },
    ])
    const { entries } = await app.identity.administration.audit({ accountId: person.account.id, limit: 1, offset: 0 })
    expect(entries[0]).toMatchObject({ event: 'session.refresh-reused', details: { sessionId: person.sessionId } })
  })

  test('is good for seven days after it was given', async () => {
    const { refreshToken } = await newPerson()
    clock.time += 7 * 24 * HOUR - SECOND
    const next = await refresh(refreshToken)
    clock.time += 7 * 24 * HOUR
    await expect(refresh(next.refreshToken)).rejects.toMatchObject({ code: 'auth.expired' })
    expect(revoked).toEqual([])
  })

  test('that nobody gave is unknown', async () => {
    await expect(refresh('x')).rejects.toMatchObject({ code: 'auth.refresh-invalid' })
    await expect(refresh('')).rejects.toMatchObject({ code: 'auth.refresh-invalid' })
  })

  test('is not kept as it is', async () => {
    const { refreshToken } = await newPerson()
    const rows = await app.db.query<{ text: string }>('SELECT r::text AS text FROM refresh_tokens r')
    expect(rows.some(({ text }) => text.includes(refreshToken ?? ''))).toBe(false)
  })

  test('is replaced when the access token asks for new ones', async () => {
    const person = await newPerson()
    const next = await app.identity.sessions.refreshBearer(person.accessToken, visit)
    clock.time += 11 * SECOND
    await expect(refresh(person.refreshToken)).rejects.toMatchObject({ code: 'auth.expired' })
    // It had not been used, so nobody is suspected.
    expect(revoked).toEqual([])
    await expect(refresh(next.refreshToken)).resolves.toBeDefined()
  })
})

describe('signing out', () => {
  test('ends that session at once, and it alone', async () => {
    const person = await newPerson()
    const other = await signInAgain(person)
    await app.identity.sessions.signOut(person.refreshToken ?? '', visit)
    expect(await check(person.accessToken)).toBe('auth.expired')
    expect(await check(other.accessToken)).toBe(person.account.id)
    expect(revoked).toEqual([
      { accountId: person.account.id, sessionIds: [person.sessionId], apiKey: false, reason: 'signed-out' },
    ])
    await app.identity.sessions.signOut(person.refreshToken ?? '', visit)
    await app.identity.sessions.signOut('nobody’s', visit)
    expect(revoked).toHaveLength(1)
  })

  test('others one by one or all', async () => {
    const person = await newPerson()
    const [second, third, fourth] = [await signInAgain(person), await signInAgain(person), await signInAgain(person)]
    const caller = await app.identity.authenticate({ bearer: person.accessToken })
    expect(await app.identity.sessions.list(caller)).toHaveLength(4)
    await app.identity.sessions.revoke(caller, second.sessionId, visit)
    expect(await check(second.accessToken)).toBe('auth.expired')
    expect(await app.identity.sessions.revokeOthers(caller, visit)).toBe(2)
    expect(await check(third.accessToken)).toBe('auth.expired')
    expect(await check(fourth.accessToken)).toBe('auth.expired')
    expect(await check(person.accessToken)).toBe(person.account.id)
    expect(await app.identity.sessions.list(caller)).toHaveLength(1)
  })

  test('is for one’s own sessions only', async () => {
    const [person, stranger] = [await newPerson(), await newPerson()]
    const caller = await app.identity.authenticate({ bearer: person.accessToken })
    for (const id of [stranger.sessionId, 'x', '00000000-0000-4000-8000-000000000000']) {
      await expect(app.identity.sessions.revoke(caller, id, visit)).rejects.toMatchObject({
        code: 'accounts.session-unknown',
      })
    }
    expect(await check(stranger.accessToken)).toBe(stranger.account.id)
  })
})
