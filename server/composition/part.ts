import type { FastifyInstance } from 'fastify'
import type { Events } from '#contracts/events.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Jobs } from '#kernel/jobs/jobs.ts'
import type { Log } from '#kernel/log.ts'
import type { Secrets } from '#kernel/secrets.ts'
import type { Mount } from '#surfaces/mount.ts'
import type { Sockets } from '#surfaces/realtime/sockets.ts'
import type { ReadinessChecks } from '#surfaces/system.ts'
import type { Config } from '../config.ts'

/** What every part of the product is built on. */
export interface Base {
  readonly config: Config
  readonly db: Database
  readonly bus: Bus<Events>
  readonly jobs: Jobs
  readonly secrets: Secrets
  readonly clock: Clock
  readonly log: Log
  readonly mount: Mount
  readonly http: FastifyInstance
  /** Every WebSocket path is a route of these. */
  readonly sockets: Sockets
}

/** What a part hands back, beside its services: how it begins, ends, and says whether it works. */
export interface Part {
  /** Begins background work, after every part is wired. */
  start?(): Promise<void>
  /** Ends it and closes what it opened; parts stop in the reverse order of their start. */
  stop?(): Promise<void>
  readonly checks?: ReadinessChecks
  /** One plain line for each thing that is not configured: what, by which setting, with what effect. */
  readonly notConfigured?: readonly string[]
}
