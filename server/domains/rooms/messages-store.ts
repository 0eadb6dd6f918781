import type { RoomFile, RoomMessage } from '#contracts/schemas/room.ts'
import type { Executor } from '#kernel/db/executor.ts'
import { missingRoom } from './room.ts'

/** RFC 3339 in UTC with milliseconds, as SQL. */
const iso = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** A person as JSON, from a row of accounts. */
export const personJson = (account: string) =>
  `CASE WHEN ${account}.id IS NOT NULL THEN jsonb_build_object('id', ${account}.id, 'username', ${account}.login, 'name', ${account}.display_name, 'avatar_url', ${account}.avatar_url) END`

/** A message as it goes out, from `m` (room_messages), its sender `a` and what it answers `p` with sender `pa`. */
export const messageColumns = (reactions: string) => `
  m.id, m.room_id AS chat_room_id, m.seq, m.change, m.sender_id, ${personJson('a')} AS sender, m.content,
  CASE WHEN p.id IS NOT NULL THEN jsonb_build_object('id', p.id, 'seq', p.seq, 'sender_name', pa.display_name,
    'content', left(p.content, 120), 'file_name', p.files -> 0 ->> 'name', 'deleted', p.deleted_at IS NOT NULL) END AS reply_to,
  m.files, m.mentions, ${reactions} AS reactions, ${iso('m.created_at')} AS sent_at, ${iso('m.edited_at')} AS edited_at,
  m.deleted_at IS NOT NULL AS deleted, m.client_key`

/** What `messageColumns` joins to `m`. */
export const messageJoins = `
  LEFT JOIN accounts AS a ON a.id = m.sender_id
  LEFT JOIN room_messages AS p ON p.id = m.reply_to AND p.room_id = m.room_id
  LEFT JOIN accounts AS pa ON pa.id = p.sender_id`

const REACTIONS = `(
  SELECT coalesce(jsonb_agg(jsonb_build_object('emoji', emoji, 'user_ids', user_ids) ORDER BY first), '[]')
  FROM (SELECT emoji, array_agg(account_id ORDER BY at) AS user_ids, min(at) AS first
        FROM room_reactions WHERE message_id = m.id GROUP BY emoji) AS r)`

const SELECT = `SELECT ${messageColumns(REACTIONS)} FROM room_messages AS m ${messageJoins}`

/** A stretch of a room's history, oldest first. */
export interface Page {
  readonly messages: RoomMessage[]
  /** The room's last change when this was read: whoever has this page has everything up to it. */
  readonly change: number
}

/** At most `limit` messages before a number (or the latest), or from a number on. */
export async function readPage(
  db: Executor,
  roomId: number,
  { before, from, limit }: { before?: number | undefined; from?: number | undefined; limit: number },
): Promise<Page> {
  // The room's row and its messages in one statement, so in one snapshot.
  const rows = await db.query<RoomMessage & { last_change: number }>(
    from === undefined
      ? `SELECT r.last_change, x.* FROM rooms AS r LEFT JOIN LATERAL (
           ${SELECT} WHERE m.room_id = r.id AND m.seq < $2 ORDER BY m.seq DESC LIMIT $3) AS x ON true
         WHERE r.id = $1 ORDER BY x.seq`
      : `SELECT r.last_change, x.* FROM rooms AS r LEFT JOIN LATERAL (
           ${SELECT} WHERE m.room_id = r.id AND m.seq >= $2 ORDER BY m.seq LIMIT $3) AS x ON true
         WHERE r.id = $1 ORDER BY x.seq`,
    [roomId, from ?? before ?? 2_147_483_647, limit],
  )
  return pageOf(rows)
}

/** What changed in a room after a change, in order; at most `limit`. */
export async function readChanges(db: Executor, roomId: number, after: number, limit: number): Promise<Page> {
  const rows = await db.query<RoomMessage & { last_change: number }>(
    `SELECT r.last_change, x.* FROM rooms AS r LEFT JOIN LATERAL (
       ${SELECT} WHERE m.room_id = r.id AND m.change > $2 ORDER BY m.change LIMIT $3) AS x ON true
     WHERE r.id = $1 ORDER BY x.change`,
    [roomId, after, limit],
  )
  return pageOf(rows)
}

function pageOf(rows: (RoomMessage & { last_change: number })[]): Page {
  const change = rows[0]?.last_change ?? 0
  const messages = rows.filter((row) => row.id !== null)
  for (const row of messages) Reflect.deleteProperty(row, 'last_change')
  return { messages, change }
}

/** One message as it stands. */
export async function findMessage(db: Executor, id: number): Promise<RoomMessage | undefined> {
  const [row] = await db.query<RoomMessage>(`${SELECT} WHERE m.id = $1`, [id])
  return row
}

/** The message a sender already posted under a key. */
export async function findByKey(
  db: Executor,
  roomId: number,
  senderId: number,
  key: string,
): Promise<RoomMessage | undefined> {
  const [row] = await db.query<RoomMessage>(
    `${SELECT} WHERE m.room_id = $1 AND m.sender_id = $2 AND m.client_key = $3`,
    [roomId, senderId, key],
  )
  return row
}

/** Gives a room its next change number; the room's row stays locked until the transaction ends. */
export async function nextChange(tx: Executor, roomId: number): Promise<{ change: number; meetingId: number | null }> {
  const [row] = await tx.query<{ change: number; meetingId: number | null }>(
    `UPDATE rooms SET last_change = last_change + 1 WHERE id = $1
     RETURNING last_change AS change, meeting_id AS "meetingId"`,
    [roomId],
  )
  if (row === undefined) throw missingRoom()
  return row
}

/** What a search finds a message by: its words and the names of its files, none of which runs into the next. */
export const findable = (content: string, files: readonly RoomFile[]): string =>
  [content, ...files.map(({ name }) => name)].join('\n')

/** How far a search for a single character looks back, since no pair of characters can find it. */
const SCANNED = 20_000

/** Messages in rooms of an account that hold `words` or bring a file named so, latest first. */
export async function searchMessages(
  db: Executor,
  query: {
    accountId: number
    roomId?: number | undefined
    words: string
    grams: number[]
    beforeId?: number | undefined
    limit: number
  },
): Promise<RoomMessage[]> {
  const found =
    query.grams.length > 0
      ? 'm.grams @> $4::int[]'
      : `m.id > (SELECT coalesce(max(id), 0) - ${SCANNED} FROM room_messages) AND $4::int[] IS NOT NULL`
  return db.query<RoomMessage>(
    `${SELECT}
     WHERE m.room_id IN (SELECT room_id FROM room_members WHERE account_id = $1) AND ($2::int IS NULL OR m.room_id = $2)
       AND m.deleted_at IS NULL AND ($3::int IS NULL OR m.id < $3) AND ${found}
       AND (position($5 IN lower(normalize(m.content, NFKC))) > 0 OR EXISTS (
         SELECT 1 FROM jsonb_array_elements(m.files) AS f WHERE position($5 IN lower(normalize(f ->> 'name', NFKC))) > 0))
     ORDER BY m.id DESC LIMIT $6`,
    [query.accountId, query.roomId ?? null, query.beforeId ?? null, query.grams, query.words, query.limit],
  )
}
