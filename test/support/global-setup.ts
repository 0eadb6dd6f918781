import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'
import { connect } from '#kernel/db/database.ts'
import { SUPERUSER } from '#kernel/db/launcher/cluster.ts'
import { launchPostgres } from '#kernel/db/launcher/launch.ts'
import type { EmbeddedPostgres } from '#kernel/db/launcher/launch.ts'
import { migrate } from '#kernel/db/migrate.ts'
import { silentLog } from '#kernel/log.ts'

/** How the test databases are reached: the address of one server and the name of the migrated database to copy. */
export interface TestServer {
  readonly host: string
  readonly port: number
  readonly template: string
}

declare module 'vitest' {
  interface ProvidedContext {
    testServer: TestServer
  }
}

const TEMPLATE = 'confab_template'

/**
 * One embedded PostgreSQL for the whole run, with a database that has every migration, for each test file to copy.
 * Durability is off: nothing here outlives the run.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'confab-test-'))
  let server: EmbeddedPostgres | undefined
  const teardown = async () => {
    await server?.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
  try {
    server = await launchPostgres({
      dataDir,
      log: silentLog,
      settings: {
        fsync: 'off',
        synchronous_commit: 'off',
        full_page_writes: 'off',
        autovacuum: 'off',
        max_connections: '200',
        shared_buffers: '128MB',
      },
    })
    const { host, port } = server.connection
    const admin = new Client({ host, port, user: SUPERUSER, database: SUPERUSER })
    await admin.connect()
    await admin.query(`CREATE DATABASE ${TEMPLATE} OWNER confab`)
    await admin.end()
    const database = connect({ address: { ...server.connection, database: TEMPLATE }, where: host, log: silentLog })
    try {
      await migrate(database, { log: silentLog })
    } finally {
      await database.close()
    }
    project.provide('testServer', { host, port, template: TEMPLATE })
    return teardown
  } catch (error) {
    await teardown()
    throw error
  }
}
