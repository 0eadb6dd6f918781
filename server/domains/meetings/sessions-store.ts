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

/** What became of a session, and until when its place is kept; null: the place is somebody else's business. */
export interface SessionState extends SessionRow {
  readonly seat_until: Date | null
}

const STATE_COLUMNS = [
  'id',
  'meeting_id',
  'account_id',
  'peer_id',
  'node',
  'status',
  'connected_at',
  'last_activity',
  'seat_until',
  'audio_enabled',
  'video_enabled',
  'screen_sharing',
] as const satisfies readonly (keyof SessionState)[]

const COLUMNS = `id, meeting_id, account_id, peer_id, node, status, connected_at, last_activity,
  audio_enabled, video_enabled, screen_sharing`

/** Signalling sessions as rows. */
export const sessionsStore = {
  /** Writes what became of sessions, each once, and of the places they stand for. Meetings deleted meanwhile are passed over. */
  async write(db: Executor, states: readonly SessionState[]): Promise<void> {
    const columns = STATE_COLUMNS.map((name) => states.map((state) => state[name]))
    await db.query(
      `WITH t AS (
         SELECT * FROM unnest($1::uuid[], $2::int[], $3::int[], $4::uuid[], $5::text[], $6::text[], $7::timestamptz[],
             $8::timestamptz[], $9::timestamptz[], $10::bool[], $11::bool[], $12::bool[])
           AS t(${STATE_COLUMNS.join(', ')})),
       places AS (
         UPDATE meeting_participants p SET seat_until = t.seat_until,
           status = CASE WHEN p.status = 'waiting' THEN p.status WHEN t.status = 'active' THEN 'online' ELSE 'offline' END
         FROM t WHERE p.peer_id = t.peer_id AND t.seat_until IS NOT NULL)
       INSERT INTO signalling_sessions AS s (${COLUMNS}, closed_at)
       SELECT ${COLUMNS}, CASE WHEN status = 'closed' THEN last_activity END FROM t
       WHERE EXISTS (SELECT 1 FROM meetings m WHERE m.id = t.meeting_id)
       ON CONFLICT (id) DO UPDATE SET status = excluded.status, node = excluded.node, closed_at = excluded.closed_at,
         last_activity = excluded.last_activity, audio_enabled = excluded.audio_enabled,
         video_enabled = excluded.video_enabled, screen_sharing = excluded.screen_sharing`,
      columns,
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
