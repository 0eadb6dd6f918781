import type { Bus } from '#kernel/bus/bus.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import { SqlState, violates } from '#kernel/db/failures.ts'
import { Fault } from '#kernel/fault.ts'
import type { AlertEvents } from '#contracts/events/alerts.ts'
import type { SubscriptionType } from '#contracts/schemas/alerts.ts'
import type { Boards } from './boards.ts'
import {
  countOfAccount,
  deleteSubscription,
  findById,
  findOfAccount,
  insertSubscription,
  rewriteSubscription,
} from './subscription-store.ts'
import type { SubscriptionRow } from './subscription-store.ts'
import { checkValue } from './value.ts'

/** Who acts. */
export interface Subscriber {
  readonly accountId: number
  readonly role: 'user' | 'admin'
}

/** What is asked for. */
export interface Wish {
  readonly board: string
  readonly subType: SubscriptionType
  readonly value: string
}

/** What accounts watch. */
export interface Subscriptions {
  list(accountId: number): Promise<SubscriptionRow[]>
  /** @throws Fault `alerts.subscription-missing`, `alerts.not-yours` */
  get(by: Subscriber, id: number): Promise<SubscriptionRow>
  /**
   * Watches a board. What is on it already does not alert.
   * @throws Fault `alerts.board-missing`, `alerts.no-board`, `alerts.site-down`, `alerts.limit`, `alerts.exists`, and
   *   those of `checkValue`
   */
  create(by: Subscriber, wish: Wish): Promise<SubscriptionRow>
  /** Changes some of it. @throws the faults of `get` and `create`, but `alerts.limit` */
  update(by: Subscriber, id: number, change: Partial<Wish> & { enabled?: boolean | undefined }): Promise<void>
  /** @throws the faults of `get` */
  remove(by: Subscriber, id: number): Promise<void>
  /** How many the account has and may have; null: as many as it likes. */
  allowance(by: Subscriber): Promise<{ used: number; limit: number | null }>
  /** Forgets everything of an account. */
  forget(accountId: number): Promise<void>
}

/** Subscriptions of an ordinary account (document 2). */
export const USER_LIMIT = 3

/** Subscriptions over the table `alert_subscriptions`. */
export function createSubscriptions(parts: {
  db: Database
  bus: Bus<AlertEvents>
  clock: Clock
  boards: Boards
}): Subscriptions {
  const { db, bus, clock, boards } = parts
  const changed = (boardId: number): void => bus.publish('alerts.subscription.changed', { boardId })
  const limitOf = ({ role }: Subscriber): number | null => (role === 'admin' ? null : USER_LIMIT)

  const get: Subscriptions['get'] = async (by, id) => {
    const row = await findById(db, id)
    if (row === undefined) throw missing()
    if (row.accountId !== by.accountId && by.role !== 'admin') {
      throw new Fault('forbidden', 'alerts.not-yours', 'This subscription is somebody else’s')
    }
    return row
  }

  return {
    get,
    list: (accountId) => findOfAccount(db, accountId),
    create: async (by, wish) => {
      const { value, key } = checkValue(wish.subType, wish.value)
      const limit = limitOf(by)
      if (limit !== null && (await countOfAccount(db, by.accountId)) >= limit) throw full()
      const board = await boards.settle(wish.board)
      const id = await onlyOnce(() =>
        db.transaction(async (tx) => {
          // Two at once must not both be the third.
          await tx.lock('alerts.subscriptions', [by.accountId])
          if (limit !== null && (await countOfAccount(tx, by.accountId)) >= limit) throw full()
          return insertSubscription(tx, by.accountId, {
            boardId: board.id,
            subType: wish.subType,
            value,
            key,
            enabled: true,
            since: new Date(clock.now()),
            unsettled: board.unsettled,
          })
        }),
      )
      changed(board.id)
      return (await findById(db, id)) ?? Promise.reject(missing())
    },
    update: async (by, id, change) => {
      const before = await get(by, id)
      const subType = change.subType ?? before.subType
      const { value, key } = checkValue(subType, change.value ?? before.value)
      const enabled = change.enabled ?? before.enabled
      const sameBoard = change.board === undefined || change.board.trim().toLowerCase() === before.board.toLowerCase()
      const sameWatch = sameBoard && subType === before.subType && value === before.value
      const now = new Date(clock.now())
      if (sameWatch && (enabled === before.enabled || !enabled)) {
        // Nothing new is watched, so the board need not be looked at.
        await db.query('UPDATE alert_subscriptions SET enabled = $2, updated_at = $3 WHERE id = $1', [id, enabled, now])
      } else {
        const board = await boards.settle(change.board ?? before.board)
        const watch = { boardId: board.id, subType, value, key, enabled, since: now, unsettled: board.unsettled, now }
        if (!(await onlyOnce(() => rewriteSubscription(db, id, watch)))) throw missing()
        changed(board.id)
      }
      changed(before.boardId)
    },
    remove: async (by, id) => {
      await get(by, id)
      const boardId = await deleteSubscription(db, id)
      if (boardId === undefined) throw missing()
      changed(boardId)
    },
    allowance: async (by) => ({ used: await countOfAccount(db, by.accountId), limit: limitOf(by) }),
    forget: async (accountId) => {
      const rows = await db.query<{ boardId: number }>(
        'DELETE FROM alert_subscriptions WHERE account_id = $1 RETURNING board_id AS "boardId"',
        [accountId],
      )
      for (const boardId of new Set(rows.map((row) => row.boardId))) changed(boardId)
      await db.query('DELETE FROM alerts WHERE account_id = $1', [accountId])
    },
  }
}

async function onlyOnce<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (violates(error, SqlState.uniqueViolation, 'alert_subscriptions_once')) {
      throw new Fault('conflict', 'alerts.exists', 'The account has this subscription already', { cause: error })
    }
    throw error
  }
}

function missing(): Fault {
  return new Fault('missing', 'alerts.subscription-missing', 'There is no such subscription')
}

function full(): Fault {
  return new Fault('forbidden', 'alerts.limit', `An account has at most ${USER_LIMIT} subscriptions`)
}
