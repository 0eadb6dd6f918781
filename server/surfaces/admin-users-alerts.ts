import { alertsDeleteUser, alertsGetUser, alertsListUsers, alertsUpdateUser } from '#contracts/admin-users.ts'
import type { ResultOf } from '#contracts/route.ts'
import type { Identity } from '#domains/identity/identity.ts'
import { actorOf } from './admin-users.ts'
import type { Words } from './envelopes/envelope.ts'
import type { Mount, Speech } from './mount.ts'
import { alertsAccount } from './users-views.ts'
import type { Issue } from './validation.ts'

/** The subscriptions of an account, as document 2 shows them. */
export type SubscriptionsOf = (accountId: number) => Promise<ResultOf<typeof alertsGetUser>['subscriptions']>

/** What is shown where nothing can be subscribed to yet. */
export const noSubscriptions: SubscriptionsOf = async () => []

const UNKNOWN: Words = { status: 404, message: '找不到用戶' }
const ROLE: Words = { status: 400, message: '無效的角色，必須是 admin 或 user' }

const SPEECH: Speech = {
  words: {
    'accounts.unknown': UNKNOWN,
    'accounts.last-admin': { status: 409, message: '這是唯一的管理員，請先指定另一位管理員' },
  },
  invalid: ({ in: part, field }: Issue) => {
    if (part === 'params') return { status: 400, message: '無效的用戶 ID' }
    return field === 'role' ? ROLE : undefined
  },
}

/** More accounts than this are not listed at once: document 2 has no pages. */
const MOST_LISTED = 100_000

/** `/api/admin/users*` as document 2 has it. */
export function mountAlertsAdminUsers(
  mount: Mount,
  { identity, subscriptionsOf }: { identity: Identity; subscriptionsOf: SubscriptionsOf },
): void {
  const { administration } = identity

  mount(alertsListUsers, async () => {
    const { accounts } = await administration.list({ limit: MOST_LISTED, offset: 0 })
    return accounts.map(alertsAccount)
  })

  mount(
    alertsGetUser,
    async ({ params }) => {
      const account = alertsAccount(await administration.get(params.id))
      return { account, subscriptions: await subscriptionsOf(params.id) }
    },
    SPEECH,
  )

  mount(
    alertsUpdateUser,
    async (call) => {
      const { role, enabled } = call.body
      const status = enabled ? ('active' as const) : ('banned' as const)
      await administration.update(call.params.id, { role, status }, actorOf(call))
      return { success: true as const, message: '用戶已更新' }
    },
    SPEECH,
  )

  mount(
    alertsDeleteUser,
    async (call) => {
      await administration.delete(call.params.id, actorOf(call))
      return { success: true as const, message: '用戶已刪除' }
    },
    SPEECH,
  )
}
