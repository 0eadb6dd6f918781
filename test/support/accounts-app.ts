import type { FastifyInstance } from 'fastify'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Events } from '#contracts/events.ts'
import { createBus } from '#kernel/bus/bus.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import { systemClock } from '#kernel/clock.ts'
import type { Clock } from '#kernel/clock.ts'
import { createJobs } from '#kernel/jobs/jobs.ts'
import { silentLog } from '#kernel/log.ts'
import type { Log } from '#kernel/log.ts'
import { createRateLimiter } from '#kernel/rate-limit.ts'
import { openSecrets } from '#kernel/secrets.ts'
import { createAccounts } from '#server/composition/accounts.ts'
import type { AccountSources, AccountsPart } from '#server/composition/accounts.ts'
import { readConfig } from '#server/config.ts'
import { createHttpServer } from '#surfaces/http-server.ts'
import { createMount } from '#surfaces/mount.ts'
import { createTestDatabase } from './database.ts'
import type { TestDatabase } from './database.ts'

/** The accounts of the product and their routes, on a database and a data directory of their own. */
export interface AccountsApp {
  readonly http: FastifyInstance
  readonly db: TestDatabase
  readonly dataDir: string
  readonly bus: Bus<Events>
  readonly identity: AccountsPart['identity']
  close(): Promise<void>
}

/** Starts accounts alone, with mail jobs running; rate limits are off unless `env` turns them on. */
export async function startAccountsApp(
  options: {
    env?: Readonly<Record<string, string>>
    clock?: Clock
    log?: Log
    sources?: AccountSources
  } = {},
): Promise<AccountsApp> {
  const { env = {}, clock = systemClock, log = silentLog } = options
  const dataDir = await mkdtemp(join(tmpdir(), 'confab-accounts-'))
  const db = await createTestDatabase()
  const config = readConfig({ CONFAB_DATA_DIR: dataDir, CONFAB_RATE_LIMITS: 'off', ...env })
  const secrets = openSecrets({ dataDir, given: undefined })
  const bus = await createBus<Events>({ log })
  const jobs = createJobs({ db, bus, log })
  const accounts = createAccounts({ config, db, bus, jobs, secrets, clock, log })
  const http = createHttpServer({ log, trustedProxies: config.core.trustedProxies })
  const { mount } = createMount(http, {
    authenticate: accounts.identity.authenticate,
    limiter: createRateLimiter(clock),
    rateLimits: config.core.rateLimits,
    checkResults: true,
  })
  accounts.mount({ mount, http }, options.sources)
  await http.ready()
  await accounts.start?.()
  await jobs.start()
  return {
    http,
    db,
    dataDir,
    bus,
    identity: accounts.identity,
    close: async () => {
      await http.close()
      await jobs.stop()
      await accounts.stop?.()
      await bus.close()
      await db.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
