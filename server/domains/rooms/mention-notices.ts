import type { RoomMessage } from '#contracts/schemas/room.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Jobs } from '#kernel/jobs/jobs.ts'
import type { Log } from '#kernel/log.ts'
import type { MentionWords, Notifier } from './ports.ts'

/** Who has not read a message that names them so long after it was posted is not looking. */
const UNREAD_FOR_MS = 15_000
const KIND = 'rooms.mention'

interface Unseen {
  readonly accountId: number
  readonly locale: string | null
  readonly room: string
  readonly sender: string | null
  readonly content: string
  readonly roomId: number
  readonly seq: number
}

/**
 * Notifies those whom a message names when they have not read it after a while: the read mark says whether somebody
 * looks, on any device and any process. Returns what to call with each new message that names people.
 */
export function createMentionNotices(parts: {
  db: Database
  jobs: Pick<Jobs, 'define' | 'enqueue'>
  notify: Notifier
  words: MentionWords
  log: Log
  unreadForMs?: number
}): (message: RoomMessage) => void {
  const { db, jobs, notify, words, log, unreadForMs = UNREAD_FOR_MS } = parts

  jobs.define<{ messageId: number }, { notified: number }>(KIND, { concurrency: 2 }, async ({ input }) => {
    const unseen = await db.query<Unseen>(
      `SELECT o.account_id AS "accountId", a.locale, r.name AS room, s.display_name AS sender,
         left(m.content, 300) AS content, m.room_id AS "roomId", m.seq
       FROM room_messages AS m
       JOIN rooms AS r ON r.id = m.room_id
       JOIN room_members AS o ON o.room_id = m.room_id AND o.account_id = ANY(m.mentions)
         AND o.account_id IS DISTINCT FROM m.sender_id AND o.read_seq < m.seq
       JOIN accounts AS a ON a.id = o.account_id
       LEFT JOIN accounts AS s ON s.id = m.sender_id
       WHERE m.id = $1 AND m.deleted_at IS NULL`,
      [input.messageId],
    )
    for (const one of unseen) {
      const { accountId, roomId, seq, locale, room, content } = one
      const told = words(locale, { sender: one.sender ?? '', room, content })
      const dedupeKey = `${KIND}:${input.messageId}`
      await notify.send({ accountId, kind: KIND, dedupeKey, ...told, url: `/rooms/${roomId}?at=${seq}` })
    }
    return { notified: unseen.length }
  })

  return (message) => {
    const runAt = new Date(Date.now() + unreadForMs)
    jobs
      .enqueue(KIND, { messageId: message.id }, { runAt, key: String(message.id) })
      .catch((error: unknown) => log.warn({ err: error, messageId: message.id }, 'a mention will not be notified'))
  }
}
