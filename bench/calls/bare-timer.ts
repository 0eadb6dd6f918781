import { once } from 'node:events'
import { isMainThread, parentPort, workerData, Worker } from 'node:worker_threads'

/** What the machine itself allows at this moment: how much of a timer that does nothing comes late. */
export interface BareTimer {
  /** Ends it; the share of its ticks, in percent, that were more than 20 ms late. */
  end(): Promise<number>
}

const EVERY_MS = 20
const LATE_MS = 20

/** Starts one in a thread of its own, at the pace of packets of sound. */
export function startBareTimer(): BareTimer {
  const worker = new Worker(new URL(import.meta.url), { workerData: 'bare timer' })
  return {
    end: async () => {
      const answer = once(worker, 'message')
      worker.postMessage('end', [])
      const [share] = (await answer) as [number]
      await worker.terminate()
      return share
    },
  }
}

function tick(): void {
  let due = performance.now() + EVERY_MS
  let [all, late] = [0, 0]
  const next = (): void => {
    const now = performance.now()
    for (; due <= now; due += EVERY_MS) {
      all++
      if (now - due > LATE_MS) late++
    }
    setTimeout(next, Math.max(0, due - now))
  }
  parentPort?.on('message', () => parentPort?.postMessage((late / all) * 100))
  next()
}

if (!isMainThread && workerData === 'bare timer') tick()
