import { randomBytes } from 'node:crypto'
import type { Transaction } from '#kernel/db/executor.ts'
import { endAccess } from './access.ts'
import { updateAccount } from './account-store.ts'
import type { Account } from './account.ts'
import { record } from './audit.ts'
import { forgetAvatar } from './avatars.ts'
import { requireOtherAdmin } from './last-admin.ts'
import { nowOf } from './parts.ts'
import type { Parts } from './parts.ts'
import type { Avatars, Visit } from './ports.ts'

/** Removes what another domain keeps of an account, in the transaction that deletes it. */
export type Eraser = (tx: Transaction, accountId: number) => Promise<void>

/**
 * Deletes an account: what says who it was is overwritten, its sessions and keys end, and other domains erase what is
 * theirs. Its number stays, because meetings and messages that others keep refer to it.
 * @throws Fault `accounts.last-admin`
 */
export async function eraseAccount(
  tx: Transaction,
  parts: Parts & { erasers: readonly Eraser[]; avatars: Avatars },
  account: Account,
  by: { actorId: number | null; visit: Visit },
): Promise<void> {
  const { bus } = parts
  const accountId = account.id
  const at = nowOf(parts)
  await requireOtherAdmin(tx, account, at)
  await updateAccount(
    tx,
    accountId,
    {
      status: 'deleted',
      role: 'user',
      // Neither an e-mail nor a login that somebody can choose has a space, so these are always free.
      email: `deleted ${accountId}`,
      login: `deleted ${accountId}`,
      displayName: `deleted ${accountId}`,
      passwordHash: '',
      apiKeyHash: randomBytes(32),
      apiKeySealed: Buffer.alloc(0),
      avatarUrl: null,
      matrixId: null,
      bannedUntil: null,
      banReason: null,
    },
    at,
  )
  await tx.query('UPDATE accounts SET origin = NULL WHERE id = $1', [accountId])
  await endAccess(tx, bus, { accountId, which: 'all', reason: 'account.deleted', at, apiKey: true })
  await tx.query('DELETE FROM password_resets WHERE account_id = $1', [accountId])
  await record(tx, at, { event: 'account.deleted', ...by, accountId, details: { login: account.login } })
  for (const erase of parts.erasers) await erase(tx, accountId)
  tx.afterCommit(() => {
    bus.publish('accounts.account.deleted', { accountId })
    forgetAvatar(parts, account.avatarUrl)
  })
}
