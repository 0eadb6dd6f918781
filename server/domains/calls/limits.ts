import type { CallLimits } from '#contracts/schemas/call.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import { Fault } from '#kernel/fault.ts'
import { zonesOf } from './quiet-hours.ts'

/** The limits in force: the operator's, with an admin's changes over them. */
export interface Limits {
  readonly defaults: CallLimits
  get(): Promise<CallLimits>
  /** @throws Fault `calls.limits-invalid` */
  change(changes: Partial<CallLimits>, by: number): Promise<CallLimits>
}

/** How long a process may go on with limits it has read; its own changes count at once. */
const FRESH_MS = 2_000

/** Limits over the table `call_limits`. */
export function createLimits({ db, clock, defaults }: { db: Database; clock: Clock; defaults: CallLimits }): Limits {
  let known: { limits: CallLimits; at: number } | undefined

  const read = async (): Promise<CallLimits> => {
    const [row] = await db.query<{ changes: Partial<CallLimits> }>('SELECT changes FROM call_limits')
    const limits = { ...defaults, ...row?.changes }
    known = { limits, at: clock.now() }
    return limits
  }

  return {
    defaults,
    get: async () => (known !== undefined && Math.abs(clock.now() - known.at) < FRESH_MS ? known.limits : read()),
    change: async (changes, by) => {
      for (const country of changes.countries ?? []) {
        if (!isCountry(country)) throw new Fault('invalid', 'calls.limits-invalid', `${country} is no country`)
      }
      await db.query(
        `INSERT INTO call_limits (changes, updated_at, updated_by) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET changes = call_limits.changes || excluded.changes,
           updated_at = excluded.updated_at, updated_by = excluded.updated_by`,
        [JSON.stringify(changes), new Date(clock.now()), by],
      )
      return read()
    },
  }
}

/** Whether the code is one of a country that has a time, and so people in it. */
function isCountry(code: string): boolean {
  return /^[A-Z]{2}$/.test(code) && zonesOf(code)[0] !== 'UTC'
}
