import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '#kernel/db/database.ts'
import type { Database } from '#kernel/db/database.ts'
import { silentLog } from '#kernel/log.ts'
import { startServer } from '#test/support/server.ts'
import type { RunningServer } from '#test/support/server.ts'

/** An installation of its own, filled while it is stopped. */
export async function withInstallation<T>(
  fill: (db: Database) => Promise<void>,
  env: Readonly<Record<string, string>>,
  work: (server: RunningServer) => Promise<T>,
): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'confab-bench-alerts-'))
  try {
    const first = await startServer({ dataDir })
    await first.kill('SIGTERM')
    const db = await openDatabase({ dataDir, log: silentLog })
    try {
      await fill(db)
    } finally {
      await db.close()
    }
    const server = await startServer({ dataDir, env })
    try {
      return await work(server)
    } finally {
      await server.kill('SIGTERM')
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** Adds accounts `1` to `count`, each bound to Telegram and LINE by its number. */
export async function addPeople(db: Database, count: number): Promise<void> {
  await db.query(
    `INSERT INTO accounts (email, login, display_name, time_zone, password_hash, api_key_hash, api_key_sealed)
     SELECT 'p' || n || '@example.com', 'p' || n, 'P', 'Asia/Taipei', '', int8send(n), '' FROM generate_series(1, $1::bigint) AS n`,
    [count],
  )
  await db.query(
    `INSERT INTO notification_bindings (account_id, service, service_id)
     SELECT id, service, substr(login, 2) FROM accounts, unnest(ARRAY['telegram', 'line']) AS service`,
  )
}
