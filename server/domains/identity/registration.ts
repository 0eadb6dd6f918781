import { randomUUID } from 'node:crypto'
import type { Transaction } from '#kernel/db/executor.ts'
import { SqlState, violates } from '#kernel/db/failures.ts'
import { Fault } from '#kernel/fault.ts'
import { insertAccount, numbersTaken, whatIsTaken } from './account-store.ts'
import type { Account, AccountSecrets } from './account.ts'
import { keepApiKey, newApiKey } from './api-keys.ts'
import { record } from './audit.ts'
import { cleanEmail, cleanLogin, cleanName, loginFromEmail } from './names.ts'
import { nowOf } from './parts.ts'
import type { Parts } from './parts.ts'
import { checkPassword } from './passwords.ts'
import type { Visit } from './ports.ts'
import { openSession } from './sign-in.ts'
import type { SignedIn } from './sign-in.ts'

/** What a new account is asked for. */
export interface RegistrationRequest {
  readonly email: string
  readonly password: string
  /** The password typed again, where the document has it. */
  readonly passwordAgain?: string
  /** Made from the e-mail where left out. */
  readonly login?: string | undefined
  /** The login where left out. */
  readonly displayName?: string | undefined
  readonly visit: Visit
}

interface Cleaned {
  readonly email: string
  readonly login: string | null
  readonly displayName: string | null
}

/** How often a login made from an e-mail is tried with another number, when others take them at the same time. */
const TRIES = 20

/** Creates an account, as `registerAndSignIn`, without a session. */
export async function register(parts: Parts, request: RegistrationRequest): Promise<Account> {
  return registerThen(parts, request, async (_tx, account) => account)
}

/**
 * Creates an account and signs it in. The first one of an installation is its admin.
 * Checks in this order: e-mail, the password typed twice, its length, login, name, and then what is taken.
 * @throws Fault `accounts.email-invalid`, `accounts.passwords-differ`, `accounts.password-short`, `accounts.password-long`,
 *   `accounts.login-invalid`, `accounts.name-invalid`, `accounts.login-taken`, `accounts.email-taken`, `auth.busy`
 */
export async function registerAndSignIn(parts: Parts, request: RegistrationRequest): Promise<SignedIn> {
  return registerThen(parts, request, (tx, account) =>
    openSession(tx, parts, account, { refreshable: false, visit: request.visit }),
  )
}

async function registerThen<T>(
  parts: Parts,
  request: RegistrationRequest,
  then: (tx: Transaction, account: AccountSecrets) => Promise<T>,
): Promise<T> {
  const cleaned = clean(request)
  await refuseTaken(parts, cleaned)
  const passwordHash = await parts.passwords.hash(request.password)
  for (let attempt = 0; ; attempt++) {
    const login = cleaned.login ?? (await freeLogin(parts, cleaned.email, attempt))
    try {
      return await parts.db.transaction(async (tx) =>
        then(tx, await create(tx, parts, { ...cleaned, login, passwordHash, request })),
      )
    } catch (error) {
      if (violates(error, SqlState.uniqueViolation, 'accounts_email_key')) {
        await refuseTaken(parts, cleaned)
      }
      // A derived login that somebody took in the meantime: another number will do.
      if (!violates(error, SqlState.uniqueViolation, 'accounts_login_key')) throw error
      if (cleaned.login !== null || attempt >= TRIES) {
        await refuseTaken(parts, cleaned)
        throw error
      }
    }
  }
}

function clean(request: RegistrationRequest): Cleaned {
  const email = cleanEmail(request.email)
  if (request.passwordAgain !== undefined && request.passwordAgain !== request.password) {
    throw new Fault('invalid', 'accounts.passwords-differ', 'The two passwords are not the same')
  }
  checkPassword(request.password)
  // Whoever gives their e-mail as login has none of their own.
  const isEmailAgain = request.login?.trim().toLowerCase() === email.toLowerCase()
  const login = request.login === undefined || isEmailAgain ? null : cleanLogin(request.login)
  const displayName = request.displayName === undefined ? null : cleanName(request.displayName)
  return { email, login, displayName }
}

async function refuseTaken(parts: Parts, names: Cleaned): Promise<void> {
  const taken = await whatIsTaken(parts.db, names)
  if (taken.login) throw new Fault('conflict', 'accounts.login-taken', 'Somebody else has this login')
  if (taken.email) throw new Fault('conflict', 'accounts.email-taken', 'There is an account with this e-mail already')
}

/** A login from the e-mail, with the smallest number nobody has behind it; a random one when that keeps being taken. */
async function freeLogin(parts: Parts, email: string, attempt: number): Promise<string> {
  const stem = loginFromEmail(email)
  if (attempt > 3) return `${stem}${1000 + Math.floor(Math.random() * 9_000_000)}`
  const taken = new Set(await numbersTaken(parts.db, stem))
  let number = 1
  while (taken.has(number)) number++
  return number === 1 ? stem : `${stem}${number}`
}

async function create(
  tx: Transaction,
  parts: Parts,
  made: Cleaned & { login: string; passwordHash: string; request: RegistrationRequest },
): Promise<AccountSecrets> {
  const { visit } = made.request
  const at = nowOf(parts)
  const isFirst = await claimFirst(tx)
  const uuid = randomUUID()
  const apiKey = keepApiKey(parts.secrets, uuid, newApiKey())
  const account = await insertAccount(tx, {
    uuid,
    email: made.email,
    login: made.login,
    displayName: made.displayName ?? made.login,
    role: isFirst ? 'admin' : 'user',
    passwordHash: made.passwordHash,
    apiKeyHash: apiKey.hash,
    apiKeySealed: apiKey.sealed,
    timeZone: parts.timeZone,
    locale: null,
    origin: visit.origin,
    at,
  })
  await record(tx, at, {
    event: 'account.registered',
    accountId: account.id,
    actorId: account.id,
    visit,
    details: { role: account.role },
  })
  return { ...account, passwordHash: made.passwordHash, apiKeySealed: apiKey.sealed, origin: visit.origin }
}

/** Whether the account about to be made is the first; of several at once only one is told so. */
async function claimFirst(tx: Transaction): Promise<boolean> {
  const isEmpty = async (): Promise<boolean> => {
    const [row] = await tx.query<{ any: boolean }>('SELECT EXISTS (SELECT FROM accounts) AS any')
    return row?.any !== true
  }
  if (!(await isEmpty())) return false
  await tx.lock('identity.first-account', [0])
  // The lock was waited for; whoever had it may have made the first account.
  return isEmpty()
}
