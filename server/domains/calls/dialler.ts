import { randomUUID } from 'node:crypto'
import type { Events } from '#contracts/events.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import { nextCallableTime } from './quiet-hours.ts'
import type { CallRow } from './call.ts'
import { changeCall, claimCalls, countActive, findLost, renewLeases } from './call-store.ts'
import { finishCall } from './finish-call.ts'
import type { Limits } from './limits.ts'
import { isNeverCalled } from './never-call.ts'
import { runCall } from './run-call.ts'
import type { RunParts, RunningCall } from './run-call.ts'

/** Works on the queue: claims calls whose time has come and makes them. */
export interface Dialler {
  start(): Promise<void>
  /** Ends every call of this process, marked `interrupted`, and waits until that is written down. */
  stop(): Promise<void>
}

/** How often the queue is looked at besides being told: for calls that were held back. */
const LOOK_EVERY_MS = 1_000
const RENEW_EVERY_MS = 5_000
const LEASE_MS = 20_000
const STOP_WITHIN_MS = 5_000

/** The dialler of one process. */
export function createDialler(
  options: Omit<RunParts, 'worker'> & { bus: Bus<Events>; limits: Limits; isAlone: boolean },
): Dialler {
  const { db, clock, log, bus, limits, carrier, isAlone } = options
  const parts: RunParts = { ...options, worker: randomUUID() }
  const { worker } = parts
  const running = new Map<number, RunningCall>()
  /** Claimed, and not yet over; the account asked for the end of those in `asked` before they ran. */
  const claimed = new Map<number, Promise<void>>()
  const asked = new Set<number>()
  const ends: (() => void)[] = []
  let isStopping = false
  let isLooking = false
  let lookAgain = false
  let looking: Promise<void> = Promise.resolve()

  /** Claims what may be dialled now, under the lock that makes the limits hold for all processes together. */
  const claim = async (): Promise<CallRow[]> => {
    const { enabled, activeInAll, activePerAccount, activePerDestination } = await limits.get()
    if (!enabled || isStopping) return []
    return db.transaction(async (tx) => {
      await tx.lock('calls.claim', [0])
      const free = activeInAll - (await countActive(tx))
      if (free <= 0) return []
      const now = clock.now()
      return claimCalls(tx, {
        worker,
        now: new Date(now),
        leaseUntil: new Date(now + LEASE_MS),
        free,
        activePerAccount,
        activePerDestination,
        carrier: carrier?.name ?? null,
      })
    })
  }

  /** What was true when the call was asked for may not be any more. */
  const mayDial = async (call: CallRow): Promise<boolean> => {
    const now = clock.now()
    if (await isNeverCalled(db, call.to)) {
      await finishCall(parts, call, { outcome: 'failed', reason: 'never_call' })
      return false
    }
    if (carrier === undefined) return true
    const dueAt = nextCallableTime(now, call.country, await limits.get())
    if (dueAt <= now) return true
    const at = { id: call.id, worker, now: new Date(now) }
    const held = await changeCall(db, at, { status: 'queued', reason: 'quiet_hours', dueAt: new Date(dueAt) })
    if (held !== undefined) parts.tell.changed(held)
    return false
  }

  const begin = async (call: CallRow): Promise<void> => {
    if (!(await mayDial(call))) return
    parts.tell.changed(call)
    const one = runCall(parts, call)
    running.set(call.id, one)
    if (asked.has(call.id)) one.end('canceled')
    if (isStopping) one.end('interrupted')
    await one.done
  }

  const take = (call: CallRow): void => {
    const over = begin(call)
      .catch((error: unknown) => log.error({ err: error, call: call.id }, 'a call could not begin'))
      .then(() => {
        running.delete(call.id)
        claimed.delete(call.id)
        asked.delete(call.id)
        look()
      })
    claimed.set(call.id, over)
  }

  const cancel = (id: number): void => {
    if (claimed.has(id)) asked.add(id)
    running.get(id)?.end('canceled')
  }

  const look = (): void => {
    lookAgain = true
    if (isLooking || isStopping) return
    isLooking = true
    looking = (async () => {
      do {
        lookAgain = false
        for (const call of await claim()) take(call)
      } while (lookAgain)
    })()
      .catch((error: unknown) => log.warn({ err: error }, 'the queue of calls could not be looked at'))
      .finally(() => (isLooking = false))
  }

  const renew = async (): Promise<void> => {
    for (const id of await renewLeases(db, worker, new Date(clock.now() + LEASE_MS))) cancel(id)
    await endLost(false)
  }

  /** Ends what a process left behind. Nobody knows how far it was, so it is never dialled again. */
  const endLost = async (everybody: boolean): Promise<void> => {
    const lost = await findLost(db, { worker, now: new Date(clock.now()), everybody })
    for (const { id, worker: gone } of lost) {
      const end = { outcome: 'failed', reason: 'interrupted' } as const
      await finishCall({ ...parts, worker: gone }, { id, attempts: 0 }, end)
    }
    if (lost.length > 0) log.info({ count: lost.length }, 'calls broken off by a stop are marked failed')
  }

  return {
    start: async () => {
      await carrier?.start?.()
      // The embedded database is ours alone, so whatever is under way there is not.
      await endLost(isAlone)
      ends.push(
        bus.subscribe('calls.queue.filled', look),
        bus.subscribe('calls.call.cancel', ({ id }) => cancel(id)),
      )
      const timers = [
        setInterval(look, LOOK_EVERY_MS),
        setInterval(() => {
          renew().catch((error: unknown) => log.warn({ err: error }, 'the leases of calls could not be renewed'))
        }, RENEW_EVERY_MS),
      ]
      for (const timer of timers) ends.push(() => clearInterval(timer))
      look()
    },
    stop: async () => {
      isStopping = true
      for (const end of ends.splice(0)) end()
      await looking
      for (const one of running.values()) one.end('interrupted')
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, STOP_WITHIN_MS)))
      await Promise.race([Promise.all(claimed.values()), late])
      clearTimeout(timer)
      await carrier?.stop?.()
    },
  }
}
