import { Type } from 'typebox'
import { route } from './route.ts'
import { FileId } from './schemas/media.ts'
import { RoomMember, RoomMessage, RoomRole, RoomState } from './schemas/room.ts'

const Id = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })
const ById = Type.Object({ id: Id })
const Name = Type.String({ minLength: 1, maxLength: 100 })
/** Longer than any message, so that one too long is told from a wrong request. */
const Content = Type.String({ maxLength: 100_000 })
const Nothing = Type.Object({})

/** A message in an answer: what the live socket carries, with the time on the reader's clock as document 4 shows it. */
const MessageInHistory = Type.Intersect([RoomMessage, Type.Object({ created_at: Type.String() })])

/** Document 4, 3.1. */
export const createGroup = route({
  id: 'rooms.create',
  method: 'POST',
  path: '/api/groups',
  family: 'workspace',
  access: 'account',
  summary: 'Make a room; whoever makes it is its owner (document 4)',
  body: Type.Object({ name: Name, user_ids: Type.Optional(Type.Array(Id, { maxItems: 100 })) }),
  result: Type.Object({
    message: Type.String(),
    group: Type.Object({ id: Type.Integer(), name: Type.String(), created_at: Type.String() }),
  }),
  status: 201,
  bare: true,
  rateLimit: { max: 60, per: 'minute' },
})

/** Document 4, 3.2. */
export const postMessage = route({
  id: 'rooms.messages.post',
  method: 'POST',
  path: '/api/messages',
  family: 'workspace',
  access: 'account',
  summary: 'Post a message; the same client_key again answers the first one (document 4)',
  body: Type.Object({
    chat_room_id: Id,
    sender_id: Type.Optional(Id),
    /** May be left out where files come with it. */
    content: Type.Optional(Content),
    client_key: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    reply_to: Type.Optional(Id),
    /** Files of the sender's library. */
    file_ids: Type.Optional(Type.Array(FileId, { maxItems: 20 })),
  }),
  bodyLimit: 512 * 1024,
  result: Type.Object({ message: Type.String(), message_data: MessageInHistory }),
  status: 201,
  bare: true,
  rateLimit: { max: 600, per: 'minute' },
})

export const listGroups = route({
  id: 'rooms.list',
  method: 'GET',
  path: '/api/groups',
  family: 'workspace',
  access: 'account',
  summary: 'The rooms one is in, the one last spoken in first, with what is unread',
  result: Type.Object({ groups: Type.Array(RoomState) }),
})

export const getGroup = route({
  id: 'rooms.get',
  method: 'GET',
  path: '/api/groups/:id',
  family: 'workspace',
  access: 'account',
  summary: 'One room',
  params: ById,
  result: RoomState,
})

export const renameGroup = route({
  id: 'rooms.rename',
  method: 'PUT',
  path: '/api/groups/:id',
  family: 'workspace',
  access: 'account',
  summary: 'Rename a room (owner and admins)',
  params: ById,
  body: Type.Object({ name: Name }),
  result: Nothing,
})

export const deleteGroup = route({
  id: 'rooms.delete',
  method: 'DELETE',
  path: '/api/groups/:id',
  family: 'workspace',
  access: 'account',
  summary: 'Delete a room with all that was said in it (owner)',
  params: ById,
  result: Nothing,
})

export const openDirect = route({
  id: 'rooms.direct',
  method: 'POST',
  path: '/api/groups/direct',
  family: 'workspace',
  access: 'account',
  summary: 'The room of two people, made when there is none',
  body: Type.Object({ user_id: Id }),
  result: RoomState,
  rateLimit: { max: 60, per: 'minute' },
})

export const listGroupMembers = route({
  id: 'rooms.members',
  method: 'GET',
  path: '/api/groups/:id/members',
  family: 'workspace',
  access: 'account',
  summary: 'Who is in a room',
  params: ById,
  result: Type.Object({ members: Type.Array(RoomMember) }),
})

export const addGroupMember = route({
  id: 'rooms.members.add',
  method: 'POST',
  path: '/api/groups/:id/members',
  family: 'workspace',
  access: 'account',
  summary: 'Bring somebody into a room',
  params: ById,
  body: Type.Object({ user_id: Id }),
  result: RoomMember,
  status: 201,
  rateLimit: { max: 120, per: 'minute' },
})

export const removeGroupMember = route({
  id: 'rooms.members.remove',
  method: 'DELETE',
  path: '/api/groups/:id/members/:user_id',
  family: 'workspace',
  access: 'account',
  summary: 'Take somebody out of a room; one’s own id: leave',
  params: Type.Object({ id: Id, user_id: Id }),
  result: Nothing,
})

export const setGroupRole = route({
  id: 'rooms.members.role',
  method: 'PUT',
  path: '/api/groups/:id/members/:user_id',
  family: 'workspace',
  access: 'account',
  summary: 'Give somebody a role (owner); giving ownership away makes one an admin',
  params: Type.Object({ id: Id, user_id: Id }),
  body: Type.Object({ role: RoomRole }),
  result: Nothing,
})

/** `seq`: of the last message read. Never moves back. */
export const markGroupRead = route({
  id: 'rooms.read',
  method: 'PUT',
  path: '/api/groups/:id/read',
  family: 'workspace',
  access: 'account',
  summary: 'Mark everything up to a message as read',
  params: ById,
  body: Type.Object({ seq: Type.Integer({ minimum: 0, maximum: 2_147_483_647 }) }),
  result: Type.Object({ read_seq: Type.Integer() }),
})

const Invite = Type.Object({
  id: Type.Integer(),
  created_at: Type.String(),
  expires_at: Type.String(),
  most_uses: Type.Union([Type.Integer(), Type.Null()]),
  uses: Type.Integer(),
})

export const createInvite = route({
  id: 'rooms.invites.create',
  method: 'POST',
  path: '/api/groups/:id/invites',
  family: 'workspace',
  access: 'account',
  summary: 'Make an invite link (owner and admins); it is shown once',
  params: ById,
  body: Type.Object({
    hours: Type.Optional(Type.Integer({ minimum: 1, maximum: 24 * 365 })),
    most_uses: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
  }),
  result: Type.Intersect([Invite, Type.Object({ token: Type.String(), url: Type.String() })]),
  status: 201,
  rateLimit: { max: 60, per: 'minute' },
})

export const listInvites = route({
  id: 'rooms.invites.list',
  method: 'GET',
  path: '/api/groups/:id/invites',
  family: 'workspace',
  access: 'account',
  summary: 'Invite links that still count',
  params: ById,
  result: Type.Object({ invites: Type.Array(Invite) }),
})

export const revokeInvite = route({
  id: 'rooms.invites.revoke',
  method: 'DELETE',
  path: '/api/groups/:id/invites/:invite_id',
  family: 'workspace',
  access: 'account',
  summary: 'End an invite link',
  params: Type.Object({ id: Id, invite_id: Id }),
  result: Nothing,
})

const Token = Type.Object({ token: Type.String({ minLength: 1, maxLength: 100 }) })

export const lookAtInvite = route({
  id: 'rooms.invites.look',
  method: 'GET',
  path: '/api/groups/invitation',
  family: 'workspace',
  access: 'account',
  summary: 'What an invite link leads to',
  query: Token,
  result: Type.Object({ id: Type.Integer(), name: Type.String(), member_count: Type.Integer() }),
  rateLimit: { max: 60, per: 'minute' },
})

export const acceptInvite = route({
  id: 'rooms.invites.accept',
  method: 'POST',
  path: '/api/groups/invitation',
  family: 'workspace',
  access: 'account',
  summary: 'Come in by an invite link',
  body: Token,
  result: RoomState,
  rateLimit: { max: 60, per: 'minute' },
})

/** Oldest first. Without a place the latest; `before`, `after` and `around` are message ids. */
export const listMessages = route({
  id: 'rooms.messages.list',
  method: 'GET',
  path: '/api/messages',
  family: 'workspace',
  access: 'account',
  summary: 'The history of a room, by cursor',
  query: Type.Object({
    chat_room_id: Id,
    before: Type.Optional(Id),
    after: Type.Optional(Id),
    around: Type.Optional(Id),
    /** A message's number in place of its id. */
    around_seq: Type.Optional(Id),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  }),
  result: Type.Object({
    messages: Type.Array(MessageInHistory),
    has_older: Type.Boolean(),
    has_newer: Type.Boolean(),
    /** The room's last change when this was read. */
    last_change: Type.Integer(),
  }),
})

/** What changed since: for a client without a socket. Ask again from `last_change` of the answer while `more`. */
export const listChanges = route({
  id: 'rooms.messages.changes',
  method: 'GET',
  path: '/api/messages/changes',
  family: 'workspace',
  access: 'account',
  summary: 'What changed in a room after a change number, in order',
  query: Type.Object({
    chat_room_id: Id,
    after: Type.Integer({ minimum: 0, maximum: 2_147_483_647 }),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
  }),
  result: Type.Object({ messages: Type.Array(MessageInHistory), last_change: Type.Integer(), more: Type.Boolean() }),
})

export const searchGroupMessages = route({
  id: 'rooms.messages.search',
  method: 'GET',
  path: '/api/messages/search',
  family: 'workspace',
  access: 'account',
  summary: 'Messages that hold these words or bring a file named so, in the rooms one is in, latest first',
  query: Type.Object({
    q: Type.String({ minLength: 1, maxLength: 100 }),
    chat_room_id: Type.Optional(Id),
    before: Type.Optional(Id),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  }),
  result: Type.Object({ messages: Type.Array(MessageInHistory) }),
  rateLimit: { max: 120, per: 'minute' },
})

export const getMessage = route({
  id: 'rooms.messages.get',
  method: 'GET',
  path: '/api/messages/:id',
  family: 'workspace',
  access: 'account',
  summary: 'One message',
  params: ById,
  result: MessageInHistory,
})

export const editMessage = route({
  id: 'rooms.messages.edit',
  method: 'PUT',
  path: '/api/messages/:id',
  family: 'workspace',
  access: 'account',
  summary: 'Change what one said',
  params: ById,
  body: Type.Object({ content: Content }),
  bodyLimit: 512 * 1024,
  result: MessageInHistory,
})

export const deleteMessage = route({
  id: 'rooms.messages.delete',
  method: 'DELETE',
  path: '/api/messages/:id',
  family: 'workspace',
  access: 'account',
  summary: 'Take back what one said; owner and admins: what anybody said',
  params: ById,
  result: Nothing,
})

export const reactToMessage = route({
  id: 'rooms.messages.react',
  method: 'PUT',
  path: '/api/messages/:id/reactions',
  family: 'workspace',
  access: 'account',
  summary: 'Add or take back a reaction',
  params: ById,
  body: Type.Object({ emoji: Type.String({ minLength: 1, maxLength: 32 }), on: Type.Boolean() }),
  result: MessageInHistory,
  rateLimit: { max: 300, per: 'minute' },
})
