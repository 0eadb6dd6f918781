import type { Events } from '#contracts/events.ts'
import type { RoomMessage } from '#contracts/schemas/room.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Transaction } from '#kernel/db/executor.ts'
import { Fault } from '#kernel/fault.ts'
import { gramsOf, searchable } from '#kernel/grams.ts'
import { mentionedLogins } from './mentions.ts'
import { createMessageWriter } from './message-writer.ts'
import { createMeetingLookup } from './meeting-lookup.ts'
import { findMessage, nextChange, readChanges, readPage, searchMessages } from './messages-store.ts'
import type { Page } from './messages-store.ts'
import { cleanContent, manages, missingMessage, missingRoom, notAllowed } from './room.ts'
import { findPlace, membersByLogin } from './rooms-store.ts'

/** Different emoji on one message. */
const MOST_REACTIONS = 20
const EMOJI = /^(?:\p{RGI_Emoji}|\p{Emoji}\ufe0f?)$/v

/** What is said in rooms. Whatever is in a room one is not in is missing, like what does not exist. */
export type Messages = ReturnType<typeof createMessages>

/** Messages over the database. Every change goes on the bus after its commit. */
export function createMessages(parts: {
  db: Database
  bus: Bus<Events>
  /** Hears of each new message that names people. */
  onMentions: (message: RoomMessage) => void
  /** Says it in the meeting too, and answers its number there; undefined where the meeting is over. */
  sayInMeeting?: ((meetingId: number, accountId: number, content: string) => Promise<number | undefined>) | undefined
}) {
  const { db, bus, onMentions, sayInMeeting } = parts
  const meetingOf = createMeetingLookup(db)
  const tell = (message: RoomMessage): void =>
    bus.publish('rooms.message.changed', { roomId: message.chat_room_id, message })
  const writer = createMessageWriter({
    db,
    onPosted: (message) => {
      tell(message)
      if (message.mentions.length > 0) onMentions(message)
    },
  })

  const seen = async (accountId: number, messageId: number): Promise<RoomMessage> => {
    const message = await findMessage(db, messageId)
    if (message === undefined) throw missingMessage()
    if ((await findPlace(db, message.chat_room_id, accountId)) === undefined) throw missingMessage()
    return message
  }
  const namedIn = async (roomId: number, content: string): Promise<number[]> => {
    const logins = mentionedLogins(content)
    return logins.length === 0 ? [] : membersByLogin(db, roomId, logins)
  }

  /** Does `act` under the room's next change number and tells everybody what became of the message. */
  const change = (
    before: RoomMessage,
    act: (tx: Transaction, number: number) => Promise<boolean>,
  ): Promise<RoomMessage> =>
    db.transaction(async (tx) => {
      await tx.lock('rooms.message', [before.id])
      const number = await nextChange(tx, before.chat_room_id)
      if (!(await act(tx, number))) throw missingMessage()
      const after = await findMessage(tx, before.id)
      if (after === undefined) throw missingMessage()
      tx.afterCommit(() => tell(after))
      return after
    })

  return {
    /**
     * Posts a message. The same `clientKey` again answers what it posted the first time. Faults: `rooms.missing`,
     * `rooms.blank-message`, `rooms.long-message`, `rooms.message-missing` (what it answers), `rooms.busy`.
     */
    post: async (message: {
      roomId: number
      senderId: number
      content: string
      clientKey?: string | undefined
      replyTo?: number | undefined
    }): Promise<RoomMessage> => {
      const { roomId, senderId, clientKey, replyTo } = message
      const content = cleanContent(message.content)
      if (replyTo !== undefined) {
        const answered = await seen(senderId, replyTo)
        if (answered.chat_room_id !== roomId) throw missingMessage()
      }
      const mentions = await namedIn(roomId, content)
      let key = clientKey ?? null
      const meetingId = sayInMeeting && (await meetingOf(roomId))
      if (sayInMeeting && typeof meetingId === 'number') {
        if ((await findPlace(db, roomId, senderId)) === undefined) throw missingRoom()
        const said = await sayInMeeting(meetingId, senderId, content)
        if (said !== undefined) key = meetingKey(said)
      }
      const posted = await writer.post({
        roomId,
        senderId,
        content,
        clientKey: key,
        replyTo: replyTo ?? null,
        mentions,
      })
      return posted.message
    },

    /** Keeps what was said in a meeting in the meeting's room, once. Faults: `rooms.missing`. */
    keepFromMeeting: async (roomId: number, senderId: number, content: string, messageId: number): Promise<void> => {
      const mentions = await namedIn(roomId, content)
      await writer.post({ roomId, senderId, content, clientKey: meetingKey(messageId), replyTo: null, mentions })
    },

    /** A stretch of history: before a message, from a message on, or the latest. */
    history: async (
      accountId: number,
      roomId: number,
      range: {
        before?: number | undefined
        around?: number | undefined
        after?: number | undefined
        aroundSeq?: number | undefined
        limit: number
      },
    ): Promise<Page & { hasOlder: boolean; hasNewer: boolean }> => {
      const place = await findPlace(db, roomId, accountId)
      if (place === undefined) throw missingRoom()
      const named = range.before ?? range.around ?? range.after
      const anchor = named === undefined ? range.aroundSeq : await seqOf(roomId, named)
      const { limit } = range
      let page: Page
      if (anchor !== undefined && range.before !== undefined)
        page = await readPage(db, roomId, { before: anchor, limit })
      else if (anchor !== undefined) {
        const from = range.after === undefined ? Math.max(1, anchor - Math.floor(limit / 2)) : anchor + 1
        page = await readPage(db, roomId, { from, limit })
      } else page = await readPage(db, roomId, { limit })
      const [first, last] = [page.messages[0], page.messages.at(-1)]
      return {
        ...page,
        hasOlder: first !== undefined && first.seq > 1,
        hasNewer: last !== undefined && last.seq < place.lastSeq,
      }
    },

    /** What changed after a change; the reader is known to be a member. */
    changes: (roomId: number, after: number, limit: number): Promise<Page> => readChanges(db, roomId, after, limit),

    get: seen,

    /** One's own messages alone. Faults: `rooms.not-allowed`. */
    edit: async (accountId: number, messageId: number, text: string): Promise<RoomMessage> => {
      const before = await seen(accountId, messageId)
      if (before.sender_id !== accountId) throw notAllowed()
      const content = cleanContent(text)
      const mentions = await namedIn(before.chat_room_id, content)
      return change(before, async (tx, number) => {
        const rows = await tx.query(
          `UPDATE room_messages SET content = $2, grams = $3, mentions = $4, edited_at = now(), change = $5
           WHERE id = $1 AND deleted_at IS NULL RETURNING id`,
          [messageId, content, gramsOf(content), mentions, number],
        )
        return rows.length > 0
      })
    },

    /** One's own, or anybody's for who manages the room. Its number stays. */
    remove: async (accountId: number, messageId: number): Promise<RoomMessage> => {
      const before = await seen(accountId, messageId)
      const place = await findPlace(db, before.chat_room_id, accountId)
      if (before.sender_id !== accountId && !(place && manages(place.role))) throw notAllowed()
      return change(before, async (tx, number) => {
        await tx.query('DELETE FROM room_reactions WHERE message_id = $1', [messageId])
        const rows = await tx.query(
          `UPDATE room_messages SET content = '', grams = '{}', mentions = '{}', deleted_at = now(), change = $2
           WHERE id = $1 AND deleted_at IS NULL RETURNING id`,
          [messageId, number],
        )
        return rows.length > 0
      })
    },

    /** Adds or takes back one's reaction. Faults: `rooms.not-emoji`, `rooms.too-many-reactions`. */
    react: async (accountId: number, messageId: number, emoji: string, on: boolean): Promise<RoomMessage> => {
      if (!EMOJI.test(emoji)) throw new Fault('invalid', 'rooms.not-emoji', 'A reaction is one emoji')
      const before = await seen(accountId, messageId)
      return change(before, async (tx, number) => {
        if (on) {
          const [row] = await tx.query<{ count: number }>(
            'SELECT count(DISTINCT emoji) AS count FROM room_reactions WHERE message_id = $1 AND emoji <> $2',
            [messageId, emoji],
          )
          if ((row?.count ?? 0) >= MOST_REACTIONS) {
            throw new Fault('conflict', 'rooms.too-many-reactions', `A message has at most ${MOST_REACTIONS} emoji`)
          }
          await tx.query(
            'INSERT INTO room_reactions (message_id, account_id, emoji) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
            [messageId, accountId, emoji],
          )
        } else {
          await tx.query('DELETE FROM room_reactions WHERE message_id = $1 AND account_id = $2 AND emoji = $3', [
            messageId,
            accountId,
            emoji,
          ])
        }
        const rows = await tx.query(
          'UPDATE room_messages SET change = $2 WHERE id = $1 AND deleted_at IS NULL RETURNING id',
          [messageId, number],
        )
        return rows.length > 0
      })
    },

    /** Messages that hold these words, in the rooms one is in, latest first. */
    search: async (
      accountId: number,
      query: { words: string; roomId?: number | undefined; beforeId?: number | undefined; limit: number },
    ): Promise<RoomMessage[]> => {
      const words = searchable(query.words.trim())
      if (words === '') return []
      return searchMessages(db, {
        accountId,
        roomId: query.roomId,
        words,
        grams: gramsOf(words),
        beforeId: query.beforeId,
        limit: query.limit,
      })
    },

    close: () => writer.close(),
  }

  async function seqOf(roomId: number, messageId: number): Promise<number> {
    const [row] = await db.query<{ seq: number }>('SELECT seq FROM room_messages WHERE id = $1 AND room_id = $2', [
      messageId,
      roomId,
    ])
    if (row === undefined) throw missingMessage()
    return row.seq
  }
}

/** The key of a message that was said in a meeting: however it comes here, it is one. */
const meetingKey = (messageId: number): string => `meeting:${messageId}`
