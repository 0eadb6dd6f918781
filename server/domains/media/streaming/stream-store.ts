import type { Executor } from '#kernel/db/executor.ts'
import type { Stream, StreamNumbers, StreamStatus, StreamWishes } from './stream.ts'

const SELECT = `SELECT id, meeting_id AS "meetingId", account_id AS "accountId", type, status, layout, quality,
    rtmp_target AS "rtmpTarget", error, bitrate, frame_rate AS "frameRate", dropped_frames AS "droppedFrames",
    reconnects, started_at AS "startedAt", stopped_at AS "stoppedAt" FROM streams`
const MOST_LISTED = 50

/** The table of streams. */
export const streamStore = {
  async insert(
    db: Executor,
    stream: StreamWishes & {
      id: string
      meetingId: number
      accountId: number
      rtmpTarget: string | null
      node: string
    },
  ): Promise<void> {
    const { id, meetingId, accountId, type, layout, quality, rtmpTarget, node } = stream
    await db.query(
      `INSERT INTO streams (id, meeting_id, account_id, type, layout, quality, rtmp_target, node)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [id, meetingId, accountId, type, layout, quality, rtmpTarget, node],
    )
  },

  async find(db: Executor, id: string): Promise<Stream | undefined> {
    const [row] = await db.query<Stream>(`${SELECT} WHERE id = $1`, [id])
    return row
  },

  /** Newest first. */
  async ofMeeting(db: Executor, meetingId: number): Promise<Stream[]> {
    return await db.query<Stream>(`${SELECT} WHERE meeting_id = $1 ORDER BY started_at DESC, id LIMIT ${MOST_LISTED}`, [
      meetingId,
    ])
  },

  /** Those of a meeting that run, whichever process sends them. */
  async underWay(db: Executor, meetingId: number): Promise<Stream[]> {
    return await db.query<Stream>(`${SELECT} WHERE meeting_id = $1 AND stopped_at IS NULL ORDER BY started_at, id`, [
      meetingId,
    ])
  },

  async setStatus(db: Executor, id: string, status: StreamStatus, error: string | null): Promise<void> {
    await db.query('UPDATE streams SET status = $2, error = $3 WHERE id = $1 AND stopped_at IS NULL', [
      id,
      status,
      error,
    ])
  },

  /** Ends it, with what was measured last. */
  async end(
    db: Executor,
    id: string,
    end: StreamNumbers & { status: 'ended' | 'failed'; error: string | null },
  ): Promise<void> {
    await db.query(
      `UPDATE streams SET status = $2, error = $3, stopped_at = now(), bitrate = $4, frame_rate = $5,
         dropped_frames = $6, reconnects = $7
       WHERE id = $1 AND stopped_at IS NULL`,
      [id, end.status, end.error, end.bitrate, end.frameRate, end.droppedFrames, end.reconnects],
    )
  },

  /** Those that a process which is gone left behind; how many. */
  async endAbandoned(db: Executor, node: string, error: string): Promise<number> {
    const rows = await db.query(
      `UPDATE streams SET status = 'ended', error = $2, stopped_at = now()
       WHERE stopped_at IS NULL AND node = $1 RETURNING id`,
      [node, error],
    )
    return rows.length
  },

  async remove(db: Executor, id: string): Promise<void> {
    await db.query('DELETE FROM streams WHERE id = $1', [id])
  },
}
