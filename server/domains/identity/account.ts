import type { AccountStatus, Locale, Role } from './ports.ts'

/** An account as this domain knows it. `status` is the one in force: a ban whose time is over is none. */
export interface Account {
  readonly id: number
  readonly uuid: string
  readonly email: string
  readonly login: string
  readonly displayName: string
  readonly role: Role
  readonly plan: string
  readonly status: AccountStatus
  readonly bannedUntil: Date | null
  readonly banReason: string | null
  readonly avatarUrl: string | null
  readonly matrixId: string | null
  readonly timeZone: string
  readonly locale: Locale | null
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly lastLoginAt: Date | null
}

/** An account with what only sign-in and password changes look at. */
export interface AccountSecrets extends Account {
  readonly passwordHash: string
  readonly apiKeySealed: Buffer
  readonly origin: string | null
}

/** The columns of an `Account`, named as its fields, for a table or alias called `a`. */
export const ACCOUNT_COLUMNS = `a.id, a.uuid, a.email, a.login, a.display_name AS "displayName", a.role, a.plan, a.status,
  a.banned_until AS "bannedUntil", a.ban_reason AS "banReason", a.avatar_url AS "avatarUrl", a.matrix_id AS "matrixId",
  a.time_zone AS "timeZone", a.locale, a.created_at AS "createdAt", a.updated_at AS "updatedAt",
  a.last_login_at AS "lastLoginAt"`

/** The further columns of `AccountSecrets`. */
export const SECRET_COLUMNS = `a.password_hash AS "passwordHash", a.api_key_sealed AS "apiKeySealed", a.origin`

/** A row as it was read, with a ban that has run out taken for lifted. */
export function asOf<Row extends Account>(row: Row, now: number): Row {
  if (row.status !== 'banned' || row.bannedUntil === null || row.bannedUntil.getTime() > now) return row
  return { ...row, status: 'active', bannedUntil: null, banReason: null }
}
