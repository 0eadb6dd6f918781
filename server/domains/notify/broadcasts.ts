import type { Bus } from '#kernel/bus/bus.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Executor } from '#kernel/db/executor.ts'
import { Fault } from '#kernel/fault.ts'
import type { NotifyEvents } from '#contracts/events/notify.ts'
import type { Service } from '#contracts/schemas/alerts.ts'
import type { OutgoingService } from '#contracts/schemas/notify.ts'
import { ACCOUNT_ACTIVE } from './notify-store.ts'
import { splitText } from './split-text.ts'
import type { TextLimit } from './split-text.ts'

/** A broadcast and how far it is. */
export interface BroadcastReport {
  readonly id: number
  readonly content: string
  readonly platforms: Service[]
  readonly createdAt: Date
  readonly sentBy: string | null
  /** Recipients; a long text that takes several messages counts each recipient once, by its worst message. */
  readonly total: number
  readonly queued: number
  readonly delivered: number
  readonly failed: number
  readonly reasons: { reason: string; count: number }[]
}

/** Texts from an admin to everybody bound. */
export interface Broadcasts {
  /**
   * Queues `content` for every enabled binding on the platforms, of accounts that may be used.
   * @throws Fault `broadcast.empty`, `broadcast.nowhere`
   */
  send(adminId: number, platforms: readonly Service[], content: string): Promise<{ id: number; queued: number }>
  list(before: number | undefined, limit: number): Promise<BroadcastReport[]>
  /** @throws Fault `broadcast.missing` */
  get(id: number): Promise<BroadcastReport>
}

const LIFE_DAYS = 3

/** Broadcasts over the outbox. */
export function createBroadcasts(parts: {
  db: Database
  bus: Bus<NotifyEvents>
  limits: Readonly<Record<OutgoingService, TextLimit>>
}): Broadcasts {
  const { db, bus, limits } = parts
  return {
    send: async (adminId, asked, content) => {
      if (content.trim() === '') throw new Fault('invalid', 'broadcast.empty', 'The text is empty')
      const platforms = [...new Set(asked)]
      if (platforms.length === 0) throw new Fault('invalid', 'broadcast.nowhere', 'No platform is named')
      return db.transaction(async (tx) => {
        const [made] = await tx.query<{ id: number }>(
          'INSERT INTO broadcasts (account_id, platforms, content) VALUES ($1, $2, $3) RETURNING id',
          [adminId, platforms, content],
        )
        const id = (made as { id: number }).id
        let queued = 0
        for (const service of platforms)
          queued += await queueFor(tx, { id, service, texts: splitText(content, limits[service]) })
        tx.afterCommit(() => bus.publish('notify.outbox.filled', { services: platforms }))
        return { id, queued }
      })
    },
    list: (before, limit) => report(db, '$1::integer IS NULL OR b.id < $1', before ?? null, limit),
    get: async (id) => {
      const [found] = await report(db, 'b.id = $1', id, 1)
      if (found === undefined) throw new Fault('missing', 'broadcast.missing', 'There is no such broadcast')
      return found
    },
  }
}

/** Queues the texts, in order, for everybody bound to `service`; returns how many recipients there are. */
async function queueFor(
  db: Executor,
  { id, service, texts }: { id: number; service: Service; texts: readonly string[] },
): Promise<number> {
  const [count] = await db.query<{ recipients: number }>(
    `WITH queued AS (
       INSERT INTO deliveries (account_id, service, recipient, kind, broadcast_id, title, text, part, parts, expires_at)
       SELECT b.account_id, b.service, b.service_id, 'broadcast', $1, '', t.text, t.part, cardinality($3::text[]),
              now() + interval '${LIFE_DAYS} days'
       FROM notification_bindings b JOIN accounts a ON a.id = b.account_id AND ${ACCOUNT_ACTIVE},
            unnest($3::text[]) WITH ORDINALITY AS t (text, part)
       WHERE b.service = $2 AND b.enabled
       ORDER BY b.id, t.part
       RETURNING recipient)
     SELECT count(DISTINCT recipient) AS recipients FROM queued`,
    [id, service, texts],
  )
  return count?.recipients ?? 0
}

function report(db: Executor, which: string, value: number | null, limit: number): Promise<BroadcastReport[]> {
  return db.query<BroadcastReport>(
    `WITH b AS (SELECT * FROM broadcasts b WHERE ${which} ORDER BY id DESC LIMIT $2),
     r AS (
       SELECT broadcast_id, service, recipient, bool_or(state = 'queued') AS queued,
              bool_and(state = 'delivered') AS delivered, min(reason) FILTER (WHERE state IN ('dead', 'cancelled')) AS reason
       FROM deliveries WHERE broadcast_id IN (SELECT id FROM b) GROUP BY 1, 2, 3),
     n AS (
       SELECT broadcast_id, count(*) AS total, count(*) FILTER (WHERE delivered) AS delivered,
              count(*) FILTER (WHERE reason IS NOT NULL) AS failed,
              count(*) FILTER (WHERE NOT delivered AND reason IS NULL) AS queued
       FROM r GROUP BY 1),
     f AS (
       SELECT broadcast_id, jsonb_agg(jsonb_build_object('reason', reason, 'count', count) ORDER BY count DESC) AS reasons
       FROM (SELECT broadcast_id, reason, count(*) FROM r WHERE reason IS NOT NULL GROUP BY 1, 2) AS each GROUP BY 1)
     SELECT b.id, b.content, b.platforms, b.created_at AS "createdAt", a.email AS "sentBy",
            coalesce(n.total, 0) AS total, coalesce(n.queued, 0) AS queued, coalesce(n.delivered, 0) AS delivered,
            coalesce(n.failed, 0) AS failed, coalesce(f.reasons, '[]') AS reasons
     FROM b LEFT JOIN accounts a ON a.id = b.account_id LEFT JOIN n ON n.broadcast_id = b.id LEFT JOIN f ON f.broadcast_id = b.id
     ORDER BY b.id DESC`,
    [value, limit],
  )
}
