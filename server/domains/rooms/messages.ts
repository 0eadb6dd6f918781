import type { Events } from '#contracts/events.ts'
import type { RoomFile, RoomMessage } from '#contracts/schemas/room.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Transaction } from '#kernel/db/executor.ts'
import { Fault } from '#kernel/fault.ts'
import { gramsOf, searchable } from '#kernel/grams.ts'
import { mentionedLogins } from './mentions.ts'
import { createMessageWriter } from './message-writer.ts'
import { createMeetingLookup } from './meeting-lookup.ts'
import type { FilesPort } from './ports.ts'
import { findMessage, findable, nextChange, readChanges, readPage, searchMessages } from './messages-store.ts'
import type { Page } from './messages-store.ts'
import { cleanContent, manages, missingMessage, missingRoom, notAllowed } from './room.ts'
import { findPlace, membersByLogin } from './rooms-store.ts'

/** Different emoji on one message. */
const MOST_REACTIONS = 20
/** Files one message may bring. */
const MOST_FILES = 10
const EMOJI = /^(?:\p{RGI_Emoji}|\p{Emoji}\ufe0f?)$/v

/** What is said in rooms. Whatever is in a room one is not in is missing, like what does not exist. */
export type Messages = ReturnType<typeof createMessages>

/** Messages over the database. Every change goes on the bus after its commit. */
export function createMessages(parts: {
  db: Database
  bus: Bus<Events>
  /** Hears of each new message that names people. */
  onMentions: (message: RoomMessage) => void
  /** Whether somebody may speak in a meeting whose chat a room is; throws where not. Absent: always. */
  maySpeak?: ((meetingId: number, accountId: number) => Promise<void>) | undefined
  /** Where files come from. Absent: messages bring none. */
  files?: FilesPort | undefined
}) {
  const { db, bus, onMentions, maySpeak, files: library } = parts
  const meetingOf = createMeetingLookup(db)
  const tell = (message: RoomMessage, meetingId: number | null, isNew: boolean): void =>
    bus.publish('rooms.message.changed', { roomId: message.chat_room_id, meetingId, isNew, message })
  const writer = createMessageWriter({
    db,
    onPosted: (message, meetingId) => {
      tell(message, meetingId, true)
      if (message.mentions.length > 0) onMentions(message)
    },
  })

  const seen = async (accountId: number, messageId: number): Promise<RoomMessage> => {
    const message = await findMessage(db, messageId)
    if (message === undefined) throw missingMessage()
    if ((await findPlace(db, message.chat_room_id, accountId)) === undefined) throw missingMessage()
    return message
  }
  /** What is known of files, in the order asked for; each must be the sender's own. */
  const filesOf = async (senderId: number, ids: readonly string[]): Promise<RoomFile[]> => {
    const wanted = [...new Set(ids)]
    if (wanted.length > MOST_FILES) {
      throw new Fault('invalid', 'rooms.too-many-files', `A message brings at most ${MOST_FILES} files`)
    }
    return Promise.all(
      wanted.map(async (id) => {
        const file = await library?.own(senderId, id)
        if (file === undefined) throw new Fault('missing', 'rooms.file-missing', 'There is no such file')
        return file
      }),
    )
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
      const { change: number, meetingId } = await nextChange(tx, before.chat_room_id)
      if (!(await act(tx, number))) throw missingMessage()
      const after = await findMessage(tx, before.id)
      if (after === undefined) throw missingMessage()
      tx.afterCommit(() => tell(after, meetingId, false))
      return after
    })

  return {
    /**
     * Posts a message. The same `clientKey` again answers what it posted the first time. Faults: `rooms.missing`,
     * `rooms.blank-message`, `rooms.long-message`, `rooms.message-missing` (what it answers), `rooms.too-many-files`,
     * `rooms.file-missing`, `rooms.busy`.
     */
    post: async (message: {
      roomId: number
      senderId: number
      content: string
      clientKey?: string | undefined
      replyTo?: number | undefined
      /** Files of the sender's own; with them the text may be blank. */
      fileIds?: readonly string[] | undefined
    }): Promise<RoomMessage> => {
      const { roomId, senderId, clientKey, replyTo } = message
      const files = await filesOf(senderId, message.fileIds ?? [])
      const content = cleanContent(message.content, { mayBeBlank: files.length > 0 })
      if (replyTo !== undefined) {
        const answered = await seen(senderId, replyTo)
        if (answered.chat_room_id !== roomId) throw missingMessage()
      }
      const mentions = await namedIn(roomId, content)
      const meetingId = maySpeak && (await meetingOf(roomId))
      if (maySpeak && typeof meetingId === 'number') {
        if ((await findPlace(db, roomId, senderId)) === undefined) throw missingRoom()
        await maySpeak(meetingId, senderId)
      }
      const posted = await writer.post({
        roomId,
        senderId,
        content,
        clientKey: clientKey ?? null,
        replyTo: replyTo ?? null,
        mentions,
        files,
      })
      return posted.message
    },

    /** Keeps what was said in a meeting, whose rules let its sender speak. Faults: `rooms.missing`, `rooms.busy`. */
    postFromMeeting: async (
      roomId: number,
      senderId: number,
      said: { content: string; clientKey: string | null },
    ): Promise<RoomMessage> => {
      const mentions = await namedIn(roomId, said.content)
      return (await writer.post({ roomId, senderId, ...said, replyTo: null, mentions, files: [] })).message
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

    /** A file that a message brings, for a member of its room. Faults: `rooms.message-missing`. */
    fileOf: async (accountId: number, messageId: number, fileId: string): Promise<RoomFile> => {
      const file = (await seen(accountId, messageId)).files.find(({ id }) => id === fileId)
      if (file === undefined) throw missingMessage()
      return file
    },

    /** One's own messages alone. Faults: `rooms.not-allowed`. */
    edit: async (accountId: number, messageId: number, text: string): Promise<RoomMessage> => {
      const before = await seen(accountId, messageId)
      if (before.sender_id !== accountId) throw notAllowed()
      const content = cleanContent(text, { mayBeBlank: before.files.length > 0 })
      const mentions = await namedIn(before.chat_room_id, content)
      return change(before, async (tx, number) => {
        const rows = await tx.query(
          `UPDATE room_messages SET content = $2, grams = $3, mentions = $4, edited_at = now(), change = $5
           WHERE id = $1 AND deleted_at IS NULL RETURNING id`,
          [messageId, content, gramsOf(findable(content, before.files)), mentions, number],
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
          `UPDATE room_messages SET content = '', grams = '{}', mentions = '{}', files = '[]', deleted_at = now(), change = $2
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

    /** Messages that hold these words or bring a file named so, in the rooms one is in, latest first. */
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
