import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { PoolClient, QueryResult } from 'pg'
import { Fault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import type { Database } from './database.ts'
import { sqlState } from './failures.ts'

/**
 * Runs SQL inside the migration's transaction and returns the rows of the last statement. Several statements may stand
 * in one text when there are no values.
 */
export type Sql = <Row = Record<string, unknown>>(text: string, values?: readonly unknown[]) => Promise<Row[]>

/** What a file in `server/migrations` exports. */
interface Migration {
  up(sql: Sql): Promise<void>
}

export interface MigrateOptions {
  readonly log: Log
  /** Where the migrations are; `server/migrations` where nothing is said. */
  readonly folder?: string
}

interface MigrationFile {
  name: string
  path: string
  checksum: string
}

const FOLDER = fileURLToPath(new URL('../../migrations', import.meta.url))
const FILE_NAME = /^\d{4}-\d{2}-\d{2}-\d{3}-[a-z0-9-]+\.ts$/
const UNDEFINED_TABLE = '42P01'
/** The advisory lock that one runner holds; any number that nobody else locks with one 64-bit key. */
const LOCK = 4_201_764_203

/**
 * Brings the schema up to this program: every migration not yet recorded, in the order of the names, each in a
 * transaction of its own. Costs one query when nothing is to do. Returns the names of those that ran.
 * Faults: `db.migration-changed`, `db.newer-than-program`, `db.migration-failed`, `db.migration-misnamed`.
 */
export async function migrate(database: Pick<Database, 'pool'>, options: MigrateOptions): Promise<string[]> {
  const files = await readMigrations(options.folder ?? FOLDER)
  const client = await database.pool.connect()
  try {
    if (pending(files, await readRecords(client)).length === 0) return []
    await client.query('SET statement_timeout = 0')
    await client.query('SELECT pg_advisory_lock($1)', [LOCK])
    await client.query(`CREATE TABLE IF NOT EXISTS schema_migrations (
      name text PRIMARY KEY,
      checksum text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now()
    )`)
    // Another server may have run them while we waited.
    const todo = pending(files, await readRecords(client))
    for (const file of todo) {
      await apply(client, file)
      options.log.info({ migration: file.name }, 'migrated')
    }
    return todo.map((file) => file.name)
  } finally {
    // Ends the session, and with it the lock and the setting.
    client.release(true)
  }
}

async function readMigrations(folder: string): Promise<MigrationFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')).toSorted()
  return Promise.all(
    names.map(async (fileName) => {
      const path = join(folder, fileName)
      const name = fileName.slice(0, -'.ts'.length)
      if (!FILE_NAME.test(fileName)) {
        throw new Fault(
          'invalid',
          'db.migration-misnamed',
          `Migration ${fileName} is not named like 2026-11-21-001-identity.ts.`,
        )
      }
      const source = (await readFile(path, 'utf8')).replaceAll('\r\n', '\n')
      return { name, path, checksum: createHash('sha256').update(source).digest('hex').slice(0, 32) }
    }),
  )
}

async function readRecords(client: PoolClient): Promise<Map<string, string>> {
  try {
    const { rows } = await client.query<{ name: string; checksum: string }>(
      'SELECT name, checksum FROM schema_migrations',
    )
    return new Map(rows.map((row) => [row.name, row.checksum]))
  } catch (error) {
    if (sqlState(error)?.code === UNDEFINED_TABLE) return new Map()
    throw error
  }
}

function pending(files: readonly MigrationFile[], records: ReadonlyMap<string, string>): MigrationFile[] {
  const known = new Set(files.map((file) => file.name))
  const unknown = [...records.keys()].find((name) => !known.has(name))
  if (unknown !== undefined) {
    throw new Fault(
      'conflict',
      'db.newer-than-program',
      `The database was used by a newer Confab (it has migration ${unknown}, this program does not); start that release or a later one.`,
    )
  }
  const changed = files.find((file) => records.has(file.name) && records.get(file.name) !== file.checksum)
  if (changed !== undefined) {
    throw new Fault(
      'conflict',
      'db.migration-changed',
      `Migration ${changed.name} was edited after it ran on this database; restore it and write a new migration instead.`,
    )
  }
  return files.filter((file) => !records.has(file.name))
}

async function apply(client: PoolClient, file: MigrationFile): Promise<void> {
  const migration = (await import(pathToFileURL(file.path).href)) as Migration
  const sql = async (text: string, values?: readonly unknown[]) => {
    const result = (values === undefined ? await client.query(text) : await client.query(text, [...values])) as
      QueryResult | QueryResult[]
    return (Array.isArray(result) ? result.at(-1)?.rows : result.rows) ?? []
  }
  await client.query('BEGIN')
  try {
    await migration.up(sql as Sql)
    await client.query('INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)', [file.name, file.checksum])
    await client.query('COMMIT')
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => {})
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Fault(
      'unavailable',
      'db.migration-failed',
      `Migration ${file.name} failed and was rolled back: ${reason}`,
      {
        cause,
      },
    )
  }
}
