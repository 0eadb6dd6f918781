import type { Fault } from './fault.ts'

/** Runs a piece of work when it is its turn. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>

/**
 * Lets `concurrency` pieces of heavy work run at once and `mostWaiting` more wait, in order; beyond that the fault that
 * `full` makes says to come back.
 */
export function createTurns(options: { concurrency: number; mostWaiting: number; full: () => Fault }): InTurn {
  let running = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (running >= options.concurrency) {
      if (waiting.length >= options.mostWaiting) throw options.full()
      // Whoever leaves hands its place on, so `running` stays as it is.
      await new Promise<void>((turn) => waiting.push(turn))
    } else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}
