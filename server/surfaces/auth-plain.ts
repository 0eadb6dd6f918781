import { login, me, register } from '#contracts/auth.ts'
import type { Bindings } from '#contracts/schemas/account.ts'
import type { Identity } from '#domains/identity/identity.ts'
import type { Words } from './envelopes/envelope.ts'
import type { Mount, Speech } from './mount.ts'
import { rfc3339 } from './time.ts'
import { gatewayUser } from './users-views.ts'
import { visitOf } from './visit.ts'

/** Which services an account has bound for its alerts. */
export type BindingsOf = (accountId: number) => Promise<Bindings>

/** What is answered where nothing can be bound yet. */
export const nothingBound: BindingsOf = async () => ({ telegram: false, line: false, discord: false })

const EMAIL: Words = { status: 400, message: '無效的電子郵件格式' }
const SHORT: Words = { status: 400, message: '密碼必須至少 6 個字元' }
const LONG: Words = { status: 400, message: '密碼不能超過 100 個字元' }

// A field left out is an empty one to document 2: it names what is wrong with the field. A wrong type is a wrong body.
const REGISTER: Speech = {
  words: {
    'accounts.email-invalid': EMAIL,
    'accounts.password-short': SHORT,
    'accounts.password-long': LONG,
    'accounts.email-taken': { status: 409, message: '電子郵件已存在' },
  },
  invalid: ({ field, reason }) => {
    if (reason === 'type') return undefined
    if (field === 'email') return EMAIL
    return field === 'password' && reason === 'required' ? SHORT : undefined
  },
}

const LOGIN: Speech = {
  words: {
    'accounts.credentials-wrong': { status: 401, message: '電子郵件或密碼錯誤' },
    'accounts.banned': { status: 403, message: '帳號已停用' },
  },
}

/** Register, login and me as documents 1 and 2 have them. */
export function mountPlainAuth(
  mount: Mount,
  { identity, bindingsOf }: { identity: Identity; bindingsOf: BindingsOf },
): void {
  mount(
    register,
    async ({ body, request }) => {
      const { email, password } = body
      const signedIn = await identity.registerAndSignIn({ email, password, visit: visitOf(request) })
      return { token: signedIn.accessToken, user: gatewayUser(signedIn) }
    },
    REGISTER,
  )

  mount(
    login,
    async ({ body, request }) => {
      const signedIn = await identity.signIn({
        name: body.email,
        orLogin: false,
        password: body.password,
        refreshable: false,
        visit: visitOf(request),
      })
      return { token: signedIn.accessToken, user: gatewayUser(signedIn) }
    },
    LOGIN,
  )

  mount(
    me,
    async ({ account }) => ({
      id: account.accountId,
      email: account.email,
      role: account.role,
      bindings: await bindingsOf(account.accountId),
      // Whoever is disabled does not get this far.
      enabled: true,
      created_at: rfc3339(account.createdAt),
    }),
    { words: { 'auth.account-gone': { status: 404, message: '找不到帳號' } } },
  )
}
