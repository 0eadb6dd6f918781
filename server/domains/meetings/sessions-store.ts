import type { Executor } from '#kernel/db/executor.ts'
import type { MediaState } from '#contracts/schemas/signaling.ts'

/** A signalling session as it is kept. */
export interface SessionRow extends MediaState {
  readonly id: string
  readonly meeting_id: number
  readonly account_id: number
  readonly peer_id: string
  readonly node: string
  readonly status: 'active' | 'suspended' | 'closed'
  readonly connected_at: Date
  readonly last_activity: Date
}

const COLUMNS = `id, meeting_id, account_id, peer_id, node, status, connected_at, last_activity,
  audio_enabled, video_enabled, screen_sharing`

/** Signalling sessions as rows. */
export const sessionsStore = {
  /** Opens a session, or opens one of before again, and keeps the place it stands for. */
  async open(db: Executor, session: Omit<SessionRow, 'status'>, seatUntil: Date): Promise<void> {
    await db.query(
      `WITH kept AS (
         UPDATE meeting_participants SET status = 'online', seat_until = $12 WHERE peer_id = $4)
       INSERT INTO signalling_sessions (${COLUMNS})
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
       ON CONFLICT (id) DO UPDATE SET status = 'active', node = $5, last_activity = $8, closed_at = NULL`,
      [
        session.id,
        session.meeting_id,
        session.account_id,
        session.peer_id,
        session.node,
        'active',
        session.connected_at,
        session.last_activity,
        session.audio_enabled,
        session.video_enabled,
        session.screen_sharing,
        seatUntil,
      ],
    )
  },

  /** The socket is away: the place is kept until `seatUntil`. */
  async suspend(db: Executor, id: string, peerId: string, at: { now: Date; seatUntil: Date }): Promise<void> {
    await db.query(
      `WITH kept AS (
         UPDATE meeting_participants SET seat_until = $4, status = CASE status WHEN 'online' THEN 'offline' ELSE status END
         WHERE peer_id = $2)
       UPDATE signalling_sessions SET status = 'suspended', last_activity = $3 WHERE id = $1 AND status = 'active'`,
      [id, peerId, at.now, at.seatUntil],
    )
  },

  async close(db: Executor, ids: readonly string[], now: Date): Promise<void> {
    await db.query(
      `UPDATE signalling_sessions SET status = 'closed', closed_at = $2 WHERE id = ANY($1::uuid[]) AND status <> 'closed'`,
      [ids, now],
    )
  },

  /** Closes what a process of this node that is gone left open. */
  async closeOfNode(db: Executor, node: string, now: Date): Promise<number> {
    const rows = await db.query(
      `UPDATE signalling_sessions SET status = 'closed', closed_at = $2 WHERE node = $1 AND status <> 'closed' RETURNING id`,
      [node, now],
    )
    return rows.length
  },

  async find(db: Executor, id: string): Promise<SessionRow | undefined> {
    const rows = await db.query<SessionRow>(`SELECT ${COLUMNS} FROM signalling_sessions WHERE id = $1`, [id])
    return rows[0]
  },

  /** The sessions of a meeting that are not closed, first come first. */
  async listOpen(db: Executor, meetingId: number): Promise<SessionRow[]> {
    return await db.query<SessionRow>(
      `SELECT ${COLUMNS} FROM signalling_sessions WHERE meeting_id = $1 AND status <> 'closed' ORDER BY connected_at LIMIT 1000`,
      [meetingId],
    )
  },

  /** Writes what live seats know better: activity, and what they send. */
  async save(
    db: Executor,
    sessions: readonly (MediaState & {
      id: string
      peerId: string
      lastActivity: Date
      handRaisedAt: Date | null
      videoQuality: string
    })[],
  ): Promise<void> {
    if (sessions.length === 0) return
    await db.query(
      `WITH live AS (
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::bool[], $5::bool[], $6::bool[], $7::timestamptz[], $8::text[])
           AS t(id, peer_id, seen, audio, video, screen, hand, quality)),
       members AS (
         UPDATE meeting_participants p SET audio_enabled = live.audio, video_enabled = live.video,
           screen_sharing = live.screen, hand_raised_at = live.hand, video_quality = live.quality
         FROM live WHERE p.peer_id = live.peer_id)
       UPDATE signalling_sessions s SET last_activity = live.seen, audio_enabled = live.audio,
         video_enabled = live.video, screen_sharing = live.screen
       FROM live WHERE s.id = live.id`,
      [
        sessions.map((one) => one.id),
        sessions.map((one) => one.peerId),
        sessions.map((one) => one.lastActivity),
        sessions.map((one) => one.audio_enabled),
        sessions.map((one) => one.video_enabled),
        sessions.map((one) => one.screen_sharing),
        sessions.map((one) => one.handRaisedAt),
        sessions.map((one) => one.videoQuality),
      ],
    )
  },

  /** Closes sessions of rooms that no machine speaks for any more, and forgets those that were closed before `before`. */
  async prune(db: Executor, now: Date, before: Date): Promise<void> {
    await db.query(
      `UPDATE signalling_sessions s SET status = 'closed', closed_at = $1 WHERE status <> 'closed' AND NOT EXISTS (
         SELECT 1 FROM meeting_rooms r WHERE r.meeting_id = s.meeting_id AND r.lease_until > $1)`,
      [now],
    )
    await db.query('DELETE FROM signalling_sessions WHERE closed_at < $1', [before])
  },
}
