import type { Bus } from '#kernel/bus/bus.ts'
import type { Database } from '#kernel/db/database.ts'
import { Fault } from '#kernel/fault.ts'
import type { NotifyEvents } from '#contracts/events/notify.ts'
import type { DeliveryState, OutgoingService } from '#contracts/schemas/notify.ts'
import { endPause } from './outbox/pauses.ts'

/** A delivery as it is shown. */
export interface DeliveryRow {
  readonly id: number
  readonly accountId: number
  readonly service: OutgoingService
  readonly recipient: string
  readonly kind: string
  readonly excerpt: string
  readonly part: number
  readonly parts: number
  readonly state: DeliveryState
  readonly attempts: number
  readonly reason: string | null
  readonly detail: string | null
  readonly nextAt: Date
  readonly createdAt: Date
  readonly finishedAt: Date | null
}

/** A service in numbers. */
export interface LaneRow {
  readonly service: OutgoingService
  readonly queued: number
  readonly deliveredToday: number
  readonly deadToday: number
  readonly pausedUntil: Date | null
  readonly reason: string | null
  readonly detail: string | null
}

/** Which deliveries to show; what is not given does not narrow. */
export interface DeliveryFilter {
  readonly accountId?: number | undefined
  readonly state?: DeliveryState | undefined
  readonly service?: OutgoingService | undefined
  readonly before?: number | undefined
  readonly limit: number
}

/** What was sent, to whom, and how it ended. */
export interface DeliveryLog {
  list(filter: DeliveryFilter): Promise<DeliveryRow[]>
  /** Queues a dead delivery again. @throws Fault `delivery.not-dead` */
  retry(id: number): Promise<void>
  lanes(): Promise<LaneRow[]>
  /** Ends the pause of a service. */
  resume(service: OutgoingService): Promise<void>
}

const EXCERPT = 120

/** The log over the outbox. */
export function createDeliveryLog({ db, bus }: { db: Database; bus: Bus<NotifyEvents> }): DeliveryLog {
  const wake = (service: OutgoingService): void => bus.publish('notify.outbox.filled', { services: [service] })
  return {
    list: (filter) =>
      db.query(
        `SELECT id, account_id AS "accountId", service, recipient, kind, left(text, ${EXCERPT}) AS excerpt, part, parts, state,
                attempts, reason, detail, next_at AS "nextAt", created_at AS "createdAt", finished_at AS "finishedAt"
         FROM deliveries
         WHERE ($1::int IS NULL OR account_id = $1) AND ($2::text IS NULL OR state = $2)
           AND ($3::text IS NULL OR service = $3) AND ($4::bigint IS NULL OR id < $4)
         ORDER BY id DESC LIMIT $5`,
        [filter.accountId ?? null, filter.state ?? null, filter.service ?? null, filter.before ?? null, filter.limit],
      ),
    retry: async (id) => {
      const [row] = await db.query<{ service: OutgoingService }>(
        `UPDATE deliveries SET state = 'queued', attempts = 0, next_at = now(), reason = NULL, detail = NULL,
                finished_at = NULL, expires_at = greatest(expires_at, now() + interval '1 day')
         WHERE id = $1 AND state = 'dead' RETURNING service`,
        [id],
      )
      if (row === undefined) throw new Fault('missing', 'delivery.not-dead', 'There is no dead delivery of this number')
      wake(row.service)
    },
    lanes: () =>
      db.query(
        `SELECT s.service, coalesce(d.queued, 0) AS queued, coalesce(d.delivered, 0) AS "deliveredToday",
                coalesce(d.dead, 0) AS "deadToday", l.paused_until AS "pausedUntil", l.pause_reason AS reason, l.pause_detail AS detail
         FROM unnest(ARRAY['telegram', 'line', 'discord', 'matrix', 'email']) WITH ORDINALITY AS s (service, n)
         LEFT JOIN delivery_lanes l ON l.service = s.service AND l.paused_until > now()
         LEFT JOIN (
           SELECT service, count(*) FILTER (WHERE state = 'queued') AS queued,
                  count(*) FILTER (WHERE state = 'delivered') AS delivered, count(*) FILTER (WHERE state = 'dead') AS dead
           FROM deliveries WHERE state = 'queued' OR finished_at > now() - interval '1 day' GROUP BY service) AS d
           ON d.service = s.service
         ORDER BY s.n`,
      ),
    resume: async (service) => {
      await endPause(db, service)
      wake(service)
    },
  }
}
