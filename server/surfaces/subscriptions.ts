import {
  createSubscription,
  deleteSubscription,
  getSubscription,
  listSubscriptions,
  updateSubscription,
} from '#contracts/alerts.ts'
import type { Subscription } from '#contracts/schemas/alerts.ts'
import type { SubscriptionRow } from '#domains/alerts/subscription-store.ts'
import type { Subscriptions } from '#domains/alerts/subscriptions.ts'
import type { Words } from './envelopes/envelope.ts'
import type { Mount } from './mount.ts'
import { rfc3339 } from './time.ts'
import type { Issue } from './validation.ts'

const BOARD: Words = { status: 400, message: '看板為必填' }
const NO_BOARD: Words = { status: 400, message: '看板不存在' }
const TYPE: Words = { status: 400, message: '無效的訂閱類型，必須是 keyword、author 或 pushsum' }
const VALUE: Words = { status: 400, message: '訂閱值為必填' }
const BAD_ID: Words = { status: 400, message: '無效的訂閱 ID' }

/** What document 2 and the contract say of faults. */
export const SUBSCRIPTION_WORDS: Readonly<Record<string, Words>> = {
  'alerts.board-missing': BOARD,
  'alerts.no-board': NO_BOARD,
  'alerts.value-missing': VALUE,
  'alerts.pattern-invalid': { status: 400, message: '無效的正則表達式' },
  'alerts.pushsum-invalid': { status: 400, message: '無效的推文數' },
  'alerts.site-down': { status: 503, message: '暫時無法連線至 PTT' },
  'alerts.limit': { status: 403, message: '已達訂閱上限，一般用戶最多 3 組訂閱' },
  'alerts.exists': { status: 409, message: '訂閱已存在' },
  'alerts.subscription-missing': { status: 404, message: '找不到訂閱' },
  'alerts.not-yours': { status: 403, message: '禁止存取' },
}

/** `/api/subscriptions*` as document 2 has them. */
export function mountSubscriptions(mount: Mount, { subscriptions }: { subscriptions: Subscriptions }): void {
  mount(listSubscriptions, async ({ account }) => (await subscriptions.list(account.accountId)).map(subscriptionView))

  mount(
    createSubscription,
    async ({ account, body }) => {
      const { board, sub_type: subType, value } = body
      return subscriptionView(await subscriptions.create(account, { board, subType, value }))
    },
    { words: SUBSCRIPTION_WORDS, invalid: wordsForField },
  )

  mount(getSubscription, async ({ account, params }) => subscriptionView(await subscriptions.get(account, params.id)), {
    words: SUBSCRIPTION_WORDS,
    invalid: () => BAD_ID,
  })

  mount(
    updateSubscription,
    async ({ account, params, body }) => {
      const { enabled, board, sub_type: subType, value } = body
      await subscriptions.update(account, params.id, {
        enabled,
        ...(board !== undefined && { board }),
        ...(subType !== undefined && { subType }),
        ...(value !== undefined && { value }),
      })
      return { success: true as const, message: '訂閱已更新' }
    },
    { words: SUBSCRIPTION_WORDS, invalid: (issue) => (issue.in === 'params' ? BAD_ID : wordsForField(issue)) },
  )

  mount(
    deleteSubscription,
    async ({ account, params }) => {
      await subscriptions.remove(account, params.id)
      return { success: true as const, message: '訂閱已刪除' }
    },
    { words: SUBSCRIPTION_WORDS, invalid: () => BAD_ID },
  )
}

/** A field left out is named; a board of a length that none has does not exist. */
function wordsForField({ field, reason }: Issue): Words | undefined {
  const tooLong = reason === 'other'
  if (field === 'board') return tooLong ? NO_BOARD : BOARD
  if (field === 'sub_type') return TYPE
  if (field === 'value' && !tooLong) return VALUE
  return undefined
}

/** Document 2's `Subscription`. */
export function subscriptionView(row: SubscriptionRow): Subscription {
  return {
    id: row.id,
    user_id: row.accountId,
    board: row.board,
    sub_type: row.subType,
    value: row.value,
    enabled: row.enabled,
    created_at: rfc3339(row.createdAt),
    updated_at: rfc3339(row.updatedAt),
  }
}
