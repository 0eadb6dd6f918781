import type { Database } from '#kernel/db/database.ts'
import type { Log } from '#kernel/log.ts'
import type { Channel, Outcome } from '../channel.ts'
import { settledBy, settledByRefusal } from './outcomes.ts'
import { readPause, writePause } from './pauses.ts'
import { fetchQueued, nextWaiting, settle } from './queued.ts'
import type { Queued, Settled } from './queued.ts'
import { createTokenBucket } from './token-bucket.ts'
import { createWaitingLine } from './waiting-line.ts'

/** Sends what is queued for one service, in this process, while it holds the service's lease. */
export interface Lane {
  /** Looks for new rows now. */
  wake(): void
  /** Gained or lost: without it nothing is begun. */
  setLeader(leads: boolean): void
  /** Ends what is under way, for `graceMs` at most, and writes down how it ended. */
  stop(graceMs: number): Promise<void>
}

/** What a lane tells of events that concern more than one message. */
export interface LaneReports {
  /** A recipient can no longer be reached. */
  gone(row: Queued, detail: string): Promise<void>
  /** The service takes nothing for a while; told once for each reason. */
  paused(reason: string, detail: string, until: Date): Promise<void>
}

const FETCH = 500
const REFILL_BELOW = 250
/** How often the table is looked at when nothing wakes us: what a lost event costs. */
const POLL_MS = 5_000
const DB_RETRY_MS = 1_000

/**
 * A lane over `channel`. Two loops that never wait for each other: `pump` begins calls as rate and concurrency allow;
 * `work` talks to the database, one statement at a time, so that what was settled is written before more is fetched.
 */
export function createLane(parts: { db: Database; log: Log; channel: Channel; reports: LaneReports }): Lane {
  const { db, log, channel, reports } = parts
  const bucket = createTokenBucket(channel.rate)
  const line = createWaitingLine()
  /** Rows that are in the line, under way, or settled but not yet written. */
  const held = new Set<number>()
  /** Recipients whose last try failed: nothing of theirs is taken up until that is written. */
  const blocked = new Set<string>()
  const stopping = new AbortController()
  const underWay = new Set<Promise<void>>()
  let settled: Settled[] = []
  let letGo: Queued[] = []
  let leads = false
  /** Too fast: known here alone. */
  let waitUntil = 0
  /** The service takes nothing: written down, and may be ended by an admin. */
  let pausedUntil = 0
  let wantsRows = true
  /** When the next row that waits for its time is due, by `performance.now()`. */
  let nextDue = Infinity
  /** The database could not be used: nothing is asked of it before the timer ends. */
  let failing = false
  let working: Promise<void> | undefined
  let workTimer: NodeJS.Timeout | undefined
  let pumpTimer: NodeJS.Timeout | undefined

  const isOpen = (): boolean => leads && !stopping.signal.aborted && Date.now() >= Math.max(waitUntil, pausedUntil)

  const pump = (): void => {
    clearTimeout(pumpTimer)
    while (isOpen() && underWay.size < channel.concurrency && line.size > 0) {
      const waitMs = bucket.take()
      if (waitMs > 0) {
        pumpTimer = setTimeout(pump, waitMs)
        return
      }
      const row = line.take()
      if (row === undefined) return
      const call = attempt(row).finally(() => {
        underWay.delete(call)
        pump()
        work()
      })
      underWay.add(call)
    }
  }

  const attempt = async (row: Queued): Promise<void> => {
    if (row.refusal !== null) {
      settled.push(settledByRefusal(row, row.refusal))
      line.release(row.recipient)
      return
    }
    const outcome = await channel.send(row, stopping.signal).catch((error: unknown): Outcome => {
      log.error({ err: error, service: channel.service }, 'a channel threw')
      return { kind: 'failed', detail: 'internal error' }
    })
    settled.push(settledBy(row, outcome))
    if (outcome.kind === 'delivered' || outcome.kind === 'rejected') {
      line.release(row.recipient)
      return
    }
    // What waits behind it is read again once this is written, so that nothing overtakes.
    letGo.push(...line.drop(row.recipient))
    blocked.add(row.recipient)
    if (outcome.kind === 'gone') await reports.gone(row, outcome.detail)
    if (outcome.kind === 'wait' && outcome.scope === 'service') {
      waitUntil = Math.max(waitUntil, Date.now() + outcome.ms)
      letGo.push(...line.clear())
    }
    if (outcome.kind === 'pause') await pause(outcome)
  }

  const pause = async ({ until, reason, detail }: Extract<Outcome, { kind: 'pause' }>): Promise<void> => {
    pausedUntil = Math.max(pausedUntil, until.getTime())
    letGo.push(...line.clear())
    try {
      if (await writePause(db, channel.service, { until, reason, detail })) await reports.paused(reason, detail, until)
    } catch (error) {
      log.warn({ err: error, service: channel.service }, 'the pause of a service could not be written down')
    }
  }

  /** Begins the database loop, unless it is running; it goes on while there is something to do. */
  const work = (): void => {
    if (working !== undefined || failing) return
    clearTimeout(workTimer)
    working = talk()
      .catch((error: unknown) => {
        log.warn({ err: error, service: channel.service }, 'the outbox cannot use the database')
        failing = true
        return DB_RETRY_MS
      })
      .then((waitMs) => {
        working = undefined
        if (stopping.signal.aborted) return
        workTimer = setTimeout(() => {
          failing = false
          wantsRows = true
          work()
        }, waitMs)
        if (!failing && hasWork()) work()
      })
  }

  const hasWork = (): boolean => settled.length > 0 || (isOpen() && wantsRows && line.size < REFILL_BELOW)

  const talk = async (): Promise<number> => {
    while (hasWork()) {
      await write()
      if (isOpen() && wantsRows && line.size < REFILL_BELOW) await fetch()
      pump()
    }
    if (!leads) return POLL_MS
    const waitMs = waitUntil - Date.now()
    if (waitMs > 0) return waitMs
    if (Date.now() < pausedUntil) return pausedWait()
    // The line is full: each call that ends looks again.
    if (wantsRows) return POLL_MS
    return Math.min(POLL_MS, Math.max(1, nextDue - performance.now()))
  }

  /** A pause may be ended by an admin, so it is looked at now and then. */
  const pausedWait = async (): Promise<number> => {
    const leftMs = pausedUntil - Date.now()
    if (leftMs < POLL_MS) return Math.max(1, leftMs)
    pausedUntil = (await readPause(db, channel.service))?.until.getTime() ?? 0
    return isOpen() ? 1 : POLL_MS
  }

  const write = async (): Promise<void> => {
    if (settled.length === 0) return
    const batch = settled
    const back = letGo
    const free = [...blocked]
    settled = []
    letGo = []
    try {
      await settle(db, batch)
    } catch (error) {
      settled = [...batch, ...settled]
      letGo = [...back, ...letGo]
      throw error
    }
    for (const { id } of [...batch, ...back]) held.delete(id)
    for (const recipient of free) blocked.delete(recipient)
    if (back.length > 0 || batch.some((one) => one.state === 'queued')) wantsRows = true
  }

  const fetch = async (): Promise<void> => {
    wantsRows = false
    // Asked first: what comes due between the two statements is then among the rows, and never in neither answer.
    const inMs = await nextWaiting(db, channel.service)
    nextDue = inMs === undefined ? Infinity : performance.now() + inMs
    const rows = await fetchQueued(db, channel.service, [...held], FETCH)
    if (rows.length === FETCH) wantsRows = true
    for (const row of rows) {
      if (blocked.has(row.recipient)) {
        wantsRows = true
        continue
      }
      held.add(row.id)
      line.add(row)
    }
  }

  return {
    wake: () => {
      wantsRows = true
      work()
    },
    setLeader: (now) => {
      leads = now
      if (!leads) {
        for (const row of line.clear()) held.delete(row.id)
        return
      }
      readPause(db, channel.service)
        .then((found) => (pausedUntil = found?.until.getTime() ?? 0))
        .catch((error: unknown) => log.warn({ err: error }, 'the pause of a service could not be read'))
        .finally(() => {
          wantsRows = true
          work()
        })
    },
    stop: async (graceMs) => {
      leads = false
      clearTimeout(pumpTimer)
      clearTimeout(workTimer)
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, graceMs)))
      await Promise.race([Promise.all(underWay), late])
      clearTimeout(timer)
      stopping.abort()
      await Promise.all(underWay)
      await working
      await write().catch((error: unknown) => log.warn({ err: error }, 'the outbox could not write its last results'))
    },
  }
}
