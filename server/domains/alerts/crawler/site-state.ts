import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import { isFault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'

/** Whether the site answers; while it does not, it is left alone for growing pauses. */
export interface SiteState {
  /** In how many milliseconds the site may be asked again; 0: now. */
  pauseMs(): number
  /** Whether a single try should find out if the site is back. */
  readonly isProbing: boolean
  /** It answered. */
  succeeded(): void
  /** It did not: a fault of `BoardSite`. Faults of one board alone change nothing. */
  failed(error: unknown): void
}

const FIRST_PAUSE_MS = 5_000
const LONGEST_PAUSE_MS = 10 * 60_000

/** The state as this process sees it; changes are written down for the status pages. */
export function createSiteState(parts: { db: Database; clock: Clock; log: Log; firstPauseMs?: number }): SiteState {
  const { db, clock, log, firstPauseMs = FIRST_PAUSE_MS } = parts
  let failures = 0
  let resumesAt = 0
  let since: Date | null = null
  /** Undefined until something was written. */
  let written: 'ok' | 'down' | undefined

  const write = (text: string, values: readonly unknown[]): void => {
    db.query(text, values).catch((error: unknown) =>
      log.warn({ err: error }, 'the state of the site was not written down'),
    )
  }

  return {
    pauseMs: () => Math.max(0, resumesAt - clock.now()),
    get isProbing() {
      return failures > 0
    },
    succeeded: () => {
      if (failures > 0) log.info('the PTT web server answers again')
      failures = 0
      resumesAt = 0
      since = null
      if (written === 'ok') return
      written = 'ok'
      write('UPDATE board_site SET reason = NULL, since = NULL, resumes_at = NULL, ok_at = $1', [new Date(clock.now())])
    },
    failed: (error) => {
      if (!isFault(error, 'ptt.unreachable') && !isFault(error, 'ptt.busy')) return
      // Several looks fail together as it goes down; that is one failure.
      if (failures > 0 && clock.now() < resumesAt) return
      const asked = error.data['retryAfterSeconds']
      const growing = Math.round(Math.min(firstPauseMs * 2 ** failures, LONGEST_PAUSE_MS) * (0.9 + Math.random() * 0.2))
      const pause = Math.max(growing, typeof asked === 'number' ? Math.min(asked * 1000, 3_600_000) : 0)
      failures++
      resumesAt = clock.now() + pause
      since ??= new Date(clock.now())
      if (failures === 1) log.warn({ reason: error.message }, 'the PTT web server cannot be read')
      written = 'down'
      write('UPDATE board_site SET reason = $1, since = $2, resumes_at = $3', [
        error.message,
        since,
        new Date(resumesAt),
      ])
    },
  }
}
