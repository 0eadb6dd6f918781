import type { Executor, Transaction } from '#kernel/db/executor.ts'
import { ACCOUNT_COLUMNS, SECRET_COLUMNS, asOf } from './account.ts'
import type { Account, AccountSecrets } from './account.ts'
import type { AccountStatus, Locale, Role } from './ports.ts'

/** What a new account is written with. */
export interface NewAccount {
  readonly uuid: string
  readonly email: string
  readonly login: string
  readonly displayName: string
  readonly role: Role
  readonly passwordHash: string
  readonly apiKeyHash: Buffer
  readonly apiKeySealed: Buffer
  readonly timeZone: string
  readonly locale: Locale | null
  readonly origin: string | null
  readonly at: Date
}

/** Writes an account. Violates `accounts_email_key` or `accounts_login_key` when either is taken. */
export async function insertAccount(db: Executor, account: NewAccount): Promise<Account> {
  const [row] = await db.query<Account>(
    `INSERT INTO accounts AS a (uuid, email, login, display_name, role, password_hash, api_key_hash, api_key_sealed,
       time_zone, locale, origin, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
     RETURNING ${ACCOUNT_COLUMNS}`,
    [
      account.uuid,
      account.email,
      account.login,
      account.displayName,
      account.role,
      account.passwordHash,
      account.apiKeyHash,
      account.apiKeySealed,
      account.timeZone,
      account.locale,
      account.origin,
      account.at,
    ],
  )
  return row as Account
}

/** The account with this number, deleted ones included. */
export async function findAccount(db: Executor, id: number, now: number): Promise<AccountSecrets | undefined> {
  const [row] = await db.query<AccountSecrets>(
    `SELECT ${ACCOUNT_COLUMNS}, ${SECRET_COLUMNS} FROM accounts a WHERE a.id = $1`,
    [id],
  )
  return row && asOf(row, now)
}

/** The account with this number, kept from being changed by others until the transaction ends. */
export async function lockAccount(tx: Transaction, id: number, now: number): Promise<AccountSecrets | undefined> {
  const [row] = await tx.query<AccountSecrets>(
    `SELECT ${ACCOUNT_COLUMNS}, ${SECRET_COLUMNS} FROM accounts a WHERE a.id = $1 FOR UPDATE`,
    [id],
  )
  return row && asOf(row, now)
}

/** The account that has this e-mail address, in whatever case; where `orLogin`, or this login. */
export async function findByName(
  db: Executor,
  name: string,
  options: { orLogin: boolean; now: number },
): Promise<AccountSecrets | undefined> {
  // No login has an @, so at most one of the two matches.
  const where = options.orLogin && !name.includes('@') ? 'lower(a.login) = lower($1)' : 'lower(a.email) = lower($1)'
  const [row] = await db.query<AccountSecrets>(
    `SELECT ${ACCOUNT_COLUMNS}, ${SECRET_COLUMNS} FROM accounts a WHERE ${where} AND a.status <> 'deleted'`,
    [name],
  )
  return row && asOf(row, options.now)
}

/** Whether an e-mail address or a login is some account's already. */
export async function whatIsTaken(
  db: Executor,
  names: { email: string; login: string | null },
): Promise<{ email: boolean; login: boolean }> {
  const [row] = await db.query<{ email: boolean; login: boolean }>(
    `SELECT EXISTS (SELECT FROM accounts WHERE lower(email) = lower($1)) AS email,
            EXISTS (SELECT FROM accounts WHERE lower(login) = lower($2)) AS login`,
    [names.email, names.login],
  )
  return row ?? { email: false, login: false }
}

/** The numbers that stand behind `stem` in the logins there are (`ann`, `ann2`, `ann7`: 1, 2 and 7). */
export async function numbersTaken(db: Executor, stem: string): Promise<number[]> {
  const rows = await db.query<{ rest: string }>(
    `SELECT substr(lower(login), char_length($1) + 1) AS rest FROM accounts
     WHERE starts_with(lower(login), lower($1)) AND substr(login, char_length($1) + 1) ~ '^([1-9][0-9]{0,5})?$'`,
    [stem],
  )
  return rows.map(({ rest }) => (rest === '' ? 1 : Number(rest)))
}

/** The columns an account may be changed in, by its fields' names. */
const CHANGEABLE = {
  email: 'email',
  displayName: 'display_name',
  role: 'role',
  avatarUrl: 'avatar_url',
  matrixId: 'matrix_id',
  timeZone: 'time_zone',
  locale: 'locale',
  passwordHash: 'password_hash',
  apiKeyHash: 'api_key_hash',
  apiKeySealed: 'api_key_sealed',
  status: 'status',
  bannedUntil: 'banned_until',
  banReason: 'ban_reason',
  login: 'login',
} as const

/** New values for some of an account's fields. */
export type AccountChange = Partial<Record<keyof typeof CHANGEABLE, unknown>>

/** Writes `change` and the time of it; undefined where there is no such account. */
export async function updateAccount(
  db: Executor,
  id: number,
  change: AccountChange,
  at: Date,
): Promise<Account | undefined> {
  const fields = Object.keys(change) as (keyof typeof CHANGEABLE)[]
  const sets = fields.map((field, i) => `${CHANGEABLE[field]} = $${i + 3}`)
  const [row] = await db.query<Account>(
    `UPDATE accounts AS a SET ${['updated_at = $2', ...sets].join(', ')} WHERE a.id = $1 RETURNING ${ACCOUNT_COLUMNS}`,
    [id, at, ...fields.map((field) => change[field])],
  )
  return row && asOf(row, at.getTime())
}

/** A page of accounts. */
export interface AccountFilter {
  readonly keyword?: string | undefined
  /** Everything but deleted accounts where nothing is said. */
  readonly status?: AccountStatus | undefined
  readonly role?: Role | undefined
  readonly limit: number
  readonly offset: number
}

/** Accounts in the order they were made, and how many there are in all. */
export async function listAccounts(
  db: Executor,
  filter: AccountFilter,
  now: Date,
): Promise<{ accounts: Account[]; total: number }> {
  const values: unknown[] = [now, filter.status ?? null, filter.role ?? null]
  let where = `CASE WHEN a.status = 'banned' AND a.banned_until <= $1 THEN 'active' ELSE a.status END
    = ANY (CASE WHEN $2::text IS NULL THEN ARRAY['active', 'banned'] ELSE ARRAY[$2::text] END)
    AND ($3::text IS NULL OR a.role = $3)`
  if (filter.keyword !== undefined && filter.keyword !== '') {
    values.push(`%${escapeLike(filter.keyword)}%`)
    where += ` AND (a.email ILIKE $4 OR a.login ILIKE $4 OR a.display_name ILIKE $4)`
  }
  const [counted] = await db.query<{ total: number }>(`SELECT count(*) AS total FROM accounts a WHERE ${where}`, values)
  const rows = await db.query<Account>(
    `SELECT ${ACCOUNT_COLUMNS} FROM accounts a WHERE ${where} ORDER BY a.id
     LIMIT $${values.length + 1} OFFSET $${values.length + 2}`,
    [...values, filter.limit, filter.offset],
  )
  return { accounts: rows.map((row) => asOf(row, now.getTime())), total: counted?.total ?? 0 }
}

/** Active accounts whose login or name has `part` in it, those that begin with it first; or whose e-mail it is. */
export async function findPeople(db: Executor, part: string, now: Date): Promise<Account[]> {
  const escaped = escapeLike(part)
  return db.query<Account>(
    `SELECT ${ACCOUNT_COLUMNS} FROM accounts a
     WHERE (a.login ILIKE $1 OR a.display_name ILIKE $1 OR lower(a.email) = lower($3))
       AND (a.status = 'active' OR (a.status = 'banned' AND a.banned_until <= $4))
     ORDER BY NOT (a.login ILIKE $2 OR a.display_name ILIKE $2), lower(a.display_name), a.id LIMIT 10`,
    [`%${escaped}%`, `${escaped}%`, part, now],
  )
}

/** Admins that can act, other than `id`. */
export async function countOtherAdmins(db: Executor, id: number, now: Date): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    `SELECT count(*) AS count FROM accounts
     WHERE role = 'admin' AND id <> $1 AND (status = 'active' OR (status = 'banned' AND banned_until <= $2))`,
    [id, now],
  )
  return row?.count ?? 0
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}
