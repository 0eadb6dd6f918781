import type { Transaction } from '#kernel/db/executor.ts'
import { SqlState, violates } from '#kernel/db/failures.ts'
import { Fault } from '#kernel/fault.ts'
import { endAccess } from './access.ts'
import { findAccount, findByName, listAccounts, lockAccount, updateAccount } from './account-store.ts'
import type { AccountFilter } from './account-store.ts'
import type { Account } from './account.ts'
import { readAudit, record } from './audit.ts'
import type { AuditRow } from './audit.ts'
import { eraseAccount } from './deletion.ts'
import type { Eraser } from './deletion.ts'
import { lockAdmins, requireOtherAdmin } from './last-admin.ts'
import type { Letters } from './letters.ts'
import { cleanEmail, cleanName } from './names.ts'
import { nowOf } from './parts.ts'
import type { Parts } from './parts.ts'
import type { AccountStatus, Avatars, Role, Visit } from './ports.ts'

/** Who does it: an admin, or null for the operator at the command line. */
export interface Actor {
  readonly accountId: number | null
  readonly visit: Visit
}

/** What an admin may change of an account. */
interface ManagedChange {
  readonly displayName?: string | undefined
  readonly email?: string | undefined
  readonly role?: Role | undefined
  readonly status?: AccountStatus | undefined
}

/** What admins do with accounts. Every one throws `accounts.unknown` for an account that is not there, or deleted. */
export interface Administration {
  list(filter: AccountFilter): Promise<{ accounts: Account[]; total: number }>
  get(id: number): Promise<Account>
  /** By e-mail or login. */
  find(name: string): Promise<Account>
  /** @throws Fault `accounts.email-invalid`, `accounts.email-taken`, `accounts.name-invalid`, `accounts.last-admin` */
  update(id: number, change: ManagedChange, actor: Actor): Promise<Account>
  /** Bans for some hours, or until it is lifted; all access ends at once. @throws Fault `accounts.last-admin` */
  ban(id: number, ban: { reason?: string | undefined; hours?: number | undefined }, actor: Actor): Promise<void>
  unban(id: number, actor: Actor): Promise<void>
  /** @throws Fault `accounts.last-admin` */
  delete(id: number, actor: Actor): Promise<void>
  /** Security events, newest first. */
  audit(filter: {
    accountId?: number | undefined
    event?: string | undefined
    limit: number
    offset: number
  }): Promise<{ entries: AuditRow[]; total: number }>
}

const HOUR_MS = 60 * 60_000

/** Administration of an installation's accounts. */
export function createAdministration(
  parts: Parts & { letters: Letters; avatars: Avatars; erasers: readonly Eraser[] },
): Administration {
  const { db, bus, clock } = parts

  const required = async (id: number): Promise<Account> => known(await findAccount(db, id, clock.now()))
  const locked = async (tx: Transaction, id: number): Promise<Account> => known(await lockAccount(tx, id, clock.now()))

  const setBan = async (
    tx: Transaction,
    account: Account,
    ban: { until: Date | null; reason: string | null },
    actor: Actor,
  ): Promise<void> => {
    const at = nowOf(parts)
    await requireOtherAdmin(tx, account, at)
    const change = { status: 'banned', bannedUntil: ban.until, banReason: ban.reason }
    await updateAccount(tx, account.id, change, at)
    await endAccess(tx, bus, { accountId: account.id, which: 'all', reason: 'account.banned', at, apiKey: true })
    await record(tx, at, {
      event: 'account.banned',
      accountId: account.id,
      actorId: actor.accountId,
      visit: actor.visit,
      details: { until: ban.until?.toISOString() ?? null, reason: ban.reason },
    })
  }

  const liftBan = async (tx: Transaction, account: Account, actor: Actor): Promise<void> => {
    const at = nowOf(parts)
    await updateAccount(tx, account.id, { status: 'active', bannedUntil: null, banReason: null }, at)
    if (account.status === 'active') return
    const { accountId: actorId, visit } = actor
    await record(tx, at, { event: 'account.unbanned', accountId: account.id, actorId, visit })
  }

  const setRole = async (tx: Transaction, account: Account, role: Role, actor: Actor): Promise<void> => {
    if (account.role === role) return
    const at = nowOf(parts)
    if (role === 'user') await requireOtherAdmin(tx, account, at)
    await updateAccount(tx, account.id, { role }, at)
    await record(tx, at, {
      event: 'account.role-changed',
      accountId: account.id,
      actorId: actor.accountId,
      visit: actor.visit,
      details: { role },
    })
  }

  const setEmail = async (tx: Transaction, account: Account, email: string, actor: Actor): Promise<void> => {
    if (account.email === email) return
    const at = nowOf(parts)
    await updateAccount(tx, account.id, { email }, at)
    await record(tx, at, {
      event: 'account.email-changed',
      accountId: account.id,
      actorId: actor.accountId,
      visit: actor.visit,
      details: { from: account.email, to: email },
    })
    await parts.letters.notice(tx, account, 'email-changed', { visit: actor.visit, email })
  }

  return {
    list: (filter) => listAccounts(db, filter, nowOf(parts)),
    get: required,
    find: async (name) => known(await findByName(db, name.trim(), { orLogin: true, now: clock.now() })),

    update: async (id, change, actor) => {
      const email = change.email === undefined ? undefined : cleanEmail(change.email)
      const displayName = change.displayName === undefined ? undefined : cleanName(change.displayName)
      return db
        .transaction(async (tx) => {
          await lockAdmins(tx)
          const account = await locked(tx, id)
          if (email !== undefined) await setEmail(tx, account, email, actor)
          if (displayName !== undefined) await updateAccount(tx, id, { displayName }, nowOf(parts))
          if (change.role !== undefined) await setRole(tx, account, change.role, actor)
          // The account as it is by now: an admin made an ordinary user may be banned.
          const now = await locked(tx, id)
          if (change.status === 'deleted')
            await eraseAccount(tx, parts, now, { actorId: actor.accountId, visit: actor.visit })
          if (change.status === 'banned' && now.status !== 'banned') {
            await setBan(tx, now, { until: null, reason: null }, actor)
          }
          if (change.status === 'active') await liftBan(tx, now, actor)
          tx.afterCommit(() => bus.publish('accounts.account.changed', { accountId: id }))
          const after = await lockAccount(tx, id, clock.now())
          return after as Account
        })
        .catch(rethrowTaken)
    },

    ban: async (id, { reason, hours }, actor) => {
      const until = hours === undefined ? null : new Date(clock.now() + hours * HOUR_MS)
      await db.transaction(async (tx) => {
        await lockAdmins(tx)
        await setBan(tx, await locked(tx, id), { until, reason: reason?.trim() || null }, actor)
      })
    },

    unban: (id, actor) => db.transaction(async (tx) => liftBan(tx, await locked(tx, id), actor)),

    delete: (id, actor) =>
      db.transaction(async (tx) => {
        await lockAdmins(tx)
        await eraseAccount(tx, parts, await locked(tx, id), { actorId: actor.accountId, visit: actor.visit })
      }),

    audit: (filter) => readAudit(db, filter),
  }
}

function known<T extends Account>(account: T | undefined): T {
  if (account !== undefined && account.status !== 'deleted') return account
  throw new Fault('missing', 'accounts.unknown', 'There is no such account')
}

/** Puts the violation of an e-mail's uniqueness as the fault it is. */
export function rethrowTaken(error: unknown): never {
  if (!violates(error, SqlState.uniqueViolation, 'accounts_email_key')) throw error
  throw new Fault('conflict', 'accounts.email-taken', 'There is an account with this e-mail already', { cause: error })
}
