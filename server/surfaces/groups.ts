import {
  acceptInvite,
  addGroupMember,
  createGroup,
  createInvite,
  deleteGroup,
  getGroup,
  listGroupMembers,
  listGroups,
  listInvites,
  lookAtInvite,
  markGroupRead,
  openDirect,
  removeGroupMember,
  renameGroup,
  revokeInvite,
  setGroupRole,
} from '#contracts/rooms.ts'
import type { Invite, Invites } from '#domains/rooms/invites.ts'
import type { Rooms } from '#domains/rooms/rooms.ts'
import type { FastifyRequest } from 'fastify'
import type { Words } from './envelopes/envelope.ts'
import { localTime } from './local-time.ts'
import type { Mount, Speech } from './mount.ts'

const notFound: Words = { status: 404, code: 'E007_NOT_FOUND', message: '聊天室不存在' }

/** What the two documented routes of rooms say when nobody is signed in: the sentence alone (contract, section 1). */
export const bareUnauthenticated = (words: Words): unknown =>
  words.status === 401 ? { message: words.message } : undefined

/** Words for what can go wrong in any room. */
export const roomWords: NonNullable<Speech['words']> = {
  'rooms.missing': notFound,
  'rooms.no-account': { ...notFound, message: '使用者不存在' },
  'rooms.message-missing': { ...notFound, message: '訊息不存在' },
  'rooms.invite-ended': { ...notFound, message: '邀請連結已失效' },
  'rooms.no-name': { status: 400, code: 'E012_MISSING_FIELDS', message: '請提供聊天室名稱' },
  'rooms.full': { status: 409, code: 'E015_ROOM_FULL', message: '聊天室人數已滿' },
  'rooms.too-many-invites': { status: 409, code: 'E016_TOO_MANY', message: '邀請連結過多' },
  'rooms.too-many-reactions': { status: 409, code: 'E016_TOO_MANY', message: '表情過多' },
  'rooms.too-many-files': { status: 400, code: 'E016_TOO_MANY', message: '一則訊息最多附十個檔案' },
  'rooms.file-missing': { ...notFound, message: '檔案不存在' },
  'rooms.not-emoji': { status: 400, code: 'E011_DATA_TYPE_ERROR', message: '不是表情符號' },
  'rooms.blank-message': { status: 400, code: 'E012_MISSING_FIELDS', message: '訊息內容不可為空白' },
  'rooms.long-message': { status: 413, code: 'E011_DATA_TYPE_ERROR', message: '訊息過長' },
}

/** Mounts document 4's rooms, and the rest of contract section 6. */
export function mountGroups(
  mount: Mount,
  parts: { rooms: Rooms; invites: Invites; origin: (request: FastifyRequest) => string },
): void {
  const { rooms, invites } = parts
  const speech: Speech = { words: roomWords }

  mount(
    createGroup,
    async ({ body, account }) => {
      const room = await rooms.create(account.accountId, body.name, body.user_ids)
      return {
        message: 'Group created',
        group: { id: room.id, name: room.name, created_at: localTime(room.createdAt, account.timeZone) },
      }
    },
    { ...speech, shapeFailure: bareUnauthenticated },
  )

  mount(listGroups, async ({ account }) => ({ groups: await rooms.list(account.accountId) }), speech)
  mount(getGroup, async ({ params, account }) => rooms.get(params.id, account.accountId), speech)
  mount(
    renameGroup,
    async ({ params, body, account }) => {
      await rooms.rename(params.id, account.accountId, body.name)
      return {}
    },
    speech,
  )
  mount(
    deleteGroup,
    async ({ params, account }) => {
      await rooms.remove(params.id, account.accountId)
      return {}
    },
    speech,
  )
  mount(
    openDirect,
    async ({ body, account }) => {
      const id = await rooms.direct(account.accountId, body.user_id)
      return rooms.get(id, account.accountId)
    },
    speech,
  )

  mount(
    listGroupMembers,
    async ({ params, account }) => ({ members: await rooms.members(params.id, account.accountId) }),
    speech,
  )
  mount(
    addGroupMember,
    async ({ params, body, account }) => rooms.addMember(params.id, account.accountId, body.user_id),
    speech,
  )
  mount(
    removeGroupMember,
    async ({ params, account }) => {
      await rooms.removeMember(params.id, account.accountId, params.user_id)
      return {}
    },
    speech,
  )
  mount(
    setGroupRole,
    async ({ params, body, account }) => {
      await rooms.setRole(params.id, account.accountId, params.user_id, body.role)
      return {}
    },
    speech,
  )
  mount(
    markGroupRead,
    async ({ params, body, account }) => ({ read_seq: await rooms.markRead(params.id, account.accountId, body.seq) }),
    speech,
  )

  mount(
    createInvite,
    async ({ params, body, account, request }) => {
      const { token, ...invite } = await invites.create(params.id, account.accountId, {
        hours: body.hours ?? 24 * 7,
        mostUses: body.most_uses ?? null,
      })
      return { ...inviteView(invite), token, url: `${parts.origin(request)}/rooms/join?token=${token}` }
    },
    speech,
  )
  mount(
    listInvites,
    async ({ params, account }) => ({
      invites: (await invites.list(params.id, account.accountId)).map(inviteView),
    }),
    speech,
  )
  mount(
    revokeInvite,
    async ({ params, account }) => {
      await invites.revoke(params.id, account.accountId, params.invite_id)
      return {}
    },
    speech,
  )
  mount(
    lookAtInvite,
    async ({ query }) => {
      const { roomId, name, members } = await invites.look(query.token)
      return { id: roomId, name, member_count: members }
    },
    speech,
  )
  mount(
    acceptInvite,
    async ({ body, account }) => rooms.get(await invites.accept(body.token, account.accountId), account.accountId),
    speech,
  )
}

function inviteView(invite: Invite) {
  return {
    id: invite.id,
    created_at: invite.createdAt.toISOString(),
    expires_at: invite.expiresAt.toISOString(),
    most_uses: invite.mostUses,
    uses: invite.uses,
  }
}
