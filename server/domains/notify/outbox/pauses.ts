import type { Executor } from '#kernel/db/executor.ts'
import type { OutgoingService } from '#contracts/schemas/notify.ts'

/** Why and how long nothing goes out through a service. */
export interface Pause {
  readonly until: Date
  readonly reason: string
  readonly detail: string
}

/** The pause of a service that is not over; undefined when messages flow. */
export async function readPause(db: Executor, service: OutgoingService): Promise<Pause | undefined> {
  const [row] = await db.query<Pause>(
    `SELECT paused_until AS until, pause_reason AS reason, pause_detail AS detail FROM delivery_lanes
     WHERE service = $1 AND paused_until > now()`,
    [service],
  )
  return row
}

/** Writes a pause down; true when the service was not paused for this reason already. */
export async function writePause(db: Executor, service: OutgoingService, pause: Pause): Promise<boolean> {
  const [row] = await db.query<{ fresh: boolean }>(
    `WITH before AS (SELECT pause_reason, paused_until FROM delivery_lanes WHERE service = $1)
     INSERT INTO delivery_lanes (service, paused_until, pause_reason, pause_detail) VALUES ($1, $2, $3, $4)
     ON CONFLICT (service) DO UPDATE SET paused_until = excluded.paused_until, pause_reason = excluded.pause_reason,
                                         pause_detail = excluded.pause_detail
     RETURNING NOT EXISTS (SELECT 1 FROM before WHERE pause_reason = $3 AND paused_until > now() - interval '1 hour') AS fresh`,
    [service, pause.until, pause.reason, pause.detail],
  )
  return row?.fresh ?? true
}

/** Ends the pause of a service. */
export async function endPause(db: Executor, service: OutgoingService): Promise<void> {
  await db.query(
    'UPDATE delivery_lanes SET paused_until = NULL, pause_reason = NULL, pause_detail = NULL WHERE service = $1',
    [service],
  )
}
