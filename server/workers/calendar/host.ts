import { Worker } from 'node:worker_threads'
import { Fault } from '#kernel/fault.ts'
import type { Occurrence, ReadReason, ReadReply, ReadRequest } from './protocol.ts'

/** An event that takes longer is given up. */
const EVENT_MS = 2_000
/** Loading the library and taking the file apart may take longer than one event. */
const START_MS = 15_000
/** Events in one file that may hang before the rest is given up too. */
const MOST_HANGS = 3
const MOST_OCCURRENCES = 5_000

interface Result {
  events: Occurrence[]
  problems: { event: number; title: string; reason: ReadReason }[]
}

/** Reads calendar files on a thread that is ended when it hangs or eats memory: a bad file is a report, never a stall. */
export function createCalendarReader(options: { eventMs?: number } = {}) {
  const { eventMs = EVENT_MS } = options

  /** Runs one thread from `firstEvent` on; the event it hung at, or undefined once the file is through. */
  const run = (request: ReadRequest, result: Result): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), {
        workerData: request,
        resourceLimits: { maxOldGenerationSizeMb: 256 },
        execArgv: ['--no-warnings'],
      })
      let current: { event: number; title: string } | undefined
      let timer: NodeJS.Timeout
      const finish = (settle: () => void): void => {
        clearTimeout(timer)
        worker.removeAllListeners()
        // Ending it can still raise the error of a thread that ran out of memory.
        worker.on('error', () => {})
        void worker.terminate().then(settle, settle)
      }
      const hang = (): void => {
        if (current === undefined) return finish(() => reject(notACalendar()))
        const { event, title } = current
        result.problems.push({ event: event + 1, title, reason: 'rule-too-slow' })
        finish(() => resolve(event))
      }
      const expect = (ms: number): void => {
        clearTimeout(timer)
        timer = setTimeout(hang, ms)
      }
      expect(START_MS)
      worker.on('error', hang)
      worker.on('exit', hang)
      worker.on('message', (reply: ReadReply) => {
        if (reply.type === 'not-a-calendar') return finish(() => reject(notACalendar()))
        if (reply.type === 'begin') {
          current = reply
          return expect(eventMs)
        }
        if (reply.type === 'end') {
          if (reply.skipped > 0) result.problems.push({ event: 0, title: '', reason: 'too-many' })
          return finish(() => resolve(undefined))
        }
        const problem = take(reply.occurrences, result) ? reply.problem : 'too-many'
        if (problem) result.problems.push({ event: reply.event + 1, title: current?.title ?? '', reason: problem })
        expect(eventMs)
      })
    })

  return {
    /** Every occurrence between `from` and `to`. Faults: `calendar.not-a-calendar`. */
    read: async (text: string, window: { from: number; to: number; zone: string }): Promise<Result> => {
      const result: Result = { events: [], problems: [] }
      let firstEvent = 0
      for (let hangs = 0; hangs < MOST_HANGS; hangs++) {
        const hungAt = await run({ text, ...window, firstEvent }, result)
        if (hungAt === undefined) return result
        firstEvent = hungAt + 1
      }
      result.problems.push({ event: 0, title: '', reason: 'rule-too-slow' })
      return result
    },
  }
}

/** Adds occurrences up to the most of one file; false when some had to stay out. */
function take(occurrences: readonly Occurrence[], result: Result): boolean {
  const room = MOST_OCCURRENCES - result.events.length
  result.events.push(...occurrences.slice(0, room))
  return occurrences.length <= room
}

function notACalendar(): Fault {
  return new Fault('invalid', 'calendar.not-a-calendar', 'This is not a calendar file')
}
