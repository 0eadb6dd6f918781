import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Config } from './config.ts'
import { systemClock } from '#kernel/clock.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Log } from '#kernel/log.ts'
import { createRateLimiter } from '#kernel/rate-limit.ts'
import { openSecrets } from '#kernel/secrets.ts'
import { Fault } from '#kernel/fault.ts'
import { createHttpServer } from '#surfaces/http-server.ts'
import { createMount } from '#surfaces/mount.ts'
import type { Mounted } from '#surfaces/mount.ts'
import { mountSystem } from '#surfaces/system.ts'
import { pageOrNoRoute, serveWebApp } from '#surfaces/web-app.ts'

/** This program's version, also in package.json. */
export const VERSION = '0.1.0'

/** The built web app. */
const WEB_FOLDER = join(import.meta.dirname, '../web/dist')

/** Everything wired together, not yet listening. */
export interface App {
  readonly http: FastifyInstance
  /** Every route with its contract, for tests and documentation. */
  readonly mounted: readonly Mounted[]
  /** Starts what runs in the background: workers, jobs. */
  start(): Promise<void>
  /** Ends what `start` began and closes every socket; the database stays open. */
  stop(): Promise<void>
}

/** What an app is made of; tests hand in their own database, clock and checks. */
export interface AppParts {
  readonly config: Config
  readonly db: Database
  readonly log: Log
  readonly clock?: Clock
  /** Checks every answer against its contract: for tests. */
  readonly checkResults?: boolean
}

/** Wires domains, adapters and surfaces. The only place that knows them all. */
export async function createApp({
  config,
  db,
  log,
  clock = systemClock,
  checkResults = false,
}: AppParts): Promise<App> {
  const { core } = config
  const secrets = openSecrets({ dataDir: core.dataDir, given: core.secret })
  void secrets
  const http = createHttpServer({ log, trustedProxies: core.trustedProxies, onNoRoute: pageOrNoRoute(WEB_FOLDER) })
  const { mount, mounted } = createMount(http, {
    authenticate: () => Promise.reject(new Fault('unauthenticated', 'auth.missing', 'Nobody can sign in yet')),
    limiter: createRateLimiter(clock),
    rateLimits: core.rateLimits,
    checkResults,
  })
  mountSystem(mount, {
    version: VERSION,
    mounted: () => mounted,
    checks: {
      database: async () => {
        if (!(await db.healthy())) throw new Error('the database does not answer')
      },
    },
  })
  serveWebApp(http, WEB_FOLDER)
  await http.ready()
  return {
    http,
    mounted,
    start: async () => {},
    stop: () => http.close(),
  }
}
