import type { RoomFile, RoomMessage } from '#contracts/schemas/room.ts'
import type { Database } from '#kernel/db/database.ts'
import { SqlState, isRetryable, violates } from '#kernel/db/failures.ts'
import { Fault } from '#kernel/fault.ts'
import { gramsOf } from '#kernel/grams.ts'
import { findByKey, findable, messageColumns, messageJoins } from './messages-store.ts'
import { missingRoom } from './room.ts'

/** A message to be posted, checked and cleaned. */
export interface NewMessage {
  readonly roomId: number
  readonly senderId: number
  readonly content: string
  readonly clientKey: string | null
  readonly replyTo: number | null
  readonly mentions: readonly number[]
  readonly files: readonly RoomFile[]
}

/** Posts messages, many at once in one statement: the commit, not the row, is what a message costs. */
export interface MessageWriter {
  /** Resolves once it is committed; `fresh` is false when the key had been used. Faults: `rooms.missing`, `rooms.busy`. */
  post(message: NewMessage): Promise<{ message: RoomMessage; fresh: boolean }>
  /** Waits for what is under way. */
  close(): Promise<void>
}

const MOST_TOGETHER = 500
const MOST_WAITING = 10_000
const ATTEMPTS = 5

/**
 * One statement: who may write, the room's next numbers, the rows, and the rows as they go out. A room's row is locked
 * from its numbers to the commit, so numbers are given without gaps and seen in their order.
 */
const POST = `
  WITH input AS (
    SELECT i.* FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (room_id int, sender_id int, content text,
      client_key text, reply_to int, mentions int[], grams int[], files jsonb)) WITH ORDINALITY
      AS i(room_id, sender_id, content, client_key, reply_to, mentions, grams, files, ord)
  ), allowed AS (
    SELECT i.*, row_number() OVER (PARTITION BY i.room_id ORDER BY i.ord)::int AS nth
    FROM input AS i JOIN room_members AS o ON o.room_id = i.room_id AND o.account_id = i.sender_id
    WHERE i.client_key IS NULL OR NOT EXISTS (SELECT 1 FROM room_messages AS d
      WHERE d.sender_id = i.sender_id AND d.room_id = i.room_id AND d.client_key = i.client_key)
  ), numbered AS (
    UPDATE rooms AS r SET last_seq = r.last_seq + n.count, last_change = r.last_change + n.count, last_at = now()
    FROM (SELECT room_id, count(*)::int FROM allowed GROUP BY room_id ORDER BY room_id) AS n
    WHERE r.id = n.room_id RETURNING r.id, r.meeting_id, r.last_seq - n.count AS seq, r.last_change - n.count AS change
  ), m AS (
    INSERT INTO room_messages (room_id, seq, change, sender_id, content, client_key, reply_to, mentions, grams, files)
    SELECT w.room_id, n.seq + w.nth, n.change + w.nth, w.sender_id, w.content, w.client_key, w.reply_to, w.mentions, w.grams, w.files
    FROM allowed AS w JOIN numbered AS n ON n.id = w.room_id ORDER BY w.ord
    RETURNING *
  )
  SELECT w.ord::int, n.meeting_id, ${messageColumns("'[]'::jsonb")}
  FROM m JOIN numbered AS n ON n.id = m.room_id JOIN allowed AS w ON w.room_id = m.room_id AND n.seq + w.nth = m.seq
  ${messageJoins}
  ORDER BY m.room_id, m.seq`

type WrittenRow = RoomMessage & { ord: number; meeting_id: number | null }

interface Waiting {
  readonly message: NewMessage
  readonly resolve: (result: { message: RoomMessage; fresh: boolean }) => void
  readonly reject: (error: unknown) => void
}

/** A writer over the database; `onPosted` hears of each new message after the commit, in order within its room. */
export function createMessageWriter(parts: {
  db: Database
  onPosted: (message: RoomMessage, meetingId: number | null) => void
}): MessageWriter {
  const { db, onPosted } = parts
  let waiting: Waiting[] = []
  let working: Promise<void> | undefined

  const writeTogether = async (batch: readonly Waiting[]): Promise<void> => {
    const input = batch.map(({ message }) => ({
      room_id: message.roomId,
      sender_id: message.senderId,
      content: message.content,
      client_key: message.clientKey,
      reply_to: message.replyTo,
      mentions: message.mentions,
      grams: gramsOf(findable(message.content, message.files)),
      files: message.files,
    }))
    const rows = await writeRows(db, JSON.stringify(input))
    const written = new Set<number>()
    for (const { ord, meeting_id: meetingId, ...message } of rows) {
      written.add(ord - 1)
      onPosted(message, meetingId)
      batch[ord - 1]?.resolve({ message, fresh: true })
    }
    await Promise.all(batch.filter((_, index) => !written.has(index)).map(answerUnwritten))
  }

  /** Not written: posted before under the same key, or not a member. */
  const answerUnwritten = async ({
    message: { roomId, senderId, clientKey },
    resolve,
    reject,
  }: Waiting): Promise<void> => {
    const message = clientKey === null ? undefined : await findByKey(db, roomId, senderId, clientKey)
    if (message === undefined) reject(missingRoom())
    else resolve({ message, fresh: false })
  }

  const work = async (): Promise<void> => {
    // What arrives in the same turn of the loop goes together.
    await new Promise((next) => setImmediate(next))
    while (waiting.length > 0) {
      const batch = takeBatch()
      try {
        await writeTogether(batch)
      } catch (error) {
        for (const one of batch) one.reject(error)
      }
    }
    working = undefined
  }

  /** The next ones, at most one of each key: its second is answered from the first. */
  const takeBatch = (): Waiting[] => {
    const keys = new Set<string>()
    const batch: Waiting[] = []
    const later: Waiting[] = []
    for (const one of waiting) {
      const { roomId, senderId, clientKey } = one.message
      const key = `${roomId} ${senderId} ${clientKey}`
      if (batch.length >= MOST_TOGETHER || (clientKey !== null && keys.has(key))) later.push(one)
      else {
        keys.add(key)
        batch.push(one)
      }
    }
    waiting = later
    return batch
  }

  return {
    post: (message) =>
      new Promise((resolve, reject) => {
        if (waiting.length >= MOST_WAITING) {
          reject(new Fault('busy', 'rooms.busy', 'Too many messages at once', { data: { retryAfterSeconds: 1 } }))
          return
        }
        waiting.push({ message, resolve, reject })
        working ??= work()
      }),
    close: async () => {
      await working
    },
  }
}

/** Runs the statement; again where another process was faster with a key, or two locked rooms in different order. */
async function writeRows(db: Database, input: string): Promise<WrittenRow[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.prepared<WrittenRow>(POST, [input])
    } catch (error) {
      const again = isRetryable(error) || violates(error, SqlState.uniqueViolation)
      if (!again || attempt >= ATTEMPTS) throw error
    }
  }
}
