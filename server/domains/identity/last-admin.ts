import type { Transaction } from '#kernel/db/executor.ts'
import { Fault } from '#kernel/fault.ts'
import { countOtherAdmins } from './account-store.ts'
import type { Account } from './account.ts'

/** Makes everybody wait who is about to take an admin away; first thing in the transaction. */
export async function lockAdmins(tx: Transaction): Promise<void> {
  await tx.lock('identity.admins', [0])
}

/**
 * Refuses to take away the only admin there is. The caller holds `lockAdmins`.
 * @throws Fault `accounts.last-admin`
 */
export async function requireOtherAdmin(tx: Transaction, account: Account, now: Date): Promise<void> {
  if (account.role !== 'admin' || account.status !== 'active') return
  if ((await countOtherAdmins(tx, account.id, now)) > 0) return
  throw new Fault(
    'conflict',
    'accounts.last-admin',
    'This is the only admin; make somebody else an admin first, so that the installation keeps one',
  )
}
