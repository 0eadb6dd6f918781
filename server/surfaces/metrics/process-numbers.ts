import { monitorEventLoopDelay } from 'node:perf_hooks'
import { single } from './exposition.ts'
import type { MetricFamily } from './exposition.ts'

const RESOLUTION_MS = 20

/** What this process uses and how promptly it gets to its work. */
export interface ProcessNumbers {
  start(): void
  stop(): void
  /** The delay's percentiles are those since the last call. */
  read(): MetricFamily[]
}

/** Measures the process; `start` before the first reading, `stop` ends the one timer it keeps. */
export function measureProcess(version: string): ProcessNumbers {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  const startedAt = Date.now() / 1000 - process.uptime()
  return {
    start: () => void delay.enable(),
    stop: () => void delay.disable(),
    read: () => {
      const cpu = process.cpuUsage()
      const memory = process.memoryUsage()
      // The histogram holds the time between two ticks of its timer: what is beyond the timer's own period is delay.
      const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1000)
      const delays = delay.count === 0 ? [0, 0, 0] : [delay.percentile(50), delay.percentile(99), delay.max].map(late)
      delay.reset()
      return [
        {
          name: 'confab_info',
          help: 'The version that runs.',
          type: 'gauge',
          samples: [{ labels: { version, node: process.version }, value: 1 }],
        },
        single('gauge', 'process_start_time_seconds', 'When the process began, in Unix time.', startedAt),
        single('counter', 'process_cpu_user_seconds_total', 'Processor time in the program.', cpu.user / 1e6),
        single('counter', 'process_cpu_system_seconds_total', 'Processor time in the kernel.', cpu.system / 1e6),
        single(
          'counter',
          'process_cpu_seconds_total',
          'Processor time of all threads, the media ones among them.',
          (cpu.user + cpu.system) / 1e6,
        ),
        single('gauge', 'process_resident_memory_bytes', 'Memory the process holds.', memory.rss),
        {
          name: 'confab_heap_bytes',
          help: "The main thread's JavaScript heap, and what lies outside of it.",
          type: 'gauge',
          samples: [
            { labels: { part: 'used' }, value: memory.heapUsed },
            { labels: { part: 'total' }, value: memory.heapTotal },
            { labels: { part: 'external' }, value: memory.external },
          ],
        },
        {
          name: 'confab_event_loop_delay_seconds',
          help: 'How late the main thread was for its timers since the last reading.',
          type: 'gauge',
          samples: ['0.5', '0.99', '1'].map((quantile, index) => ({ labels: { quantile }, value: delays[index] ?? 0 })),
        },
      ]
    },
  }
}
