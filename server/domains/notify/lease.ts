import { randomUUID } from 'node:crypto'
import type { Database } from '#kernel/db/database.ts'
import type { Log } from '#kernel/log.ts'

/** Work that only one process may do at a time, held by a row with an end that must be put off again and again. */
export interface Leases {
  /** Tries to get and keep `name`; `onChange` is told when it is gained and lost. Call before `start`. */
  keep(name: string, onChange: (held: boolean) => void): void
  /** Whether `name` is ours now, by our own clock: false as soon as it may have run out. */
  holds(name: string): boolean
  start(): Promise<void>
  /** Gives everything back, so that another process need not wait. */
  stop(): Promise<void>
}

const LIFE_MS = 8_000
const RENEW_MS = 2_000
/** Taken off our own idea of the end, for the time the renewal took. */
const SAFETY_MS = 1_000

/** Leases over the table `process_leases`. */
export function createLeases({ db, log }: { db: Database; log: Log }): Leases {
  const holder = randomUUID()
  const wanted = new Map<string, { onChange: (held: boolean) => void; until: number }>()
  let timer: NodeJS.Timeout | undefined
  let renewing: Promise<void> | undefined
  let stopped = false

  const holds = (name: string): boolean => (wanted.get(name)?.until ?? 0) > performance.now()

  const renew = async (takeOver: boolean): Promise<void> => {
    const names = [...wanted.keys()]
    const before = new Set(names.filter(holds))
    const asked = performance.now()
    try {
      const rows = await db.query<{ name: string }>(
        `INSERT INTO process_leases AS l (name, holder, until)
         SELECT name, $2, clock_timestamp() + $3 * interval '1 millisecond' FROM unnest($1::text[]) AS name ORDER BY name
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
         WHERE l.holder = excluded.holder OR l.until < clock_timestamp() OR $4
         RETURNING name`,
        [names, holder, LIFE_MS, takeOver],
      )
      const got = new Set(rows.map((row) => row.name))
      for (const [name, lease] of wanted) lease.until = got.has(name) ? asked + LIFE_MS - SAFETY_MS : 0
    } catch (error) {
      log.warn({ err: error }, 'leases could not be renewed')
    }
    for (const [name, lease] of wanted) if (holds(name) !== before.has(name)) lease.onChange(holds(name))
  }

  const tick = (): void => {
    renewing = renew(false).finally(() => {
      if (!stopped) timer = setTimeout(tick, RENEW_MS)
    })
  }

  return {
    keep: (name, onChange) => void wanted.set(name, { onChange, until: 0 }),
    holds,
    start: async () => {
      // The embedded database serves one process, so whoever held a lease is gone.
      await renew(db.origin === 'embedded')
      timer = setTimeout(tick, RENEW_MS)
    },
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await renewing
      for (const lease of wanted.values()) lease.until = 0
      await db.query('DELETE FROM process_leases WHERE holder = $1', [holder]).catch((error: unknown) => {
        log.warn({ err: error }, 'leases could not be given back')
      })
    },
  }
}
