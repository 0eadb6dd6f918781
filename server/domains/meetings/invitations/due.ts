import type { Executor } from '#kernel/db/executor.ts'

/** What an invitee is told: they are invited, it was changed, it will not take place, or not with them. */
export type Tiding = 'invited' | 'changed' | 'cancelled' | 'uninvited'

/** An invitation as it was, or is to be, told. */
export interface Told {
  readonly meetingId: number
  readonly accountId: number
  readonly uid: string
  readonly sequence: number
  readonly title: string
  readonly description: string
  readonly start: Date
  readonly end: Date
  readonly hostName: string
}

/** Something somebody has not been told yet. */
export interface DueTiding extends Told {
  readonly tiding: Tiding
}

/** The columns of what is told. A meeting's number alone would be another meeting's on another installation. */
const NEXT = `m.id AS "meetingId", p.account_id AS "accountId",
  coalesce(i.uid, 'meeting-' || m.id || '-' || floor(extract(epoch FROM m.created_at) * 1000)::bigint) AS uid,
  coalesce(i.sequence + 1, 0) AS sequence, m.title, m.description, m.start_time AS start, m.end_time AS "end",
  h.display_name AS "hostName"`

/** Whom a host named and who has not been told so, or was told other words or times. The creator needs no invitation. */
const TO_INVITE = `
  SELECT ${NEXT}, CASE WHEN i.cancelled IS NOT DISTINCT FROM false THEN 'changed' ELSE 'invited' END AS tiding
  FROM meetings AS m
  JOIN meeting_participants AS p ON p.meeting_id = m.id AND p.invited AND NOT p.removed
    AND p.account_id <> m.creator_id
  JOIN accounts AS a ON a.id = p.account_id AND a.status = 'active'
  JOIN accounts AS h ON h.id = m.creator_id
  LEFT JOIN meeting_invitations AS i ON i.meeting_id = m.id AND i.account_id = p.account_id
  WHERE m.status IN ('scheduled', 'ongoing') AND m.end_time > $1
    AND (i.meeting_id IS NULL OR i.cancelled OR (i.title, i.description, i.start_time, i.end_time)
      IS DISTINCT FROM (m.title, m.description, m.start_time, m.end_time))`

/** Who was invited to what will not take place, or not with them. What is over needs no word. */
const TO_CANCEL = `
  SELECT i.meeting_id AS "meetingId", i.account_id AS "accountId", i.uid, i.sequence + 1 AS sequence, i.title,
    i.description, i.start_time AS start, i.end_time AS "end", i.host_name AS "hostName",
    CASE WHEN m.id IS NULL OR m.status = 'cancelled' THEN 'cancelled' ELSE 'uninvited' END AS tiding
  FROM meeting_invitations AS i
  JOIN accounts AS a ON a.id = i.account_id AND a.status = 'active'
  LEFT JOIN meetings AS m ON m.id = i.meeting_id
  LEFT JOIN meeting_participants AS p ON p.meeting_id = m.id AND p.account_id = i.account_id
    AND p.invited AND NOT p.removed
  WHERE NOT i.cancelled AND i.end_time > $1
    AND (m.id IS NULL OR m.status = 'cancelled' OR (m.status <> 'ended' AND p.id IS NULL))`

/** What invitees of one meeting have not been told yet. */
export function dueTidings(db: Executor, meetingId: number, now: Date): Promise<DueTiding[]> {
  return db.query<DueTiding>(`${TO_INVITE} AND m.id = $2 UNION ALL ${TO_CANCEL} AND i.meeting_id = $2`, [
    now,
    meetingId,
  ])
}

/** Meetings some invitee of which has not been told something: found again after an event was lost. */
export async function meetingsWithDueTidings(db: Executor, now: Date, limit: number): Promise<number[]> {
  const rows = await db.query<{ id: number }>(
    `SELECT DISTINCT due."meetingId" AS id FROM (${TO_INVITE} UNION ALL ${TO_CANCEL}) AS due LIMIT $2`,
    [now, limit],
  )
  return rows.map((row) => row.id)
}

/** Writes down what is being told. */
export async function markTold(db: Executor, due: DueTiding, now: Date): Promise<void> {
  await db.query(
    `INSERT INTO meeting_invitations (meeting_id, account_id, uid, sequence, cancelled, title, description, start_time,
       end_time, host_name, told_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     ON CONFLICT (meeting_id, account_id) DO UPDATE SET sequence = excluded.sequence, cancelled = excluded.cancelled,
       title = excluded.title, description = excluded.description, start_time = excluded.start_time,
       end_time = excluded.end_time, host_name = excluded.host_name, told_at = excluded.told_at`,
    [
      due.meetingId,
      due.accountId,
      due.uid,
      due.sequence,
      due.tiding === 'cancelled' || due.tiding === 'uninvited',
      due.title,
      due.description,
      due.start,
      due.end,
      due.hostName,
      now,
    ],
  )
}

/** The number of the last word somebody was told; undefined when nothing was, or it is forgotten. */
export async function lastSequence(db: Executor, meetingId: number, accountId: number): Promise<number | undefined> {
  const [row] = await db.query<{ sequence: number }>(
    'SELECT sequence FROM meeting_invitations WHERE meeting_id = $1 AND account_id = $2',
    [meetingId, accountId],
  )
  return row?.sequence
}
