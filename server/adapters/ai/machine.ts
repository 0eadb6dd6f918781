import { cpus, freemem, totalmem } from 'node:os'
import type { Machine } from '#domains/ai/ports.ts'

/** Looks closer together than this would measure chance. */
const SHORTEST_MS = 500

interface Times {
  readonly at: number
  readonly idle: number
  readonly all: number
}

/** What the operating system says of this machine. */
export function createMachine(): Machine {
  let before = look()
  let percent = 0
  return {
    cpu: () => {
      const now = look()
      if (now.at - before.at >= SHORTEST_MS && now.all > before.all) {
        percent = round(100 * (1 - (now.idle - before.idle) / (now.all - before.all)))
        before = now
      }
      return percent
    },
    memory: () => ({ percent: round(100 * (1 - freemem() / totalmem())), total: totalmem() }),
  }
}

function look(): Times {
  let idle = 0
  let all = 0
  for (const { times } of cpus()) {
    idle += times.idle
    all += times.user + times.nice + times.sys + times.irq + times.idle
  }
  return { at: performance.now(), idle, all }
}

const round = (value: number): number => Math.round(Math.max(0, Math.min(100, value)) * 10) / 10
