import type { RoomMessage } from '#contracts/schemas/room.ts'
import type { ChatLine, ChatRoom } from '#domains/meetings/ports.ts'
import { coalesced } from '#kernel/coalesced.ts'
import type { Database } from '#kernel/db/database.ts'
import { isFault } from '#kernel/fault.ts'
import type { createMeetingRooms } from './meeting-rooms.ts'
import type { Messages } from './messages.ts'
import { missingRoom } from './room.ts'

/** Meetings whose room is remembered. */
const MOST_REMEMBERED = 20_000
const COLUMNS = `m.id, m.seq, m.sender_id AS "accountId", m.content, m.files, m.created_at AS at,
  m.edited_at IS NOT NULL AS "isEdited", m.deleted_at IS NOT NULL AS "isDeleted"`

/** The chats of meetings, which are what is said in their rooms. */
export function createMeetingChat(parts: {
  db: Database
  messages: Pick<Messages, 'postFromMeeting'>
  meetingRooms: Pick<ReturnType<typeof createMeetingRooms>, 'sync' | 'find' | 'wantsBack'>
}): ChatRoom {
  const { db, messages, meetingRooms } = parts
  const known = new Map<number, number>()
  const sync = coalesced(async (meetingId: number) => void (await meetingRooms.sync(meetingId)))

  const roomOf = async (meetingId: number): Promise<number> => {
    const id = await meetingRooms.find(meetingId)
    if (id === undefined) throw missingRoom()
    if (known.size >= MOST_REMEMBERED) known.clear()
    known.set(meetingId, id)
    return id
  }

  return {
    post: async (meetingId, { accountId, content, key }) => {
      const said = { content, clientKey: key }
      try {
        const roomId = known.get(meetingId) ?? (await roomOf(meetingId))
        return lineOf(await messages.postFromMeeting(roomId, accountId, said))
      } catch (error) {
        if (!isFault(error, 'rooms.missing')) throw error
        // The meeting has no room yet, they came in just now, or they had left the room.
        known.delete(meetingId)
        await meetingRooms.wantsBack(meetingId, accountId)
        await sync(meetingId)
        return lineOf(await messages.postFromMeeting(await roomOf(meetingId), accountId, said))
      }
    },
    list: async (meetingId, from, to) => {
      const rows = await db.prepared<LineRow>(
        `SELECT ${COLUMNS} FROM rooms AS r JOIN room_messages AS m ON m.room_id = r.id
         WHERE r.meeting_id = $1 AND m.seq BETWEEN $2 AND $3 ORDER BY m.seq`,
        [meetingId, from, to],
      )
      return rows.map(shown)
    },
    lastSeq: async (meetingId) => {
      const [room] = await db.prepared<{ last: number }>('SELECT last_seq AS last FROM rooms WHERE meeting_id = $1', [
        meetingId,
      ])
      return room?.last ?? 0
    },
    lines: async (ids) =>
      (await db.query<LineRow>(`SELECT ${COLUMNS} FROM room_messages AS m WHERE m.id = ANY($1)`, [[...ids]])).map(
        shown,
      ),
    read: lineOf,
  }
}

type LineRow = ChatLine & { readonly files: RoomMessage['files'] }

/** A message that brings files and no words is known by their names, where only words are shown. */
const shown = ({ files, ...line }: LineRow): ChatLine => ({ ...line, content: wordsOf(line.content, files) })

const wordsOf = (content: string, files: RoomMessage['files']): string =>
  content === '' ? files.map(({ name }) => name).join(', ') : content

function lineOf(message: RoomMessage): ChatLine {
  return {
    id: message.id,
    seq: message.seq,
    accountId: message.sender_id,
    content: wordsOf(message.content, message.files),
    at: new Date(message.sent_at),
    isEdited: message.edited_at !== null,
    isDeleted: message.deleted,
  }
}
