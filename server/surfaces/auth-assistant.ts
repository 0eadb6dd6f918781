import { logout, refresh, signin, signup } from '#contracts/auth.ts'
import type { Identity } from '#domains/identity/identity.ts'
import type { SignedIn } from '#domains/identity/sign-in.ts'
import { Fault } from '#kernel/fault.ts'
import { credentialsOf } from './credentials.ts'
import type { Words } from './envelopes/envelope.ts'
import type { Mount } from './mount.ts'
import { invalidRequest } from './validation.ts'
import { assistantUser } from './users-views.ts'
import { visitOf } from './visit.ts'

const EMAIL_TAKEN: Words = {
  status: 409,
  message: 'Email already in use',
  details: 'There is an account with this e-mail already',
}
const WRONG: Words = {
  status: 401,
  message: 'Wrong email or password',
  details: 'No account has this e-mail and this password',
}
const DISABLED: Words = { status: 403, message: 'Account disabled', details: 'An admin has disabled this account' }
const badRefreshToken = (details: string): Words => ({ status: 401, message: 'Invalid refresh token', details })

/** Sign-up, sign-in, refresh and log-out as document 3 has them. */
export function mountAssistantAuth(mount: Mount, { identity }: { identity: Identity }): void {
  mount(
    signup,
    async ({ body, request }) => {
      const { username: displayName, email, password } = body
      return { user: assistantUser(await identity.register({ email, password, displayName, visit: visitOf(request) })) }
    },
    { message: 'sign up successful', words: { 'accounts.email-taken': EMAIL_TAKEN } },
  )

  mount(
    signin,
    async ({ body, request }) => {
      const { email: name, password } = body
      return tokens(
        await identity
          .signIn({ name, orLogin: false, password, refreshable: true, visit: visitOf(request) })
          .catch((cause: unknown) => {
            if (cause instanceof Fault) throw cause
            request.log.error({ err: cause }, 'a sign-in failed unexpectedly')
            throw new Fault('unavailable', 'auth.login-failed', 'An unexpected error; it has been logged', { cause })
          }),
      )
    },
    {
      message: 'Login successful',
      words: {
        'accounts.credentials-wrong': WRONG,
        'accounts.banned': DISABLED,
        // The document's own word for a bug on this route.
        'auth.login-failed': {
          status: 500,
          message: 'Login failed',
          details: 'An unexpected error; it has been logged',
        },
      },
    },
  )

  mount(
    refresh,
    async ({ body, request }) => tokens(await identity.sessions.refresh(body.refreshToken, visitOf(request))),
    {
      message: 'Token refreshed',
      words: {
        'auth.refresh-invalid': badRefreshToken('There is no such refresh token'),
        'auth.expired': badRefreshToken('The refresh token has expired, was used before, or its session has ended'),
      },
    },
  )

  mount(
    logout,
    async ({ body, request }) => {
      const visit = visitOf(request)
      const { bearer } = credentialsOf(request.headers)
      if (body.refreshToken !== undefined) await identity.sessions.signOut(body.refreshToken, visit)
      else if (bearer !== undefined) await identity.sessions.signOutBearer(bearer, visit)
      else {
        const details = 'refreshToken is required'
        throw invalidRequest({
          in: 'body',
          field: 'refreshToken',
          fields: ['refreshToken'],
          reason: 'required',
          details,
        })
      }
      return {}
    },
    { message: 'Logout ok' },
  )
}

function tokens(signedIn: SignedIn): { token: string; refreshToken: string; user: ReturnType<typeof assistantUser> } {
  return {
    token: signedIn.accessToken,
    refreshToken: signedIn.refreshToken ?? '',
    user: assistantUser(signedIn.account),
  }
}
