import type { Executor } from '#kernel/db/executor.ts'
import type { Clock } from '#kernel/clock.ts'
import { ACCOUNT_COLUMNS, asOf } from './account.ts'
import type { Account } from './account.ts'

/** Where other domains look accounts up; deleted ones are found too, so that what they wrote keeps its author. */
export interface Directory {
  byId(id: number): Promise<Account | undefined>
  byIds(ids: readonly number[]): Promise<Account[]>
  byEmail(email: string): Promise<Account | undefined>
}

/** The directory over the accounts table. */
export function createDirectory({ db, clock }: { db: Executor; clock: Clock }): Directory {
  const find = async (condition: string, values: readonly unknown[]): Promise<Account[]> => {
    const rows = await db.prepared<Account>(`SELECT ${ACCOUNT_COLUMNS} FROM accounts a WHERE ${condition}`, values)
    return rows.map((row) => asOf(row, clock.now()))
  }
  return {
    byId: async (id) => (await find('a.id = $1', [id]))[0],
    byIds: async (ids) => (ids.length === 0 ? [] : find('a.id = ANY($1::integer[])', [ids])),
    byEmail: async (email) => (await find('lower(a.email) = lower($1)', [email.trim()]))[0],
  }
}
