import { Kysely, PostgresDialect } from 'kysely'
import { Client, DatabaseError, Pool } from 'pg'
import type { PoolClient, PoolConfig, QueryConfig } from 'pg'
import { setTimeout as delay } from 'node:timers/promises'
import { Fault, isFault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import { createTransaction, runHooks } from './executor.ts'
import type { Executor } from './executor.ts'
import { isOutdatedPlan, isRetryable, unreachable } from './failures.ts'
import { findRunning, launchPostgres } from './launcher/launch.ts'
import type { EmbeddedPostgres } from './launcher/launch.ts'
import { typeParsers } from './types.ts'

/** The database, wherever it runs. */
export interface Database extends Executor {
  /** The connections themselves, for LISTEN and for streaming; everything else goes through the methods. */
  readonly pool: Pool
  /** `embedded`, or `external` for a DATABASE_URL. */
  readonly origin: 'embedded' | 'external'
  /** Whether a statement is answered within two seconds; never throws. */
  healthy(): Promise<boolean>
  /** Waits for statements under way, closes the connections, and ends an embedded server. */
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** Where the embedded server keeps its data; unused with `url`. */
  readonly dataDir: string
  /** A PostgreSQL server of the operator's own instead of the embedded one. */
  readonly url?: string | undefined
  readonly log: Log
  /** For a command beside a running server: where one holds the data directory, use the database it runs. */
  readonly besideServer?: boolean
  /** Most connections at once. Default 10. */
  readonly poolSize?: number
  /** After how many milliseconds a statement is given up. Default 30,000. */
  readonly statementTimeoutMs?: number
}

const CONNECT_TIMEOUT_MS = 10_000
const POOL_SIZE = 10
const HEALTH_TIMEOUT_MS = 2_000
const IDLE_CONNECTION_MS = 60_000
const RETRIES = 3
/** PostgreSQL 15: `NULLS NOT DISTINCT`, and the oldest release still looked after. */
const OLDEST_SERVER = 150_000

/**
 * Opens the database and proves that it answers. Migrations are not run here.
 * Faults: those of `launchPostgres`, `db.bad-url`, `db.unreachable`, `db.too-old`.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url, log } = options
  const embedded = url === undefined || url === '' ? await launchOrJoin(options) : undefined
  const address = embedded?.connection ?? parseUrl(url ?? '')
  try {
    const database = connect({ ...options, address, where: embedded ? 'its data directory' : whereOf(address) })
    const close = async () => {
      await database.close()
      await embedded?.stop()
    }
    try {
      await proveUsable(database)
    } catch (error) {
      await database.close()
      throw error
    }
    log.debug({ origin: embedded ? 'embedded' : 'external' }, 'database open')
    return { ...database, origin: embedded ? 'embedded' : 'external', close }
  } catch (error) {
    await embedded?.stop()
    throw error
  }
}

async function launchOrJoin(options: DatabaseOptions): Promise<EmbeddedPostgres> {
  try {
    return await launchPostgres(options)
  } catch (error) {
    const running = options.besideServer && isFault(error, 'db.data-dir-in-use') && (await findRunning(options.dataDir))
    if (!running) throw error
    return running
  }
}

interface ConnectOptions extends Omit<DatabaseOptions, 'dataDir'> {
  readonly address: PoolConfig
  /** What to call the place in a fault. */
  readonly where: string
}

/** A database over connections to `address`; nothing is connected until the first statement. */
export function connect(options: ConnectOptions): Omit<Database, 'origin'> {
  const { address, log, where } = options
  const pool = new Pool({
    ...address,
    application_name: 'confab',
    max: options.poolSize ?? POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_CONNECTION_MS,
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
    types: typeParsers,
  })
  let closed: Promise<void> | undefined
  pool.on('error', (error) => {
    // While we close, the server may hang up on a connection before it has seen our goodbye.
    if (closed === undefined) log.warn({ err: error }, 'an idle database connection was lost')
  })

  const connection = async (): Promise<PoolClient> => {
    try {
      return await pool.connect()
    } catch (error) {
      throw unreachable(where, error)
    }
  }
  const runOnce = async <Row>(statement: QueryConfig): Promise<Row[]> => {
    const client = await connection()
    let broken: Error | undefined
    try {
      const result = await client.query(statement)
      return result.rows as Row[]
    } catch (error) {
      if (!(error instanceof DatabaseError) || isOutdatedPlan(error)) broken = error as Error
      throw error
    } finally {
      client.release(broken)
    }
  }
  /** Another process may have changed a table since a connection prepared its statements: a new connection has none. */
  const run = async <Row>(statement: QueryConfig): Promise<Row[]> => {
    for (let left = (options.poolSize ?? POOL_SIZE) + 1; ; left--) {
      try {
        return await runOnce<Row>(statement)
      } catch (error) {
        if (left === 0 || !isOutdatedPlan(error)) throw error
      }
    }
  }
  const kysely = new Kysely<unknown>({
    dialect: new PostgresDialect({
      pool: { options: pool.options, connect: connection, end: async () => {} },
    }),
  })
  const names = new Map<string, string>()
  const nameOf = (text: string): string => {
    const name = names.get(text) ?? `s${names.size}`
    names.set(text, name)
    return name
  }

  return {
    pool,
    as: <Tables>() => kysely as unknown as Kysely<Tables>,
    query: (text, values = []) => run({ text, values: [...values] }),
    prepared: (text, values = []) => run({ name: nameOf(text), text, values: [...values] }),
    transaction: async (work, { isolation = 'read committed', retries = RETRIES } = {}) => {
      for (let attempt = 0; ; attempt++) {
        const hooks: (() => void)[] = []
        try {
          const result = await kysely
            .transaction()
            .setIsolationLevel(isolation)
            .execute((trx) => work(createTransaction(trx, hooks)))
          runHooks(hooks, log)
          return result
        } catch (error) {
          if (attempt >= retries || !isRetryable(error)) throw error
          await delay(Math.random() * 20 * 2 ** attempt)
        }
      }
    },
    healthy: async () => {
      const timeout = new AbortController()
      try {
        return await Promise.race([
          run({ text: 'SELECT 1' }).then(() => true),
          delay(HEALTH_TIMEOUT_MS, false, { signal: timeout.signal }),
        ])
      } catch {
        return false
      } finally {
        timeout.abort()
      }
    },
    // Kysely ends the pool only if it has used it.
    close: () => (closed ??= kysely.destroy().then(() => pool.end())),
  }
}

async function proveUsable(database: Omit<Database, 'origin'>): Promise<void> {
  const [row] = await database.query<{ version: string }>("SELECT current_setting('server_version_num') AS version")
  if (Number(row?.version) >= OLDEST_SERVER) return
  throw new Fault(
    'unavailable',
    'db.too-old',
    'The database server is older than PostgreSQL 15; Confab needs 15 or newer.',
  )
}

function parseUrl(url: string): PoolConfig {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw new Fault(
      'invalid',
      'db.bad-url',
      'DATABASE_URL is not of the form postgres://user:password@host:5432/database.',
    )
  }
  return { connectionString: url }
}

function whereOf(address: PoolConfig): string {
  const { host, port } = new Client(address)
  return host.startsWith('/') ? host : `${host}:${port}`
}
