import type { Executor } from '#kernel/db/executor.ts'

/** Which machine has a meeting's room: a row with a lease. */
export const roomsStore = {
  /** Takes the room for `node`, unless another node's lease on it still runs. Whether it is ours now. */
  async claim(db: Executor, meetingId: number, node: string, at: { now: Date; until: Date }): Promise<boolean> {
    const rows = await db.query(
      `INSERT INTO meeting_rooms (meeting_id, node, opened_at, lease_until) VALUES ($1, $2, $3, $4)
       ON CONFLICT (meeting_id) DO UPDATE SET node = $2, lease_until = $4,
         opened_at = CASE WHEN meeting_rooms.node = $2 THEN meeting_rooms.opened_at ELSE $3 END
       WHERE meeting_rooms.node = $2 OR meeting_rooms.lease_until < $3
       RETURNING meeting_id`,
      [meetingId, node, at.now, at.until],
    )
    return rows.length > 0
  },

  async renew(db: Executor, meetingIds: readonly number[], node: string, until: Date): Promise<void> {
    await db.query('UPDATE meeting_rooms SET lease_until = $3 WHERE meeting_id = ANY($1::int[]) AND node = $2', [
      meetingIds,
      node,
      until,
    ])
  },

  async release(db: Executor, meetingId: number, node: string): Promise<void> {
    await db.query('DELETE FROM meeting_rooms WHERE meeting_id = $1 AND node = $2', [meetingId, node])
  },

  /** The machine goes away in order: another one may take its rooms at once. */
  async expire(db: Executor, node: string, now: Date): Promise<void> {
    await db.query('UPDATE meeting_rooms SET lease_until = $2 WHERE node = $1', [node, now])
  },
}
