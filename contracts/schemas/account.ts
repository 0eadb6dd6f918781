import { Type } from 'typebox'
import type { Static } from 'typebox'

/** A text of a request: bounded, so that nothing huge is looked at twice. What it must look like is the domain's business. */
export const boundedText = (maxLength = 1000) => Type.String({ maxLength })

/** As `boundedText`, but not empty. */
export const filledText = (maxLength = 1000) => Type.String({ minLength: 1, maxLength })

/** An account, session or message number in a path. */
export const NumericId = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })

export const Role = Type.Union([Type.Literal('user'), Type.Literal('admin')])
export const AccountStatus = Type.Union([Type.Literal('active'), Type.Literal('banned'), Type.Literal('deleted')])
export const Locale = Type.Union([Type.Literal('zh-TW'), Type.Literal('zh-CN'), Type.Literal('en')])

/** Which services an account has bound for its alerts (document 2). */
export const Bindings = Type.Object({ telegram: Type.Boolean(), line: Type.Boolean(), discord: Type.Boolean() })
export type Bindings = Static<typeof Bindings>

/** Document 1's user beside a token. */
export const GatewayUser = Type.Object({ id: Type.String(), email: Type.String(), apiKey: Type.String() })
export type GatewayUser = Static<typeof GatewayUser>

/** Document 2's `Account`. */
export const AlertsAccount = Type.Object({
  id: Type.Integer(),
  email: Type.String(),
  role: Role,
  enabled: Type.Boolean(),
  created_at: Type.String(),
  updated_at: Type.String(),
})
export type AlertsAccount = Static<typeof AlertsAccount>

/** Document 3's user. */
export const AssistantUser = Type.Object({
  id: Type.Integer(),
  username: Type.String(),
  email: Type.String(),
  createdAt: Type.String(),
  updatedAt: Type.String(),
})
export type AssistantUser = Static<typeof AssistantUser>

/** Document 5's `User`. */
export const User = Type.Object({
  user_id: Type.Integer(),
  username: Type.String(),
  email: Type.String(),
  nickname: Type.String(),
  avatar_url: Type.String(),
  status: AccountStatus,
  created_at: Type.String(),
  updated_at: Type.String(),
})
export type User = Static<typeof User>

/** One's own account: document 5's `User` and what we add to it. */
export const Profile = Type.Intersect([
  User,
  Type.Object({
    role: Role,
    plan: Type.String(),
    matrix_id: Type.Union([Type.String(), Type.Null()]),
    time_zone: Type.String(),
    locale: Type.Union([Locale, Type.Null()]),
    last_login_at: Type.Union([Type.String(), Type.Null()]),
  }),
])
export type Profile = Static<typeof Profile>

/** An account as an admin sees it. */
export const ManagedUser = Type.Intersect([
  User,
  Type.Object({
    role: Role,
    last_login_at: Type.Union([Type.String(), Type.Null()]),
    banned_until: Type.Union([Type.String(), Type.Null()]),
    ban_reason: Type.Union([Type.String(), Type.Null()]),
  }),
])
export type ManagedUser = Static<typeof ManagedUser>

/** An account as anybody signed in may find it. */
export const FoundUser = Type.Object({
  user_id: Type.Integer(),
  username: Type.String(),
  nickname: Type.String(),
  avatar_url: Type.String(),
})
export type FoundUser = Static<typeof FoundUser>

/** One sign-in of an account. */
export const AccountSession = Type.Object({
  session_id: Type.String(),
  created_at: Type.String(),
  last_seen_at: Type.String(),
  expires_at: Type.String(),
  address: Type.String(),
  user_agent: Type.String(),
  current: Type.Boolean(),
})
export type AccountSession = Static<typeof AccountSession>

/** One security event. */
export const AuditEntry = Type.Object({
  id: Type.Integer(),
  at: Type.String(),
  event: Type.String(),
  account_id: Type.Union([Type.Integer(), Type.Null()]),
  actor_id: Type.Union([Type.Integer(), Type.Null()]),
  email: Type.Union([Type.String(), Type.Null()]),
  address: Type.String(),
  user_agent: Type.String(),
  details: Type.Record(Type.String(), Type.Unknown()),
})
export type AuditEntry = Static<typeof AuditEntry>

/** What a page of a list says about the whole (contract, section 7). */
export const PageInfo = { total: Type.Integer(), page: Type.Integer(), page_size: Type.Integer() }

/** `page` from 1, `page_size` at most 100 (contract, section 7). */
export const PageQuery = {
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
}
