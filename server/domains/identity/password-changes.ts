import type { Transaction } from '#kernel/db/executor.ts'
import { Fault } from '#kernel/fault.ts'
import { randomToken } from '#kernel/ids.ts'
import { endAccess } from './access.ts'
import { findAccount, findByName, lockAccount, updateAccount } from './account-store.ts'
import { record } from './audit.ts'
import type { AuditEvent } from './audit.ts'
import type { Letters } from './letters.ts'
import { isEmail } from './names.ts'
import { nowOf } from './parts.ts'
import type { Parts } from './parts.ts'
import { endResets, findReset } from './password-reset-store.ts'
import { checkPassword } from './passwords.ts'
import type { Visit } from './ports.ts'
import type { Principal } from './principal.ts'

/** The ways to another password. */
export interface PasswordChanges {
  /**
   * Changes the caller's password; every other session ends.
   * @throws Fault `accounts.password-wrong`, `accounts.password-short`, `accounts.password-long`, `auth.slowed`, `auth.busy`
   */
  change(caller: Principal, passwords: { old: string; new: string }, visit: Visit): Promise<void>
  /** Mails a link where there is such an account; says nothing either way. */
  forgot(email: string, visit: Visit): Promise<void>
  /**
   * Sets the password with a mailed token; every session ends.
   * @throws Fault `accounts.reset-unknown`, `accounts.reset-expired`, `accounts.password-short`, `accounts.password-long`
   */
  reset(token: string, password: string, visit: Visit): Promise<void>
  /**
   * Gives an account a random password, for the operator to hand to its owner; every session ends.
   * @throws Fault `accounts.unknown`
   */
  replace(email: string, visit: Visit): Promise<string>
}

/** Password changes of an installation. */
export function createPasswordChanges(parts: Parts & { letters: Letters }): PasswordChanges {
  const { db, bus, clock, passwords, guesses, letters } = parts

  const write = async (
    tx: Transaction,
    change: {
      accountId: number
      hash: string
      keep: string | null
      event: AuditEvent
      actorId: number | null
      visit: Visit
    },
  ): Promise<void> => {
    const { accountId, visit } = change
    const at = nowOf(parts)
    const account = await updateAccount(tx, accountId, { passwordHash: change.hash }, at)
    if (account === undefined || account.status === 'deleted') throw unknown()
    await endResets(tx, accountId, at)
    const which = change.keep === null ? 'all' : { except: change.keep }
    await endAccess(tx, bus, { accountId, which, reason: change.event, at })
    await record(tx, at, { event: change.event, accountId, actorId: change.actorId, visit })
    await letters.notice(tx, account, 'password-changed', { visit })
  }

  return {
    change: async (caller, typed, visit) => {
      const { accountId } = caller
      checkPassword(typed.new)
      const account = await findAccount(db, accountId, clock.now())
      const guess = guesses.begin(`id ${accountId}`, visit.address)
      const right = await passwords.verify(account?.passwordHash, typed.old).catch((error: unknown) => {
        guess.undo()
        throw error
      })
      if (account === undefined || !right) {
        await record(db, nowOf(parts), { event: 'password.wrong', accountId, actorId: accountId, visit })
        throw wrongPassword()
      }
      guess.right()
      const hash = await passwords.hash(typed.new)
      await db.transaction(async (tx) => {
        const now = await lockAccount(tx, accountId, clock.now())
        // Changed elsewhere in the meantime: the old password shown is not the present one any more.
        if (now?.passwordHash !== account.passwordHash) throw wrongPassword()
        const keep = caller.sessionId
        await write(tx, { accountId, hash, keep, event: 'password.changed', actorId: accountId, visit })
      })
    },

    forgot: async (email, visit) => {
      const name = email.trim().normalize('NFKC')
      // What is no address at all is nobody's; that it takes less time tells only what the asker can see.
      if (!isEmail(name)) return
      await record(db, nowOf(parts), {
        event: 'password.reset-requested',
        accountId: null,
        actorId: null,
        visit,
        details: { email: name },
      })
      await letters.passwordReset(name, visit)
    },

    reset: async (token, password, visit) => {
      checkPassword(password)
      const find = (): ReturnType<typeof findReset> => db.transaction((tx) => findReset(tx, token, nowOf(parts)))
      const found = await find()
      if (found === undefined || !found.usable) {
        await record(db, nowOf(parts), {
          event: 'password.reset-refused',
          accountId: found?.accountId ?? null,
          actorId: null,
          visit,
        })
        throw found === undefined ? unknownReset() : expiredReset()
      }
      const hash = await passwords.hash(password)
      await db.transaction(async (tx) => {
        // Looked at again under a lock: a token is good for one use, not for one each of two at once.
        const still = await findReset(tx, token, nowOf(parts))
        if (still?.usable !== true) throw expiredReset()
        const { accountId } = still
        await write(tx, { accountId, hash, keep: null, event: 'password.reset', actorId: accountId, visit })
      })
    },

    replace: async (email, visit) => {
      const account = await findByName(db, email.trim(), { orLogin: true, now: clock.now() })
      if (account === undefined) throw unknown()
      const password = randomToken(16)
      const hash = await passwords.hash(password)
      await db.transaction((tx) =>
        write(tx, { accountId: account.id, hash, keep: null, event: 'password.reset', actorId: null, visit }),
      )
      return password
    },
  }
}

function wrongPassword(): Fault {
  return new Fault('invalid', 'accounts.password-wrong', 'The old password is wrong')
}

function unknown(): Fault {
  return new Fault('missing', 'accounts.unknown', 'There is no such account')
}

function unknownReset(): Fault {
  return new Fault('unauthenticated', 'accounts.reset-unknown', 'This link is not one of ours')
}

function expiredReset(): Fault {
  return new Fault('unauthenticated', 'accounts.reset-expired', 'This link has been used or has expired')
}
