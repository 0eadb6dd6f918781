import { forgotPassword, meetingsLogin, meetingsRefresh, meetingsRegister, resetPassword } from '#contracts/auth.ts'
import type { TokenSet } from '#contracts/auth.ts'
import type { Identity } from '#domains/identity/identity.ts'
import type { SignedIn } from '#domains/identity/sign-in.ts'
import { Fault } from '#kernel/fault.ts'
import { credentialsOf } from './credentials.ts'
import type { Mount } from './mount.ts'
import { ACCOUNT_WORDS, BANNED, WRONG_PASSWORD } from './users-words.ts'
import { user } from './users-views.ts'
import { visitOf } from './visit.ts'

/** Register, login, refresh and the forgotten password as document 5 has them. */
export function mountMeetingsAuth(mount: Mount, { identity }: { identity: Identity }): void {
  mount(
    meetingsRegister,
    async ({ body, request }) => {
      const { username: login, nickname: displayName, email, password } = body
      // An empty nickname is one left out.
      const named = displayName?.trim() ? { displayName } : {}
      return user(await identity.register({ login, email, password, ...named, visit: visitOf(request) }))
    },
    { words: ACCOUNT_WORDS },
  )

  mount(
    meetingsLogin,
    async ({ body, request }) => {
      const { username: name, password } = body
      return tokenSet(
        await identity.signIn({ name, orLogin: true, password, refreshable: true, visit: visitOf(request) }),
      )
    },
    { words: { 'accounts.credentials-wrong': { ...WRONG_PASSWORD, status: 401 }, 'accounts.banned': BANNED } },
  )

  mount(
    meetingsRefresh,
    async ({ body, request }) => {
      const visit = visitOf(request)
      if (body.refresh_token !== undefined) return tokenSet(await identity.sessions.refresh(body.refresh_token, visit))
      const { bearer } = credentialsOf(request.headers)
      if (bearer === undefined) throw new Fault('unauthenticated', 'auth.missing', 'A refresh token is asked for')
      return tokenSet(await identity.sessions.refreshBearer(bearer, visit))
    },
    {},
    // Whole offices renew from one address.
    async ({ body, headers }) => {
      const { refresh_token: refreshToken } = (body ?? {}) as { refresh_token?: unknown }
      const { bearer } = credentialsOf(headers)
      if (typeof refreshToken === 'string') return await identity.sessions.accountOf({ refreshToken })
      return bearer === undefined ? undefined : await identity.sessions.accountOf({ bearer })
    },
  )

  mount(forgotPassword, async ({ body, request }) => {
    await identity.passwords.forgot(body.email, visitOf(request))
    return null
  })

  mount(
    resetPassword,
    async ({ body, request }) => {
      await identity.passwords.reset(body.token, body.new_password, visitOf(request))
      return null
    },
    {
      words: {
        ...ACCOUNT_WORDS,
        'accounts.reset-expired': { status: 401, code: 1005, message: 'Token过期' },
        'accounts.reset-unknown': { status: 401, message: '重置链接无效' },
      },
    },
  )
}

function tokenSet(signedIn: SignedIn): TokenSet {
  return {
    token: signedIn.accessToken,
    access_token: signedIn.accessToken,
    token_type: 'Bearer',
    refresh_token: signedIn.refreshToken ?? '',
    expires_in: signedIn.expiresInSeconds,
    user: user(signedIn.account),
  }
}
