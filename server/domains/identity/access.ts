import type { Events } from '#contracts/events.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import type { Transaction } from '#kernel/db/executor.ts'
import { revokeSessions } from './session-store.ts'
import type { WhichSessions } from './session-store.ts'

/** Somewhere to tell what happens to accounts. */
export type AccountBus = Pick<Bus<Events>, 'publish'>

/**
 * Ends sessions in the transaction, and tells open sockets once it is committed. Returns the ids of the sessions ended.
 * `apiKey`: the account's API key no longer counts either.
 */
export async function endAccess(
  tx: Transaction,
  bus: AccountBus,
  end: { accountId: number; which: WhichSessions | 'none'; reason: string; at: Date; apiKey?: boolean },
): Promise<string[]> {
  const { accountId, which, reason, at, apiKey = false } = end
  const ended = which === 'none' ? [] : await revokeSessions(tx, accountId, which, { reason, at })
  if (ended.length > 0 || which === 'all' || apiKey) {
    const sessionIds = which === 'all' ? null : ended
    tx.afterCommit(() => bus.publish('accounts.access.revoked', { accountId, sessionIds, apiKey, reason }))
  }
  return ended
}
