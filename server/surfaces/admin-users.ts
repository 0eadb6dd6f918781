import { auditLog, banUser, deleteUser, getUser, listUsers, unbanUser, updateUser } from '#contracts/admin-users.ts'
import type { Identity } from '#domains/identity/identity.ts'
import type { Call, Mount, Speech } from './mount.ts'
import type { AnyRoute } from '#contracts/route.ts'
import type { Actor } from '#domains/identity/administration.ts'
import { auditEntry, managedUser } from './users-views.ts'
import { ACCOUNT_WORDS } from './users-words.ts'
import { visitOf } from './visit.ts'

const SPEECH: Speech = { words: ACCOUNT_WORDS }

/** Who does it: the admin asking. */
export function actorOf({ account, request }: Pick<Call<AnyRoute>, 'account' | 'request'>): Actor {
  return { accountId: account.accountId, visit: visitOf(request) }
}

/** A page of a list (contract, section 7): what to read of it, and what to say about it. */
function pageOf(query: { page?: number; page_size?: number }) {
  const { page = 1, page_size = 20 } = query
  return { limit: page_size, offset: (page - 1) * page_size, info: { page, page_size } }
}

/** `/api/v1/admin/users*` as document 5 has it, and the security events. */
export function mountAdminUsers(mount: Mount, { identity }: { identity: Identity }): void {
  const { administration } = identity

  mount(listUsers, async ({ query }) => {
    const { info, ...range } = pageOf(query)
    const { accounts, total } = await administration.list({ keyword: query.keyword, status: query.status, ...range })
    return { users: accounts.map(managedUser), total, ...info }
  })

  mount(getUser, async ({ params }) => managedUser(await administration.get(params.id)), SPEECH)

  mount(
    updateUser,
    async (call) => {
      const { nickname, email, status, role } = call.body
      const displayName = nickname === '' ? undefined : nickname
      return managedUser(
        await administration.update(call.params.id, { displayName, email, status, role }, actorOf(call)),
      )
    },
    SPEECH,
  )

  mount(
    deleteUser,
    async (call) => {
      await administration.delete(call.params.id, actorOf(call))
      return null
    },
    SPEECH,
  )

  mount(
    banUser,
    async (call) => {
      const { reason, duration: hours } = call.body
      await administration.ban(call.params.id, { reason, hours }, actorOf(call))
      return null
    },
    SPEECH,
  )

  mount(
    unbanUser,
    async (call) => {
      await administration.unban(call.params.id, actorOf(call))
      return null
    },
    SPEECH,
  )

  mount(auditLog, async ({ query }) => {
    const { info, ...range } = pageOf(query)
    const { entries, total } = await administration.audit({
      accountId: query.account_id,
      event: query.event,
      ...range,
    })
    return { entries: entries.map(auditEntry), total, ...info }
  })
}
