import type { Events } from '#contracts/events.ts'
import type { CallStatus } from '#contracts/schemas/call.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Transaction } from '#kernel/db/executor.ts'
import { Fault } from '#kernel/fault.ts'
import type { CallRow } from './call.ts'
import { askForEnd, countActive, endQueued, findCall, listCalls, usageSince } from './call-store.ts'
import type { Limits } from './limits.ts'
import type { NeverCall } from './never-call.ts'
import { DAY_MS, placeCall } from './placing.ts'
import type { CallRequest } from './placing.ts'
import type { Notices } from './ports.ts'
import { createTellChange } from './tell.ts'

/** Phone calls of accounts. What is another account's is missing: `calls.missing`. */
export interface Calls {
  readonly limits: Limits
  readonly neverCall: NeverCall
  /** Faults: see `placing.ts`. */
  place(accountId: number, request: CallRequest): Promise<CallRow>
  get(accountId: number, callId: string): Promise<CallRow>
  /** Newest first; `nextCursor` leads to the next page. */
  list(
    accountId: number,
    page: { cursor?: number | undefined; status?: CallStatus | undefined; limit?: number | undefined },
  ): Promise<{ calls: CallRow[]; nextCursor: number | null }>
  /** Ends a call in whatever state; one that is over stays as it is. One under way ends a moment later. */
  cancel(accountId: number, callId: string): Promise<CallRow>
  /** How many calls are under way, and how many were asked for in the last 24 hours. */
  load(): Promise<{ activeNow: number; usedToday: number }>
  /** How many calls the account asked for in the last 24 hours. */
  usedBy(accountId: number): Promise<number>
  /** Removes all calls of an account that is being deleted; those that wait are not made. */
  erase(tx: Transaction, accountId: number): Promise<void>
}

const PAGE = 20

/** Calls over the database; dialling is the dialler's. */
export function createCalls(parts: {
  db: Database
  bus: Bus<Events>
  clock: Clock
  limits: Limits
  neverCall: NeverCall
  notices: Notices
  /** Whether anything makes calls here. */
  hasCarrier: boolean
}): Calls {
  const { db, bus, clock, limits, neverCall, notices, hasCarrier } = parts
  const tell = createTellChange(bus)
  const dayAgo = (): Date => new Date(clock.now() - DAY_MS)

  const get: Calls['get'] = async (accountId, callId) => {
    const call = await findCall(db, accountId, callId)
    if (call === undefined) throw new Fault('missing', 'calls.missing', 'There is no such call')
    return call
  }

  return {
    limits,
    neverCall,
    place: (accountId, request) => placeCall({ db, clock, limits, tell, hasCarrier }, accountId, request),
    get,
    list: async (accountId, { cursor, status, limit = PAGE }) => {
      const calls = await listCalls(db, accountId, { before: cursor, status, limit: limit + 1 })
      const page = calls.slice(0, limit)
      return { calls: page, nextCursor: calls.length > limit ? (page.at(-1)?.id ?? null) : null }
    },
    cancel: async (accountId, callId) => {
      const { id } = await get(accountId, callId)
      const ended = await db.transaction(async (tx) => {
        const end = { status: 'canceled', reason: 'by_caller', now: new Date(clock.now()) } as const
        const call = await endQueued(tx, id, end)
        if (call === undefined) return undefined
        await notices.ended(call, tx)
        tx.afterCommit(() => tell.changed(call))
        return call
      })
      if (ended !== undefined) return ended
      const under = await askForEnd(db, id)
      if (under === undefined) return get(accountId, callId)
      bus.publish('calls.call.cancel', { id })
      return under
    },
    load: async () => {
      const { inAll } = await usageSince(db, { accountId: 0, to: '' }, dayAgo())
      return { activeNow: await countActive(db), usedToday: inAll }
    },
    usedBy: async (accountId) => (await usageSince(db, { accountId, to: '' }, dayAgo())).byAccount,
    erase: async (tx, accountId) => {
      await tx.query('DELETE FROM calls WHERE account_id = $1', [accountId])
      await tx.query('DELETE FROM call_sessions WHERE account_id = $1', [accountId])
      await tx.query('DELETE FROM socket_tickets WHERE account_id = $1', [accountId])
    },
  }
}
