import type { NodeReport } from '#contracts/schemas/ai.ts'
import { isFault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'

/** The main server, as a node speaks to it. */
export interface MainServer {
  /** Resolves with how often it wants to hear of the node. @throws Fault `ai.node-token`, `ai.node-taken`, `ai.main-failed` */
  register(report: NodeReport): Promise<{ heartbeatMs: number }>
  /** @throws Fault `ai.node-missing` where it wants the node to register again; `ai.node-token`, `ai.main-failed` */
  beat(report: NodeReport): Promise<void>
  leave(): Promise<void>
}

const RETRY_MS = 2_000
const LONGEST_RETRY_MS = 30_000

/** Keeps a node registered: registers, says how it is, registers again when it was forgotten. */
export function createAgent(parts: { main: MainServer; report(): Promise<NodeReport>; log: Log }): {
  /** Resolves when it is registered for the first time. */
  start(): Promise<void>
  stop(): Promise<void>
} {
  const { main, report, log } = parts
  let timer: NodeJS.Timeout | undefined
  let turn = Promise.resolve()
  let isOver = false
  let heartbeatMs: number | undefined
  let failures = 0
  const first = Promise.withResolvers<void>()

  async function once(): Promise<number> {
    try {
      if (heartbeatMs === undefined) {
        ;({ heartbeatMs } = await main.register(await report()))
        log.info('registered at the main server')
        first.resolve()
      } else await main.beat(await report())
      failures = 0
      return heartbeatMs
    } catch (error) {
      if (isFault(error, 'ai.node-missing')) {
        heartbeatMs = undefined
        return 0
      }
      failures++
      const waitMs = Math.min(LONGEST_RETRY_MS, heartbeatMs ?? RETRY_MS * failures)
      log.warn({ reason: (error as Error).message, againInMs: waitMs }, 'the main server did not take this node')
      return waitMs
    }
  }

  function plan(waitMs: number): void {
    if (isOver) return
    timer = setTimeout(() => {
      turn = once().then(plan)
    }, waitMs)
  }

  return {
    start: () => {
      plan(0)
      return first.promise
    },
    stop: async () => {
      isOver = true
      clearTimeout(timer)
      await turn
      clearTimeout(timer)
      if (heartbeatMs !== undefined) {
        await main
          .leave()
          .catch((error: unknown) => log.warn({ err: error }, 'the main server was not told of the end'))
      }
    },
  }
}
