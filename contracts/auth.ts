import { Type } from 'typebox'
import type { Static } from 'typebox'
import { route } from './route.ts'
import { AssistantUser, Bindings, GatewayUser, Role, User, boundedText, filledText } from './schemas/account.ts'

/** Whether a body has one of these fields of its own. */
const hasOneOf = (body: unknown, fields: readonly string[]): boolean =>
  typeof body === 'object' && body !== null && fields.some((field) => Object.hasOwn(body, field))

const EmailAndPassword = Type.Object({ email: boundedText(), password: boundedText() })

/** Document 1's and document 2's answer to register and login. */
const TokenAndUser = Type.Object({ token: Type.String(), user: GatewayUser })

/**
 * Documents 1 to 3 have no limits of their own, and a whole school may come from one address in one minute. Guesses of
 * passwords are slowed by themselves.
 */
const REGISTERING = { max: 300, per: 'minute' } as const
const SIGNING_IN = { max: 600, per: 'minute' } as const

// --- documents 1 and 2 -------------------------------------------------------------------------------------------

export const register = route({
  id: 'auth.register',
  method: 'POST',
  path: '/api/auth/register',
  family: 'plain',
  access: 'anyone',
  summary: 'Create an account (documents 1 and 2)',
  // No bound on the password here: too long a one is told so in the domain's words.
  body: Type.Object({ email: boundedText(), password: Type.String() }),
  result: TokenAndUser,
  status: 201,
  rateLimit: REGISTERING,
})

export const login = route({
  id: 'auth.login',
  method: 'POST',
  path: '/api/auth/login',
  family: 'plain',
  access: 'anyone',
  summary: 'Sign in (documents 1 and 2)',
  body: EmailAndPassword,
  result: TokenAndUser,
  rateLimit: SIGNING_IN,
})

export const me = route({
  id: 'auth.me',
  method: 'GET',
  path: '/api/auth/me',
  family: 'plain',
  access: 'account',
  summary: 'The account signed in (document 2)',
  result: Type.Object({
    id: Type.Integer(),
    email: Type.String(),
    role: Role,
    bindings: Bindings,
    enabled: Type.Boolean(),
    created_at: Type.String(),
  }),
})

// --- document 4, on the same two paths --------------------------------------------------------------------------

export const workspaceRegister = route({
  id: 'auth.workspace.register',
  method: 'POST',
  path: '/api/auth/register',
  family: 'workspace',
  access: 'anyone',
  summary: 'Create an account (document 4)',
  body: Type.Object({
    email: filledText(),
    username: filledText(),
    account: filledText(),
    password: filledText(),
    passwordChk: filledText(),
  }),
  result: Type.Object({ user: Type.Object({ id: Type.Integer() }), token: Type.String() }),
  rateLimit: { max: 20, per: 'minute' },
  chosenBy: (body) => hasOneOf(body, ['account', 'passwordChk']),
})

export const workspaceLogin = route({
  id: 'auth.workspace.login',
  method: 'POST',
  path: '/api/auth/login',
  family: 'workspace',
  access: 'anyone',
  summary: 'Sign in by e-mail or login (document 4)',
  body: Type.Object({ account: filledText(), password: filledText() }),
  result: Type.Object({
    user: Type.Object({ id: Type.Integer(), email: Type.String(), username: Type.String() }),
    token: Type.String(),
  }),
  rateLimit: { max: 20, per: 'minute' },
  chosenBy: (body) => hasOneOf(body, ['account']),
})

// --- document 3 --------------------------------------------------------------------------------------------------

export const signup = route({
  id: 'auth.signup',
  method: 'POST',
  path: '/api/auth/signup',
  family: 'assistant',
  access: 'anyone',
  summary: 'Create an account (document 3)',
  body: Type.Object({ username: boundedText(), email: boundedText(), password: boundedText() }),
  result: Type.Object({ user: AssistantUser }),
  rateLimit: REGISTERING,
})

export const signin = route({
  id: 'auth.signin',
  method: 'POST',
  path: '/api/auth/signin',
  family: 'assistant',
  access: 'anyone',
  summary: 'Sign in, with a refresh token (document 3)',
  body: EmailAndPassword,
  result: Type.Object({ token: Type.String(), refreshToken: Type.String(), user: AssistantUser }),
  rateLimit: SIGNING_IN,
})

export const refresh = route({
  id: 'auth.refresh',
  method: 'POST',
  path: '/api/auth/refresh',
  family: 'assistant',
  access: 'anyone',
  summary: 'New tokens for a refresh token (document 3)',
  body: Type.Object({ refreshToken: boundedText() }),
  result: Type.Object({ token: Type.String(), refreshToken: Type.String(), user: AssistantUser }),
  rateLimit: SIGNING_IN,
})

export const logout = route({
  id: 'auth.logout',
  method: 'POST',
  path: '/api/auth/logout',
  family: 'assistant',
  access: 'anyone',
  summary: 'End the session of a refresh token, or of the Bearer token where none is given (document 3)',
  body: Type.Object({ refreshToken: Type.Optional(boundedText()) }),
  result: Type.Object({}),
  rateLimit: SIGNING_IN,
})

// --- document 5 --------------------------------------------------------------------------------------------------

/** Document 5's answer to login and refresh. */
export const TokenSet = Type.Object({
  token: Type.String(),
  access_token: Type.String(),
  token_type: Type.Literal('Bearer'),
  refresh_token: Type.String(),
  expires_in: Type.Integer(),
  user: User,
})
export type TokenSet = Static<typeof TokenSet>

export const meetingsRegister = route({
  id: 'auth.v1.register',
  method: 'POST',
  path: '/api/v1/auth/register',
  family: 'meetings',
  access: 'anyone',
  summary: 'Create an account (document 5)',
  body: Type.Object({
    username: Type.String({ minLength: 3, maxLength: 50 }),
    email: boundedText(),
    password: boundedText(),
    nickname: Type.Optional(boundedText(100)),
  }),
  result: User,
  rateLimit: { max: 5, per: 'minute' },
})

export const meetingsLogin = route({
  id: 'auth.v1.login',
  method: 'POST',
  path: '/api/v1/auth/login',
  family: 'meetings',
  access: 'anyone',
  summary: 'Sign in by login or e-mail (document 5)',
  body: Type.Object({ username: boundedText(), password: boundedText() }),
  result: TokenSet,
  rateLimit: { max: 5, per: 'minute' },
})

export const meetingsRefresh = route({
  id: 'auth.v1.refresh',
  method: 'POST',
  path: '/api/v1/auth/refresh',
  family: 'meetings',
  access: 'anyone',
  summary: 'New tokens for the refresh token in the body, or for the Bearer token (document 5)',
  body: Type.Object({ refresh_token: Type.Optional(boundedText()) }),
  result: TokenSet,
  rateLimit: { max: 10, per: 'minute' },
})

export const forgotPassword = route({
  id: 'auth.v1.forgot-password',
  method: 'POST',
  path: '/api/v1/auth/forgot-password',
  family: 'meetings',
  access: 'anyone',
  summary: 'Mail a link to choose a new password; the answer is the same for every address (document 5)',
  body: Type.Object({ email: boundedText() }),
  result: Type.Null(),
  rateLimit: { max: 3, per: 'hour' },
})

export const resetPassword = route({
  id: 'auth.v1.reset-password',
  method: 'POST',
  path: '/api/v1/auth/reset-password',
  family: 'meetings',
  access: 'anyone',
  summary: 'Choose a new password with the token of the mailed link (document 5)',
  body: Type.Object({ token: boundedText(), new_password: boundedText() }),
  result: Type.Null(),
  rateLimit: { max: 5, per: 'hour' },
})
