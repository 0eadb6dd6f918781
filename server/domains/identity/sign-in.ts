import type { Transaction } from '#kernel/db/executor.ts'
import { Fault, isFault } from '#kernel/fault.ts'
import { ACCESS_SECONDS } from './access-tokens.ts'
import { findByName, lockAccount } from './account-store.ts'
import type { Account, AccountSecrets } from './account.ts'
import { openApiKey } from './api-keys.ts'
import { record } from './audit.ts'
import { isEmail } from './names.ts'
import { nowOf } from './parts.ts'
import type { Parts } from './parts.ts'
import type { Visit } from './ports.ts'
import { REFRESH_MS, issueRefreshToken } from './refresh-tokens.ts'
import { insertSession } from './session-store.ts'

/** Somebody signed in just now. */
export interface SignedIn {
  readonly account: Account
  readonly sessionId: string
  readonly accessToken: string
  /** Null where the document has no refresh tokens; the session then ends with the access token. */
  readonly refreshToken: string | null
  readonly expiresInSeconds: number
  readonly apiKey: string
}

/** What somebody signs in with. */
export interface SignInRequest {
  readonly name: string
  /** Whether the name may be a login as well as an e-mail address. */
  readonly orLogin: boolean
  readonly password: string
  /** Whether a refresh token is wanted. */
  readonly refreshable: boolean
  readonly visit: Visit
}

/** Opens a session of an account whose owner has been recognised, in the transaction. */
export async function openSession(
  tx: Transaction,
  parts: Parts,
  account: AccountSecrets,
  options: { refreshable: boolean; visit: Visit },
): Promise<SignedIn> {
  const at = nowOf(parts)
  const { visit, refreshable } = options
  const expiresAt = new Date(at.getTime() + (refreshable ? REFRESH_MS : ACCESS_SECONDS * 1000))
  const sessionId = await insertSession(tx, { accountId: account.id, visit, at, expiresAt })
  const refreshToken = refreshable ? await issueRefreshToken(tx, sessionId, at) : null
  await tx.query('UPDATE accounts SET last_login_at = $2, origin = coalesce($3, origin) WHERE id = $1', [
    account.id,
    at,
    visit.origin,
  ])
  return {
    account: { ...account, lastLoginAt: at },
    sessionId,
    accessToken: parts.tokens.sign({ accountId: account.id, sessionId }),
    refreshToken,
    expiresInSeconds: ACCESS_SECONDS,
    apiKey: openApiKey(parts.secrets, account.uuid, account.apiKeySealed),
  }
}

/**
 * Signs somebody in by name and password. An unknown name takes the same time as a wrong password.
 * @throws Fault `accounts.credentials-wrong` (data `known`: whether there is such an account), `accounts.banned` (data
 *   `until`, `reason`), `auth.slowed`, `auth.busy`
 */
export async function signIn(parts: Parts, request: SignInRequest): Promise<SignedIn> {
  const { db, passwords, clock } = parts
  const { visit, password } = request
  const name = request.name.trim().normalize('NFKC')
  const guess = await begin(parts, name, visit)
  try {
    const found = await findByName(db, name, { orLogin: request.orLogin, now: clock.now() })
    const right = await passwords.verify(found?.passwordHash, password)
    if (found === undefined || !right) {
      await noteFailure(parts, found, name, visit)
      throw wrong(found !== undefined)
    }
    guess.right()
    const better = passwords.isOutdated(found.passwordHash) ? await passwords.hash(password) : undefined
    const outcome = await db.transaction(async (tx) => {
      const account = await stillTheSame(tx, parts, found)
      if (account === undefined) return wrong(true)
      if (account.status === 'banned') {
        await record(tx, nowOf(parts), {
          event: 'sign-in.refused',
          accountId: account.id,
          actorId: null,
          visit,
          details: { reason: 'banned' },
        })
        return banned(account)
      }
      if (better !== undefined) {
        await tx.query('UPDATE accounts SET password_hash = $2 WHERE id = $1', [account.id, better])
      }
      const signedIn = await openSession(tx, parts, account, request)
      await record(tx, nowOf(parts), { event: 'sign-in', accountId: account.id, actorId: account.id, visit })
      return signedIn
    })
    // A refusal is returned, not thrown, so that its record is kept.
    if (outcome instanceof Fault) throw outcome
    return outcome
  } catch (error) {
    if (!isFault(error, 'accounts.credentials-wrong') && !isFault(error, 'accounts.banned')) guess.undo()
    throw error
  }
}

/** The account as it is now, unless its password was changed while it was being compared. */
async function stillTheSame(tx: Transaction, parts: Parts, found: AccountSecrets): Promise<AccountSecrets | undefined> {
  const account = await lockAccount(tx, found.id, parts.clock.now())
  return account?.passwordHash === found.passwordHash ? account : undefined
}

async function begin(parts: Parts, name: string, visit: Visit): Promise<ReturnType<Parts['guesses']['begin']>> {
  try {
    return parts.guesses.begin(name, visit.address)
  } catch (error) {
    if (isFault(error, 'auth.slowed') && error.data['isNews'] === true) {
      const details = isEmail(name) ? { email: name } : {}
      await record(parts.db, nowOf(parts), { event: 'sign-in.slowed', accountId: null, actorId: null, visit, details })
    }
    throw error
  }
}

async function noteFailure(parts: Parts, found: AccountSecrets | undefined, name: string, visit: Visit): Promise<void> {
  // People type their password into the wrong field: only what looks like an e-mail address is kept.
  const details = found === undefined && isEmail(name) ? { email: name } : {}
  await record(parts.db, nowOf(parts), {
    event: 'sign-in.failed',
    accountId: found?.id ?? null,
    actorId: null,
    visit,
    details,
  })
}

/** The fault of a name or password that is wrong. */
function wrong(known: boolean): Fault {
  return new Fault('unauthenticated', 'accounts.credentials-wrong', 'Wrong e-mail, login or password', {
    data: { known },
  })
}

/** The fault of an account that is banned, with what may be told to its owner, who has shown the password. */
function banned(account: Account): Fault {
  return new Fault('forbidden', 'accounts.banned', 'This account is disabled', {
    data: { until: account.bannedUntil?.toISOString() ?? null, reason: account.banReason },
  })
}
