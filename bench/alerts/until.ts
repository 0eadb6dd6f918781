import { setTimeout as delay } from 'node:timers/promises'

/** Waits for a state, looking often; gives up after `limitMs`. */
export async function until(reached: () => boolean, limitMs = 180_000): Promise<void> {
  const from = performance.now()
  while (!reached()) {
    if (performance.now() - from > limitMs) throw new Error('the state waited for did not come')
    await delay(2)
  }
}
