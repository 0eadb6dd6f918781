import { CompiledQuery } from 'kysely'
import type { Kysely } from 'kysely'
import { crc32 } from 'node:zlib'
import type { Log } from '#kernel/log.ts'

/** Isolation levels that differ in what they promise; PostgreSQL has no dirty reads to offer. */
type Isolation = 'read committed' | 'repeatable read' | 'serializable'

interface TransactionOptions {
  /** `read committed` where nothing is said. */
  readonly isolation?: Isolation
  /** How often the whole function runs again after a serialization failure (40001) or a deadlock (40P01). Default 3. */
  readonly retries?: number
}

/**
 * What a store writes its statements on: the database itself, or a transaction that somebody opened. A domain declares
 * its own tables and asks for them with `as`; there is no list of all tables.
 *
 *     interface Tables { accounts: { id: Generated<number>; email: string } }
 *     const findByEmail = (db: Executor, email: string) =>
 *       db.as<Tables>().selectFrom('accounts').selectAll().where('email', '=', email).executeTakeFirst()
 */
export interface Executor {
  /** The query builder over `Tables`. */
  as<Tables>(): Kysely<Tables>
  /** One statement in SQL with `$1` parameters; its rows. */
  query<Row = unknown>(text: string, values?: readonly unknown[]): Promise<Row[]>
  /** Like `query`, planned once per connection: for a statement of constant text that runs often. */
  prepared<Row = unknown>(text: string, values?: readonly unknown[]): Promise<Row[]>
  /**
   * Runs `work` in a transaction and returns what it returns: a new one on the database, the one under way on a
   * transaction (its options are then those it was opened with). `work` may run again, so what it does beside the
   * database belongs into `afterCommit`.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>
}

/** A transaction under way. */
export interface Transaction extends Executor {
  /** Runs `hook` once the transaction is committed, never when it is rolled back. Hooks run in the order they were added. */
  afterCommit(hook: () => void): void
  /**
   * Waits for the advisory locks of `keys` in `space` (`calendar.user`) and holds them until the end of the transaction.
   * They are taken in one order by everybody, so concurrent callers queue instead of deadlocking; take all of a space at
   * once, first thing in the transaction.
   */
  lock(space: string, keys: readonly (number | string)[]): Promise<void>
}

/** A transaction over one Kysely transaction; `hooks` collects what runs after the commit. */
export function createTransaction(kysely: Kysely<unknown>, hooks: (() => void)[]): Transaction {
  const query = async <Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> => {
    const result = await kysely.executeQuery(CompiledQuery.raw(text, [...values]))
    return result.rows as Row[]
  }
  const tx: Transaction = {
    as: <Tables>() => kysely as unknown as Kysely<Tables>,
    query,
    prepared: query,
    transaction: (work) => work(tx),
    afterCommit: (hook) => void hooks.push(hook),
    lock: async (space, keys) => {
      const numbers = lockNumbers(keys)
      if (numbers.length === 0) return
      await query('SELECT pg_advisory_xact_lock($1, key) FROM unnest($2::int[]) AS key', [lockNumber(space), numbers])
    },
  }
  return tx
}

/** The keys as the numbers PostgreSQL locks, each once, in the order everybody takes them. */
function lockNumbers(keys: readonly (number | string)[]): number[] {
  return [...new Set(keys.map(lockNumber))].toSorted((a, b) => a - b)
}

/** A key as a signed 32-bit number. Two keys that share one merely wait for each other. */
export function lockNumber(key: number | string): number {
  return typeof key === 'number' && key === (key | 0) ? key : crc32(String(key)) | 0
}

/** Runs hooks after a commit; one that throws is logged and keeps no other from running. */
export function runHooks(hooks: readonly (() => void)[], log: Log): void {
  for (const hook of hooks) {
    try {
      hook()
    } catch (error) {
      log.error({ err: error }, 'a hook after a commit failed')
    }
  }
}
