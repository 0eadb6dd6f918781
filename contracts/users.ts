import { Type } from 'typebox'
import { route } from './route.ts'
import { AccountSession, FoundUser, Locale, Profile, boundedText } from './schemas/account.ts'

// --- document 1 --------------------------------------------------------------------------------------------------

const NullableText = Type.Union([Type.String(), Type.Null()])

export const userMe = route({
  id: 'users.gateway.me',
  method: 'GET',
  path: '/api/user/me',
  family: 'plain',
  access: 'account',
  summary: 'The account signed in (document 1)',
  result: Type.Object({
    id: Type.String(),
    email: Type.String(),
    plan: Type.String(),
    matrixId: NullableText,
    createdAt: Type.Integer(),
  }),
})

export const setMatrixId = route({
  id: 'users.gateway.matrix',
  method: 'PUT',
  path: '/api/user/matrix',
  family: 'plain',
  access: 'account',
  summary: 'Set the Matrix ID that calls report to (document 1)',
  body: Type.Object({ matrixId: boundedText(255) }),
  result: Type.Object({ success: Type.Literal(true), matrixId: Type.String() }),
})

export const regenerateApiKey = route({
  id: 'users.gateway.regenerate-api-key',
  method: 'POST',
  path: '/api/user/regenerate-api-key',
  family: 'plain',
  access: 'session',
  summary: 'A new API key; the old one ends at once (document 1)',
  result: Type.Object({ apiKey: Type.String() }),
})

export const dashboard = route({
  id: 'users.gateway.dashboard',
  method: 'GET',
  path: '/api/dashboard',
  family: 'plain',
  access: 'account',
  summary: 'The account, its key, where to connect, and what is connected (document 1)',
  result: Type.Object({
    email: Type.String(),
    plan: Type.String(),
    matrixId: NullableText,
    apiKey: Type.String(),
    wsUrl: Type.String(),
    sessions: Type.Array(
      Type.Object({
        id: Type.String(),
        created_at: Type.Integer(),
        last_seen: Type.Integer(),
        active: Type.Union([Type.Literal(0), Type.Literal(1)]),
      }),
    ),
  }),
})

// --- document 5 --------------------------------------------------------------------------------------------------

export const profile = route({
  id: 'users.profile',
  method: 'GET',
  path: '/api/v1/users/profile',
  family: 'meetings',
  access: 'account',
  summary: "One's own account (document 5)",
  result: Profile,
  rateLimit: { max: 100, per: 'minute' },
})

export const updateProfile = route({
  id: 'users.profile.update',
  method: 'PUT',
  path: '/api/v1/users/profile',
  family: 'meetings',
  access: 'account',
  summary: "Change one's own account; a new e-mail address asks for a token (document 5)",
  body: Type.Object({
    nickname: Type.Optional(boundedText(100)),
    email: Type.Optional(boundedText()),
    avatar_url: Type.Optional(Type.Union([boundedText(500), Type.Null()])),
    time_zone: Type.Optional(boundedText(64)),
    locale: Type.Optional(Type.Union([Locale, Type.Null()])),
    matrix_id: Type.Optional(Type.Union([boundedText(255), Type.Null()])),
  }),
  result: Profile,
  rateLimit: { max: 50, per: 'minute' },
})

export const changePassword = route({
  id: 'users.change-password',
  method: 'POST',
  path: '/api/v1/users/change-password',
  family: 'meetings',
  access: 'session',
  summary: 'Change the password; every other session ends (document 5)',
  body: Type.Object({ old_password: boundedText(), new_password: boundedText() }),
  result: Type.Null(),
  rateLimit: { max: 10, per: 'hour' },
})

export const uploadAvatar = route({
  id: 'users.upload-avatar',
  method: 'POST',
  path: '/api/v1/users/upload-avatar',
  family: 'meetings',
  access: 'account',
  summary: 'A picture of at most 5 MB, kept as 512 × 512 WebP (document 5)',
  multipart: true,
  body: Type.Object({ file: Type.String({ format: 'binary' }) }),
  result: Type.Object({ avatar_url: Type.String() }),
  rateLimit: { max: 10, per: 'hour' },
})

export const avatar = route({
  id: 'users.avatar',
  method: 'GET',
  path: '/avatars/:name',
  family: 'raw',
  access: 'anyone',
  summary: 'A picture that was uploaded, as WebP',
  params: Type.Object({ name: Type.String({ maxLength: 200 }) }),
  result: Type.String({ format: 'binary' }),
})

export const deleteAccount = route({
  id: 'users.delete-account',
  method: 'DELETE',
  path: '/api/v1/users/account',
  family: 'meetings',
  access: 'session',
  summary: "Delete one's own account (document 5)",
  result: Type.Null(),
  rateLimit: { max: 1, per: 'day' },
})

// --- our own -----------------------------------------------------------------------------------------------------

export const showApiKey = route({
  id: 'users.api-key',
  method: 'GET',
  path: '/api/v1/users/api-key',
  family: 'meetings',
  access: 'session',
  summary: 'The API key of the account',
  result: Type.Object({ api_key: Type.String() }),
  rateLimit: { max: 50, per: 'minute' },
})

export const listSessions = route({
  id: 'users.sessions',
  method: 'GET',
  path: '/api/v1/users/sessions',
  family: 'meetings',
  access: 'session',
  summary: 'Where the account is signed in, most recently seen first',
  result: Type.Object({ sessions: Type.Array(AccountSession), total: Type.Integer() }),
  rateLimit: { max: 100, per: 'minute' },
})

export const revokeSession = route({
  id: 'users.sessions.revoke',
  method: 'DELETE',
  path: '/api/v1/users/sessions/:id',
  family: 'meetings',
  access: 'session',
  summary: 'Sign one session out',
  params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
  result: Type.Null(),
  rateLimit: { max: 50, per: 'minute' },
})

export const revokeOtherSessions = route({
  id: 'users.sessions.revoke-others',
  method: 'POST',
  path: '/api/v1/users/sessions/revoke-others',
  family: 'meetings',
  access: 'session',
  summary: 'Sign every session out but this one',
  result: Type.Object({ revoked: Type.Integer() }),
  rateLimit: { max: 20, per: 'minute' },
})

export const lookupUsers = route({
  id: 'users.lookup',
  method: 'GET',
  path: '/api/v1/users/lookup',
  family: 'meetings',
  access: 'account',
  summary: 'Find people to invite: a part of a name, or a whole e-mail address',
  query: Type.Object({ q: Type.String({ minLength: 1, maxLength: 254 }) }),
  result: Type.Object({ users: Type.Array(FoundUser) }),
  rateLimit: { max: 100, per: 'minute' },
})
