import {
  deleteMessage,
  editMessage,
  getMessage,
  listChanges,
  listMessages,
  postMessage,
  reactToMessage,
  searchGroupMessages,
} from '#contracts/rooms.ts'
import type { RoomMessage } from '#contracts/schemas/room.ts'
import type { Principal } from '#domains/identity/principal.ts'
import type { Messages } from '#domains/rooms/messages.ts'
import type { Rooms } from '#domains/rooms/rooms.ts'
import { Fault } from '#kernel/fault.ts'
import { bareUnauthenticated, roomWords } from './groups.ts'
import { localTime } from './local-time.ts'
import type { Mount, Speech } from './mount.ts'

/** Mounts document 4's messages, and the rest of contract section 6. */
export function mountMessages(mount: Mount, parts: { rooms: Rooms; messages: Messages }): void {
  const { rooms, messages } = parts
  const speech: Speech = { words: roomWords }

  mount(
    postMessage,
    async ({ body, account }) => {
      if (body.sender_id !== undefined && body.sender_id !== account.accountId) {
        throw new Fault('forbidden', 'rooms.not-sender', 'sender_id is the caller')
      }
      const message = await messages.post({
        roomId: body.chat_room_id,
        senderId: account.accountId,
        content: body.content ?? '',
        fileIds: body.file_ids,
        clientKey: body.client_key,
        replyTo: body.reply_to,
      })
      return { message: 'Message sent', message_data: onClockOf(account, message) }
    },
    { ...speech, shapeFailure: bareUnauthenticated },
  )

  mount(
    listMessages,
    async ({ query, account }) => {
      const { chat_room_id: roomId, limit = 50, around_seq: aroundSeq, ...range } = query
      const page = await messages.history(account.accountId, roomId, { ...range, aroundSeq, limit })
      return {
        messages: page.messages.map((one) => onClockOf(account, one)),
        has_older: page.hasOlder,
        has_newer: page.hasNewer,
        last_change: page.change,
      }
    },
    speech,
  )

  mount(
    listChanges,
    async ({ query, account }) => {
      const { chat_room_id: roomId, after, limit = 200 } = query
      await rooms.place(roomId, account.accountId)
      const page = await messages.changes(roomId, after, limit)
      // Cut short, the last one sent says how far the reader got.
      const more = page.messages.length === limit
      return {
        messages: page.messages.map((one) => onClockOf(account, one)),
        last_change: more ? (page.messages.at(-1)?.change ?? page.change) : page.change,
        more,
      }
    },
    speech,
  )

  mount(
    searchGroupMessages,
    async ({ query, account }) => {
      const found = await messages.search(account.accountId, {
        words: query.q,
        roomId: query.chat_room_id,
        beforeId: query.before,
        limit: query.limit ?? 30,
      })
      return { messages: found.map((one) => onClockOf(account, one)) }
    },
    speech,
  )

  mount(
    getMessage,
    async ({ params, account }) => onClockOf(account, await messages.get(account.accountId, params.id)),
    speech,
  )
  mount(
    editMessage,
    async ({ params, body, account }) =>
      onClockOf(account, await messages.edit(account.accountId, params.id, body.content)),
    speech,
  )
  mount(
    deleteMessage,
    async ({ params, account }) => {
      await messages.remove(account.accountId, params.id)
      return {}
    },
    speech,
  )
  mount(
    reactToMessage,
    async ({ params, body, account }) =>
      onClockOf(account, await messages.react(account.accountId, params.id, body.emoji, body.on)),
    speech,
  )
}

/** A message with the time on the reader's clock, as document 4 shows it. */
function onClockOf(account: Principal, message: RoomMessage): RoomMessage & { created_at: string } {
  return { ...message, created_at: localTime(new Date(message.sent_at), account.timeZone) }
}
