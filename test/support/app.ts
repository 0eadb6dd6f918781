import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AddressInfo } from 'node:net'
import { createApp } from '#server/app.ts'
import type { App, AppParts } from '#server/app.ts'
import { readConfig } from '#server/config.ts'
import { silentLog } from '#kernel/log.ts'
import { createTestDatabase } from './database.ts'
import type { TestDatabase } from './database.ts'

/** The whole product in the test's own process, on a database and a data directory of its own. */
export interface TestApp extends App {
  readonly db: TestDatabase
  readonly dataDir: string
  /** Where it listens; empty unless asked to listen. */
  readonly url: string
  close(): Promise<void>
}

export interface TestAppOptions extends Partial<Omit<AppParts, 'config' | 'db'>> {
  /** Settings as environment variables, over the tests' own. */
  readonly env?: Readonly<Record<string, string>>
  /** Also listens on a free port of 127.0.0.1: for sockets and browsers. */
  readonly listen?: boolean
}

/**
 * Starts the product for a test file:
 *
 *     const app = await startTestApp()
 *     afterAll(() => app.close())
 *     const answer = await app.http.inject({ method: 'POST', url: '/api/v1/auth/login', payload: {…} })
 *
 * Every answer is checked against its contract. Rate limits are off unless `env` turns them on.
 */
export async function startTestApp({ env = {}, listen = false, ...parts }: TestAppOptions = {}): Promise<TestApp> {
  const dataDir = await mkdtemp(join(tmpdir(), 'confab-app-'))
  const db = await createTestDatabase()
  const config = readConfig({
    CONFAB_DATA_DIR: dataDir,
    CONFAB_PORT: '0',
    CONFAB_HOST: '127.0.0.1',
    CONFAB_RATE_LIMITS: 'off',
    ...env,
  })
  const app = await createApp({ config, db, log: silentLog, checkResults: true, ...parts })
  await app.start()
  if (listen) await app.http.listen({ host: '127.0.0.1', port: 0 })
  const address = app.http.server.address() as AddressInfo | null
  return {
    ...app,
    db,
    dataDir,
    url: address === null ? '' : `http://127.0.0.1:${address.port}`,
    close: async () => {
      await app.stop()
      await db.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
