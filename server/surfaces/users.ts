import {
  changePassword,
  deleteAccount,
  listSessions,
  lookupUsers,
  profile as getProfile,
  revokeOtherSessions,
  revokeSession,
  showApiKey,
  updateProfile,
} from '#contracts/users.ts'
import type { Identity } from '#domains/identity/identity.ts'
import type { Mount, Speech } from './mount.ts'
import { accountSession, foundUser, profile } from './users-views.ts'
import { ACCOUNT_WORDS } from './users-words.ts'
import { visitOf } from './visit.ts'

const SPEECH: Speech = { words: ACCOUNT_WORDS }

/** `/api/v1/users/*` as document 5 has it, and our own: sessions, the API key, finding people. */
export function mountUsers(mount: Mount, { identity }: { identity: Identity }): void {
  const { profiles, passwords, sessions } = identity

  mount(getProfile, async ({ account }) => profile(await profiles.get(account)), SPEECH)

  mount(
    updateProfile,
    async ({ account, body, request }) => {
      const change = {
        // An empty nickname leaves the one there is.
        displayName: body.nickname === '' ? undefined : body.nickname,
        email: body.email,
        avatarUrl: body.avatar_url,
        matrixId: body.matrix_id,
        timeZone: body.time_zone,
        locale: body.locale,
      }
      return profile(await profiles.update(account, change, visitOf(request)))
    },
    SPEECH,
  )

  mount(
    changePassword,
    async ({ account, body, request }) => {
      await passwords.change(account, { old: body.old_password, new: body.new_password }, visitOf(request))
      return null
    },
    SPEECH,
  )

  mount(
    deleteAccount,
    async ({ account, request }) => {
      await profiles.delete(account, visitOf(request))
      return null
    },
    SPEECH,
  )

  mount(showApiKey, async ({ account }) => ({ api_key: await profiles.apiKey(account) }), SPEECH)

  mount(listSessions, async ({ account }) => {
    const found = await sessions.list(account)
    return { sessions: found.map((one) => accountSession(one, account.sessionId)), total: found.length }
  })

  mount(
    revokeSession,
    async ({ account, params, request }) => {
      await sessions.revoke(account, params.id, visitOf(request))
      return null
    },
    SPEECH,
  )

  mount(revokeOtherSessions, async ({ account, request }) => ({
    revoked: await sessions.revokeOthers(account, visitOf(request)),
  }))

  mount(lookupUsers, async ({ query }) => ({ users: (await profiles.find(query.q)).map(foundUser) }))
}
