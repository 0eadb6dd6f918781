import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { inject } from 'vitest'
import { openDatabase } from '#kernel/db/database.ts'
import type { Database } from '#kernel/db/database.ts'
import { SUPERUSER } from '#kernel/db/launcher/cluster.ts'
import { silentLog } from '#kernel/log.ts'
import type { Log } from '#kernel/log.ts'

/** A database of its own for one test file. */
export interface TestDatabase extends Database {
  /** Fit for DATABASE_URL, for a server that the test starts. */
  readonly url: string
}

export interface TestDatabaseOptions {
  readonly log?: Log
  readonly poolSize?: number
  /** An empty database, without the migrations. */
  readonly empty?: boolean
}

/**
 * A fresh database with every migration, as a copy of the run's template; `close` drops it. For files named
 * `*.db.test.ts` and for conformance tests:
 *
 *     const db = await createTestDatabase()
 *     afterAll(() => db.close())
 */
export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const { host, port, template } = inject('testServer')
  const name = `t_${randomBytes(8).toString('hex')}`
  const administer = async (statement: string): Promise<void> => {
    const admin = new Client({ host, port, user: SUPERUSER, database: SUPERUSER })
    await admin.connect()
    try {
      await admin.query(statement)
    } finally {
      await admin.end()
    }
  }
  await administer(`CREATE DATABASE ${name} OWNER confab TEMPLATE ${options.empty ? 'template0' : template}`)
  const url = `postgres://confab@localhost:${port}/${name}?host=${encodeURIComponent(host)}`
  const database = await openDatabase({
    dataDir: '',
    url,
    log: options.log ?? silentLog,
    ...(options.poolSize === undefined ? {} : { poolSize: options.poolSize }),
  })
  return {
    ...database,
    url,
    close: async () => {
      await database.close()
      await administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    },
  }
}
