import { Fault } from '#kernel/fault.ts'
import { endAccess } from './access.ts'
import { findAccount, findPeople, lockAccount, updateAccount } from './account-store.ts'
import type { AccountChange } from './account-store.ts'
import type { Account } from './account.ts'
import { rethrowTaken } from './administration.ts'
import { keepApiKey, newApiKey, openApiKey } from './api-keys.ts'
import { record } from './audit.ts'
import { forgetAvatar } from './avatars.ts'
import { eraseAccount } from './deletion.ts'
import type { Eraser } from './deletion.ts'
import { lockAdmins } from './last-admin.ts'
import type { Letters } from './letters.ts'
import { cleanAvatarUrl, cleanEmail, cleanMatrixId, cleanName, cleanTimeZone } from './names.ts'
import { nowOf } from './parts.ts'
import type { Parts } from './parts.ts'
import type { Avatars, Locale, Visit } from './ports.ts'
import type { Principal } from './principal.ts'

/** What people may change of their own account. */
interface ProfileChange {
  readonly displayName?: string | undefined
  readonly email?: string | undefined
  readonly avatarUrl?: string | null | undefined
  readonly matrixId?: string | null | undefined
  readonly timeZone?: string | undefined
  readonly locale?: Locale | null | undefined
}

/** What people do with their own account. */
export interface Profiles {
  get(caller: Principal): Promise<Account>
  /**
   * @throws Fault `auth.token-needed` (an e-mail changed by API key), `accounts.email-invalid`, `accounts.email-taken`,
   *   `accounts.name-invalid`, `accounts.avatar-url-invalid`, `accounts.matrix-id-invalid`, `accounts.time-zone-invalid`
   */
  update(caller: Principal, change: ProfileChange, visit: Visit): Promise<Account>
  /** Takes a picture; returns where it is served. @throws Fault `accounts.avatar-invalid` */
  setAvatar(caller: Principal, bytes: Buffer): Promise<string>
  apiKey(caller: Principal): Promise<string>
  /** A new API key; the old one ends at once. */
  regenerateApiKey(caller: Principal, visit: Visit): Promise<string>
  /** @throws Fault `accounts.last-admin` */
  delete(caller: Principal, visit: Visit): Promise<void>
  /** People whose name has `part` in it, ten at most; or whose e-mail it is. */
  find(part: string): Promise<Account[]>
}

/** The accounts of an installation, as their owners use them. */
export function createProfiles(
  parts: Parts & { letters: Letters; avatars: Avatars; erasers: readonly Eraser[] },
): Profiles {
  const { db, bus, clock, secrets, avatars, letters } = parts

  const own = async (caller: Principal): Promise<NonNullable<Awaited<ReturnType<typeof findAccount>>>> => {
    const account = await findAccount(db, caller.accountId, clock.now())
    if (account === undefined || account.status === 'deleted') throw unknown()
    return account
  }

  const update: Profiles['update'] = async (caller, change, visit) => {
    if (change.email !== undefined && caller.sessionId === null) {
      throw new Fault(
        'forbidden',
        'auth.token-needed',
        'An API key is not enough to change the e-mail address; sign in',
      )
    }
    const cleaned = clean(change)
    return db
      .transaction(async (tx) => {
        const at = nowOf(parts)
        const before = await lockAccount(tx, caller.accountId, clock.now())
        if (before === undefined || before.status !== 'active') throw unknown()
        const after = (await updateAccount(tx, before.id, cleaned, at)) as Account
        const who = { accountId: before.id, actorId: before.id, visit }
        if (after.email !== before.email) {
          const details = { from: before.email, to: after.email }
          await record(tx, at, { event: 'account.email-changed', ...who, details })
          await letters.notice(tx, before, 'email-changed', { visit, email: after.email })
        }
        if (after.matrixId !== before.matrixId) {
          const details = { from: before.matrixId, to: after.matrixId }
          await record(tx, at, { event: 'account.matrix-id-changed', ...who, details })
        }
        tx.afterCommit(() => {
          bus.publish('accounts.account.changed', { accountId: before.id })
          if (after.avatarUrl !== before.avatarUrl) forgetAvatar(parts, before.avatarUrl)
        })
        return after
      })
      .catch(rethrowTaken)
  }

  return {
    get: own,
    update,

    setAvatar: async (caller, bytes) => {
      const path = await avatars.keep(caller.uuid, bytes)
      await db.transaction(async (tx) => {
        const before = await lockAccount(tx, caller.accountId, clock.now())
        if (before === undefined || before.status !== 'active') throw unknown()
        await updateAccount(tx, before.id, { avatarUrl: path }, nowOf(parts))
        tx.afterCommit(() => {
          bus.publish('accounts.account.changed', { accountId: before.id })
          if (before.avatarUrl !== path) forgetAvatar(parts, before.avatarUrl)
        })
      })
      return path
    },

    apiKey: async (caller) => {
      const account = await own(caller)
      return openApiKey(secrets, account.uuid, account.apiKeySealed)
    },

    regenerateApiKey: async (caller, visit) => {
      const { accountId, uuid } = caller
      const key = newApiKey()
      const kept = keepApiKey(secrets, uuid, key)
      await db.transaction(async (tx) => {
        const at = nowOf(parts)
        const account = await lockAccount(tx, accountId, clock.now())
        if (account === undefined || account.status !== 'active') throw unknown()
        await updateAccount(tx, accountId, { apiKeyHash: kept.hash, apiKeySealed: kept.sealed }, at)
        await endAccess(tx, bus, { accountId, which: 'none', reason: 'api-key.regenerated', at, apiKey: true })
        await record(tx, at, { event: 'api-key.regenerated', accountId, actorId: accountId, visit })
      })
      return key
    },

    delete: async (caller, visit) => {
      await db.transaction(async (tx) => {
        await lockAdmins(tx)
        const account = await lockAccount(tx, caller.accountId, clock.now())
        if (account === undefined || account.status === 'deleted') throw unknown()
        await eraseAccount(tx, parts, account, { actorId: account.id, visit })
      })
    },

    find: (part) => findPeople(db, part.trim().normalize('NFKC'), nowOf(parts)),
  }
}

function clean(change: ProfileChange): AccountChange {
  const { displayName, email, avatarUrl, matrixId, timeZone, locale } = change
  return {
    ...(email !== undefined && { email: cleanEmail(email) }),
    ...(displayName !== undefined && { displayName: cleanName(displayName) }),
    // An empty text takes the picture away, as null does.
    ...(avatarUrl !== undefined && { avatarUrl: avatarUrl?.trim() ? cleanAvatarUrl(avatarUrl) : null }),
    ...(matrixId !== undefined && { matrixId: matrixId === null ? null : cleanMatrixId(matrixId) }),
    ...(timeZone !== undefined && { timeZone: cleanTimeZone(timeZone) }),
    ...(locale !== undefined && { locale }),
  }
}

function unknown(): Fault {
  return new Fault('missing', 'accounts.unknown', 'There is no such account')
}
