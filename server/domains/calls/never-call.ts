import type { Clock } from '#kernel/clock.ts'
import type { Executor } from '#kernel/db/executor.ts'
import { Fault } from '#kernel/fault.ts'
import { readNumber } from './phone-number.ts'

/** A number that is never called. */
export interface NeverCallRow {
  readonly number: string
  readonly reason: string
  readonly createdAt: Date
}

/** The list of numbers that are never called, whoever asks. */
export interface NeverCall {
  list(): Promise<NeverCallRow[]>
  /** @throws Fault `calls.number-invalid` */
  add(entry: { number: string; reason: string; by: number }): Promise<NeverCallRow>
  /** @throws Fault `calls.never-call-missing` */
  remove(number: string): Promise<void>
}

const COLUMNS = 'number, reason, created_at AS "createdAt"'

/** Whether a number is on the list. */
export async function isNeverCalled(db: Executor, number: string): Promise<boolean> {
  const rows = await db.prepared('SELECT 1 FROM never_call_numbers WHERE number = $1', [number])
  return rows.length > 0
}

/** The list over its table. */
export function createNeverCall({ db, clock }: { db: Executor; clock: Clock }): NeverCall {
  return {
    list: () => db.query<NeverCallRow>(`SELECT ${COLUMNS} FROM never_call_numbers ORDER BY created_at DESC, number`),
    add: async ({ number, reason, by }) => {
      const { destination } = readNumber(number)
      const [row] = await db.query<NeverCallRow>(
        `INSERT INTO never_call_numbers (number, reason, created_at, created_by) VALUES ($1, $2, $3, $4)
         ON CONFLICT (number) DO UPDATE SET reason = excluded.reason RETURNING ${COLUMNS}`,
        [destination.number, reason, new Date(clock.now()), by],
      )
      return row as NeverCallRow
    },
    remove: async (number) => {
      const rows = await db.query('DELETE FROM never_call_numbers WHERE number = $1 RETURNING number', [number])
      if (rows.length === 0) throw new Fault('missing', 'calls.never-call-missing', 'The number is not on the list')
    },
  }
}
