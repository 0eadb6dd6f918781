import type { RoomKind, RoomMember, RoomRole, RoomState } from '#contracts/schemas/room.ts'
import type { Executor } from '#kernel/db/executor.ts'
import { personJson } from './messages-store.ts'

/** A room and what one account is in it. */
export interface Place {
  readonly id: number
  readonly name: string
  readonly kind: RoomKind
  readonly meetingId: number | null
  readonly createdAt: Date
  readonly role: RoomRole
  readonly lastSeq: number
}

/** What an account is in a room; undefined where it is not in it. */
export async function findPlace(db: Executor, roomId: number, accountId: number): Promise<Place | undefined> {
  const [row] = await db.query<Place>(
    `SELECT r.id, r.name, r.kind, r.meeting_id AS "meetingId", r.created_at AS "createdAt", m.role, r.last_seq AS "lastSeq"
     FROM rooms AS r JOIN room_members AS m ON m.room_id = r.id
     WHERE r.id = $1 AND m.account_id = $2`,
    [roomId, accountId],
  )
  return row
}

const UNREAD = `u.room_id = r.id AND u.seq > m.read_seq AND u.deleted_at IS NULL AND u.sender_id IS DISTINCT FROM m.account_id`

const STATE = `
  SELECT r.id, CASE WHEN r.kind = 'direct' THEN coalesce(o.display_name, '') ELSE r.name END AS name, r.kind, r.meeting_id,
    m.role, (SELECT count(*)::int FROM room_members AS c WHERE c.room_id = r.id) AS member_count,
    ${personJson('o')} AS peer, r.last_seq, r.last_change, m.read_seq,
    -- Nothing is counted where nothing was said since.
    CASE WHEN r.last_seq > m.read_seq
      THEN (SELECT count(*)::int FROM room_messages AS u WHERE ${UNREAD}) ELSE 0 END AS unread,
    CASE WHEN r.last_seq > m.read_seq
      THEN (SELECT count(*)::int FROM room_messages AS u WHERE ${UNREAD} AND u.mentions @> ARRAY[m.account_id]) ELSE 0 END AS mentions,
    (SELECT jsonb_build_object('sender_name', s.display_name, 'content', left(l.content, 120),
       'file_name', l.files -> 0 ->> 'name', 'deleted', l.deleted_at IS NOT NULL)
     FROM room_messages AS l LEFT JOIN accounts AS s ON s.id = l.sender_id
     WHERE l.room_id = r.id AND l.seq = r.last_seq) AS last_message,
    to_char(r.last_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS last_at
  FROM room_members AS m JOIN rooms AS r ON r.id = m.room_id
  LEFT JOIN room_members AS om ON r.kind = 'direct' AND om.room_id = r.id AND om.account_id <> m.account_id
  LEFT JOIN accounts AS o ON o.id = om.account_id`

/** Every room of an account, the one last spoken in first. */
export function listStates(db: Executor, accountId: number): Promise<RoomState[]> {
  return db.query<RoomState>(`${STATE} WHERE m.account_id = $1 ORDER BY r.last_at DESC, r.id DESC LIMIT 1000`, [
    accountId,
  ])
}

/** Where one room stands for one account; undefined where it is not in it. */
export async function findState(db: Executor, roomId: number, accountId: number): Promise<RoomState | undefined> {
  const [row] = await db.query<RoomState>(`${STATE} WHERE m.account_id = $1 AND m.room_id = $2`, [accountId, roomId])
  return row
}

/** The rooms of an account. */
export async function roomIdsOf(db: Executor, accountId: number): Promise<number[]> {
  const rows = await db.query<{ room_id: number }>('SELECT room_id FROM room_members WHERE account_id = $1', [
    accountId,
  ])
  return rows.map((row) => row.room_id)
}

/** Who is in a room, those with most to say in it first. */
export function listMembers(db: Executor, roomId: number): Promise<RoomMember[]> {
  return db.query<RoomMember>(
    `SELECT m.account_id AS user_id, a.login AS username, a.display_name AS name, a.avatar_url, m.role,
       to_char(m.joined_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS joined_at, m.read_seq
     FROM room_members AS m JOIN accounts AS a ON a.id = m.account_id
     WHERE m.room_id = $1
     ORDER BY array_position(ARRAY['owner', 'admin', 'member'], m.role), lower(a.display_name), a.id`,
    [roomId],
  )
}

/** The accounts in a room. */
export async function memberIds(db: Executor, roomId: number): Promise<number[]> {
  const rows = await db.query<{ account_id: number }>('SELECT account_id FROM room_members WHERE room_id = $1', [
    roomId,
  ])
  return rows.map((row) => row.account_id)
}

/** Members of a room with one of these logins, of the form people write after an `@`. */
export async function membersByLogin(db: Executor, roomId: number, logins: readonly string[]): Promise<number[]> {
  const rows = await db.query<{ id: number }>(
    `SELECT a.id FROM room_members AS m JOIN accounts AS a ON a.id = m.account_id
     WHERE m.room_id = $1 AND lower(a.login) = ANY($2)`,
    [roomId, logins.map((login) => login.toLowerCase())],
  )
  return rows.map((row) => row.id)
}

/** Makes a room; its maker is its first member. */
export async function insertRoom(
  tx: Executor,
  room: { name: string; kind: RoomKind; by: number | null; meetingId?: number; directKey?: string },
): Promise<{ id: number; createdAt: Date }> {
  const [row] = await tx.query<{ id: number; createdAt: Date }>(
    `INSERT INTO rooms (name, kind, created_by, meeting_id, direct_key) VALUES ($1, $2, $3, $4, $5)
     RETURNING id, created_at AS "createdAt"`,
    [room.name, room.kind, room.by, room.meetingId ?? null, room.directKey ?? null],
  )
  return row as { id: number; createdAt: Date }
}

/**
 * Puts active accounts into a room; those already in it stay as they are. What was said before counts as read. Returns
 * who is new.
 */
export async function insertMembers(
  tx: Executor,
  roomId: number,
  accountIds: readonly number[],
  role: RoomRole = 'member',
): Promise<number[]> {
  const rows = await tx.query<{ account_id: number }>(
    `INSERT INTO room_members (room_id, account_id, role, read_seq)
     SELECT r.id, a.id, $3, r.last_seq FROM rooms AS r, accounts AS a
     WHERE r.id = $1 AND a.id = ANY($2) AND a.status <> 'deleted'
     ON CONFLICT DO NOTHING RETURNING account_id`,
    [roomId, [...accountIds], role],
  )
  return rows.map((row) => row.account_id)
}

/** Takes accounts out of a room; who was in it. */
export async function deleteMembers(tx: Executor, roomId: number, accountIds: readonly number[]): Promise<number[]> {
  const rows = await tx.query<{ account_id: number }>(
    'DELETE FROM room_members WHERE room_id = $1 AND account_id = ANY($2) RETURNING account_id',
    [roomId, [...accountIds]],
  )
  return rows.map((row) => row.account_id)
}

/** Who left a meeting's room of their own will. */
export async function leaverIds(db: Executor, roomId: number): Promise<number[]> {
  const rows = await db.query<{ account_id: number }>(
    'SELECT account_id FROM meeting_room_leavers WHERE room_id = $1',
    [roomId],
  )
  return rows.map((row) => row.account_id)
}

/** Remembers who left a meeting's room of their own will. */
export async function noteLeaver(db: Executor, roomId: number, accountId: number): Promise<void> {
  await db.query('INSERT INTO meeting_room_leavers (room_id, account_id) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    roomId,
    accountId,
  ])
}

/** Forgets that somebody left the room of a meeting. */
export async function forgetLeaver(db: Executor, meetingId: number, accountId: number): Promise<void> {
  await db.query(
    `DELETE FROM meeting_room_leavers AS l USING rooms AS r
     WHERE r.id = l.room_id AND r.meeting_id = $1 AND l.account_id = $2`,
    [meetingId, accountId],
  )
}

/** Gives a room that people made and that has no owner one: its longest-standing admin, else its longest-standing member. */
export async function appointOwner(tx: Executor, roomId: number): Promise<void> {
  await tx.query(
    `UPDATE room_members SET role = 'owner' WHERE room_id = $1
       AND EXISTS (SELECT 1 FROM rooms WHERE id = $1 AND kind = 'group')
       AND NOT EXISTS (SELECT 1 FROM room_members WHERE room_id = $1 AND role = 'owner')
       AND account_id = (SELECT account_id FROM room_members WHERE room_id = $1
                         ORDER BY (role = 'admin') DESC, joined_at, account_id LIMIT 1)`,
    [roomId],
  )
}

/** Moves a member's read mark on, never back, and not past the last message; where it stands now. */
export async function moveReadMark(
  db: Executor,
  roomId: number,
  accountId: number,
  seq: number,
): Promise<{ seq: number; moved: boolean } | undefined> {
  const [row] = await db.query<{ seq: number; before: number }>(
    `UPDATE room_members AS m SET read_seq = greatest(m.read_seq, least($3, r.last_seq))
     FROM rooms AS r, (SELECT read_seq FROM room_members WHERE room_id = $1 AND account_id = $2 FOR UPDATE) AS b
     WHERE r.id = $1 AND m.room_id = $1 AND m.account_id = $2
     RETURNING m.read_seq AS seq, b.read_seq AS before`,
    [roomId, accountId, seq],
  )
  return row && { seq: row.seq, moved: row.seq > row.before }
}
