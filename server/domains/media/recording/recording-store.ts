import type { Executor } from '#kernel/db/executor.ts'
import type { RecordedTrack, Recording, RecordingStatus, RecordingWishes } from './recording.ts'

const SELECT = `SELECT r.id, r.meeting_id AS "meetingId", r.account_id AS "accountId", r.status, r.format, r.layout,
    r.quality, r.file_id AS "fileId", r.job_id AS "jobId", r.error, r.started_at AS "startedAt",
    r.stopped_at AS "stoppedAt", r.film_started_at AS "filmStartedAt", f.duration, f.size
  FROM recordings r LEFT JOIN media_files f ON f.id = r.file_id`

/** The tables of recordings. */
export const recordingStore = {
  async insert(
    db: Executor,
    recording: RecordingWishes & { id: string; meetingId: number; accountId: number; node: string },
  ): Promise<void> {
    const { id, meetingId, accountId, format, layout, quality, node } = recording
    await db.query(
      `INSERT INTO recordings (id, meeting_id, account_id, format, layout, quality, node)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [id, meetingId, accountId, format, layout, quality, node],
    )
  },

  async find(db: Executor, id: string): Promise<Recording | undefined> {
    const [row] = await db.query<Recording>(`${SELECT} WHERE r.id = $1`, [id])
    return row
  },

  /** The recording under way in a meeting. */
  async running(db: Executor, meetingId: number): Promise<Recording | undefined> {
    const [row] = await db.query<Recording>(`${SELECT} WHERE r.meeting_id = $1 AND r.status = 'recording'`, [meetingId])
    return row
  },

  /** Those that no process works on any more, after a restart. */
  async abandoned(db: Executor, node: string): Promise<Recording[]> {
    return await db.query<Recording>(`${SELECT} WHERE r.status = 'recording' AND r.node = $1`, [node])
  },

  async list(
    db: Executor,
    filter: {
      meetingIds: readonly number[]
      status?: RecordingStatus | undefined
      offset: number
      limit: number
    },
  ): Promise<{ recordings: Recording[]; total: number }> {
    const condition = 'r.meeting_id = ANY ($1) AND ($2::text IS NULL OR r.status = $2)'
    const values = [filter.meetingIds, filter.status ?? null]
    const [recordings, [count]] = await Promise.all([
      db.query<Recording>(`${SELECT} WHERE ${condition} ORDER BY r.started_at DESC, r.id LIMIT $3 OFFSET $4`, [
        ...values,
        filter.limit,
        filter.offset,
      ]),
      db.query<{ total: number }>(`SELECT count(*) AS total FROM recordings r WHERE ${condition}`, values),
    ])
    return { recordings, total: count?.total ?? 0 }
  },

  /** Ends the writing of tracks; false when somebody else did. */
  async stop(db: Executor, id: string, jobId: number): Promise<boolean> {
    const rows = await db.query(
      `UPDATE recordings SET status = 'processing', stopped_at = now(), job_id = $2
       WHERE id = $1 AND status = 'recording' RETURNING id`,
      [id, jobId],
    )
    return rows.length > 0
  },

  async complete(db: Executor, id: string, film: { fileId: string; startedAt: Date }): Promise<void> {
    await db.query(
      `UPDATE recordings SET status = 'completed', file_id = $2, film_started_at = $3, error = NULL WHERE id = $1`,
      [id, film.fileId, film.startedAt],
    )
  },

  async fail(db: Executor, id: string, error: string): Promise<void> {
    await db.query("UPDATE recordings SET status = 'failed', error = $2 WHERE id = $1", [id, error])
  },

  async remove(db: Executor, id: string): Promise<void> {
    await db.query('DELETE FROM recordings WHERE id = $1', [id])
  },

  async addTrack(db: Executor, id: string, track: Omit<RecordedTrack, 'fileId'>): Promise<void> {
    const { number, accountId, kind, source, codec } = track
    await db.query(
      `INSERT INTO recording_tracks (recording_id, number, account_id, kind, source, codec)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, number, accountId, kind, source, codec],
    )
  },

  async setTrackFile(db: Executor, id: string, number: number, fileId: string): Promise<void> {
    await db.query('UPDATE recording_tracks SET file_id = $3 WHERE recording_id = $1 AND number = $2', [
      id,
      number,
      fileId,
    ])
  },

  async tracks(db: Executor, id: string): Promise<RecordedTrack[]> {
    return await db.query<RecordedTrack>(
      `SELECT number, account_id AS "accountId", kind, source, codec, file_id AS "fileId" FROM recording_tracks
       WHERE recording_id = $1 ORDER BY number`,
      [id],
    )
  },
}
