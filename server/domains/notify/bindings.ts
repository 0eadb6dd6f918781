import { createHash } from 'node:crypto'
import type { Bus } from '#kernel/bus/bus.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Executor, Transaction } from '#kernel/db/executor.ts'
import { SqlState, violates } from '#kernel/db/failures.ts'
import { Fault } from '#kernel/fault.ts'
import { randomToken } from '#kernel/ids.ts'
import type { NotifyEvents } from '#contracts/events/notify.ts'
import type { Service } from '#contracts/schemas/alerts.ts'
import { createBindingsRead, findBinding, findByServiceId, insertBinding } from './binding-store.ts'
import type { BindingRow, BoundAccount } from './binding-store.ts'

/** A code by which an account and a chat find each other. */
export interface BindCode {
  readonly code: string
  readonly expiresAt: Date
}

/** Which messengers belong to which account. */
export interface Bindings {
  list(accountId: number): Promise<readonly BindingRow[]>
  find(accountId: number, service: Service): Promise<BindingRow | undefined>
  /** The account a chat is bound to, if that may be used. */
  accountOf(service: Service, serviceId: string): Promise<BoundAccount | undefined>
  /** A code for the account to show to the bot. @throws Fault `binding.exists` */
  codeForAccount(accountId: number, service: Service): Promise<BindCode>
  /** A code for the chat, to be confirmed by an account signed in to the web app. */
  codeForChat(service: Service, serviceId: string): Promise<BindCode>
  /** The chat shows a code of an account. @throws Fault `binding.code-invalid`, `binding.exists`, `binding.taken` */
  redeemInChat(service: Service, serviceId: string, code: string): Promise<{ accountId: number }>
  /** The account confirms a chat's code. @throws the same faults */
  redeemByAccount(accountId: number, service: Service, code: string): Promise<{ serviceId: string }>
  /** @throws Fault `binding.missing` */
  setEnabled(accountId: number, service: Service, enabled: boolean): Promise<void>
  /** @throws Fault `binding.missing` */
  remove(accountId: number, service: Service): Promise<void>
  /** The service refuses the chat from now on: switched off until somebody switches it on. False when there is none. */
  markBroken(service: Service, serviceId: string, reason: string): Promise<{ accountId: number } | undefined>
  /** Forgets everything of an account. */
  forget(accountId: number): Promise<void>
}

/** Characters of a code (document 2). */
const CODE_LENGTH = 32
const CODE_LIFE_MS = 10 * 60_000

/** Bindings over the table `notification_bindings`. */
export function createBindings(parts: { db: Database; bus: Bus<NotifyEvents>; clock: Clock }): Bindings {
  const { db, bus, clock } = parts
  const changed = (accountId: number, service: string): void =>
    bus.publish('notify.binding.changed', { accountId, service })

  const makeCode = async (service: Service, accountId: number | null, serviceId: string | null): Promise<BindCode> => {
    const code = randomToken(CODE_LENGTH)
    const now = clock.now()
    const expiresAt = new Date(now + CODE_LIFE_MS)
    await db.query(
      `INSERT INTO binding_codes (code_hash, service, account_id, service_id, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [hashOf(code), service, accountId, serviceId, new Date(now), expiresAt],
    )
    return { code, expiresAt }
  }

  /** Binds, or says why not. The code is used up only when it bound. */
  const bind = async (tx: Transaction, accountId: number, service: Service, serviceId: string): Promise<void> => {
    if ((await findBinding(tx, accountId, service)) !== undefined) throw alreadyBound()
    if ((await findByServiceId(tx, service, serviceId)) !== undefined) throw taken()
    await insertBinding(tx, accountId, service, serviceId)
    tx.afterCommit(() => changed(accountId, service))
  }

  /** Runs a redemption; two at once for the same account or chat end like one after the other. */
  const redeem = async <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => {
    try {
      return await db.transaction(work)
    } catch (error) {
      if (violates(error, SqlState.uniqueViolation, 'notification_bindings_account')) throw alreadyBound()
      if (violates(error, SqlState.uniqueViolation, 'notification_bindings_recipient')) throw taken()
      throw error
    }
  }

  return {
    list: createBindingsRead(db),
    find: (accountId, service) => findBinding(db, accountId, service),
    accountOf: async (service, serviceId) => findByServiceId(db, service, serviceId),
    codeForAccount: async (accountId, service) => {
      if ((await findBinding(db, accountId, service)) !== undefined) throw alreadyBound()
      return makeCode(service, accountId, null)
    },
    codeForChat: (service, serviceId) => makeCode(service, null, serviceId),
    redeemInChat: (service, serviceId, code) =>
      redeem(async (tx) => {
        const { accountId } = await useCode(tx, { service, code, of: 'account_id', now: new Date(clock.now()) })
        await bind(tx, accountId as number, service, serviceId)
        return { accountId: accountId as number }
      }),
    redeemByAccount: (accountId, service, code) =>
      redeem(async (tx) => {
        const { serviceId } = await useCode(tx, { service, code, of: 'service_id', now: new Date(clock.now()) })
        await bind(tx, accountId, service, serviceId as string)
        return { serviceId: serviceId as string }
      }),
    setEnabled: async (accountId, service, enabled) => {
      const rows = await db.query(
        `UPDATE notification_bindings SET enabled = $3, updated_at = now(),
                broken_at = CASE WHEN $3 THEN NULL ELSE broken_at END, broken_reason = CASE WHEN $3 THEN NULL ELSE broken_reason END
         WHERE account_id = $1 AND service = $2 RETURNING id`,
        [accountId, service, enabled],
      )
      if (rows.length === 0) throw missing()
      changed(accountId, service)
    },
    remove: async (accountId, service) => {
      const rows = await db.query(
        'DELETE FROM notification_bindings WHERE account_id = $1 AND service = $2 RETURNING id',
        [accountId, service],
      )
      if (rows.length === 0) throw missing()
      changed(accountId, service)
    },
    markBroken: async (service, serviceId, reason) => {
      const [row] = await db.query<{ accountId: number }>(
        `UPDATE notification_bindings SET enabled = false, broken_at = now(), broken_reason = $3, updated_at = now()
         WHERE service = $1 AND service_id = $2 AND broken_at IS NULL RETURNING account_id AS "accountId"`,
        [service, serviceId, reason.slice(0, 500)],
      )
      if (row !== undefined) changed(row.accountId, service)
      return row
    },
    forget: async (accountId) => {
      await db.query('DELETE FROM notification_bindings WHERE account_id = $1', [accountId])
      await db.query('DELETE FROM binding_codes WHERE account_id = $1', [accountId])
    },
  }
}

/** Takes a code that is good for this service and side; it is gone afterwards, unless the transaction is. */
async function useCode(
  db: Executor,
  { service, code, of, now }: { service: Service; code: string; of: 'account_id' | 'service_id'; now: Date },
): Promise<{ accountId: number | null; serviceId: string | null }> {
  const [row] = await db.query<{ accountId: number | null; serviceId: string | null }>(
    `DELETE FROM binding_codes WHERE code_hash = $1 AND service = $2 AND ${of} IS NOT NULL AND expires_at > $3
     RETURNING account_id AS "accountId", service_id AS "serviceId"`,
    [hashOf(code), service, now],
  )
  if (row === undefined) throw new Fault('invalid', 'binding.code-invalid', 'The code is wrong, used or expired')
  return row
}

function hashOf(code: string): Buffer {
  return createHash('sha256').update(code).digest()
}

function alreadyBound(): Fault {
  return new Fault('conflict', 'binding.exists', 'The account is already bound to this service')
}

function taken(): Fault {
  return new Fault('conflict', 'binding.taken', 'This chat is bound to another account')
}

function missing(): Fault {
  return new Fault('missing', 'binding.missing', 'The account is not bound to this service')
}
