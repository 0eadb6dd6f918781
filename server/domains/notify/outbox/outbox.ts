import type { Bus } from '#kernel/bus/bus.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Log } from '#kernel/log.ts'
import type { NotifyEvents } from '#contracts/events/notify.ts'
import type { OutgoingService } from '#contracts/schemas/notify.ts'
import type { Channel } from '../channel.ts'
import type { Leases } from '../lease.ts'
import { createLane } from './lane.ts'
import type { Lane, LaneReports } from './lane.ts'

/** What empties the table `deliveries`, one lane for each configured service. */
export interface Outbox {
  start(): Promise<void>
  stop(): Promise<void>
}

/** What a lane reports, with the service it is about. */
export type OutboxReports = {
  [K in keyof LaneReports]: (service: OutgoingService, ...rest: Parameters<LaneReports[K]>) => Promise<void>
}

const GRACE_MS = 5_000
const KEPT_DAYS = 30
const PRUNE_EVERY_MS = 60 * 60_000

/** An outbox over `channels`; only the process that holds a service's lease sends through it. */
export function createOutbox(parts: {
  db: Database
  bus: Bus<NotifyEvents>
  log: Log
  leases: Leases
  channels: readonly Channel[]
  reports: OutboxReports
}): Outbox {
  const { db, bus, log, leases, channels, reports } = parts
  const lanes = new Map<OutgoingService, Lane>()
  const endings: (() => void)[] = []
  let pruneTimer: NodeJS.Timeout | undefined

  for (const channel of channels) {
    const { service } = channel
    const lane = createLane({
      db,
      log,
      channel,
      reports: {
        gone: (...rest) => reports.gone(service, ...rest),
        paused: (...rest) => reports.paused(service, ...rest),
      },
    })
    lanes.set(service, lane)
    leases.keep(`outbox:${service}`, (held) => lane.setLeader(held))
  }

  /** What is queued for a service that is not configured ends, with that reason. */
  const endUnsendable = async (): Promise<void> => {
    await db.query(
      `UPDATE deliveries SET state = 'dead', reason = 'not-configured', finished_at = now()
       WHERE state = 'queued' AND service <> ALL ($1::text[])`,
      [[...lanes.keys()]],
    )
  }

  const prune = async (): Promise<void> => {
    const age = `now() - interval '${KEPT_DAYS} days'`
    await db.query(`DELETE FROM deliveries WHERE finished_at < ${age}`)
    await db.query(`DELETE FROM notifications WHERE created_at < now() - interval '180 days'`)
    await db.query('DELETE FROM binding_codes WHERE expires_at < now()')
  }

  const warned = (what: string) => (error: unknown) => log.warn({ err: error }, what)

  return {
    start: async () => {
      endings.push(
        bus.subscribe('notify.outbox.filled', ({ services }) => {
          for (const service of services as OutgoingService[]) lanes.get(service)?.wake()
          if (services.some((service) => !lanes.has(service as OutgoingService))) {
            endUnsendable().catch(warned('messages that cannot be sent could not be ended'))
          }
        }),
        bus.onGap(() => lanes.forEach((lane) => lane.wake())),
      )
      await endUnsendable()
      const pruneNow = (): void => {
        prune().catch(warned('old deliveries could not be removed'))
      }
      pruneNow()
      pruneTimer = setInterval(pruneNow, PRUNE_EVERY_MS)
    },
    stop: async () => {
      clearInterval(pruneTimer)
      for (const end of endings) end()
      await Promise.all([...lanes.values()].map((lane) => lane.stop(GRACE_MS)))
      for (const channel of channels) await channel.close?.()
    },
  }
}
