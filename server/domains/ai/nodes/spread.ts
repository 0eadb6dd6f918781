import { rm } from 'node:fs/promises'
import { Fault, isFault } from '#kernel/fault.ts'
import { faults } from '../faults.ts'
import type { RemoteNode, Roster } from './roster.ts'
import type { Work } from './work.ts'

/** Does work at another node. */
export interface NodeClient {
  /** @throws Fault `ai.node-failed` where the node is at fault; faults of the model there */
  run(node: RemoteNode, model: string, work: Work, signal: AbortSignal): Promise<unknown>
  /** Asks it, and each model that is loaded there, for a sign of life. @throws Fault `ai.node-failed` */
  check(node: RemoteNode): Promise<{ name: string; ok: boolean; latencyMs: number; reason: string | null }[]>
  /** @throws Fault `ai.node-failed`; faults of the model there */
  load(node: RemoteNode, model: string): Promise<{ memory: number; loadTime: number | null }>
  /** @throws Fault `ai.node-failed` */
  unload(node: RemoteNode, model: string): Promise<void>
}

/** The model on this machine. */
export interface Here {
  readonly active: number
  run(): Promise<unknown>
}

export type Spread = ReturnType<typeof createSpread>

/** A request whose node dies is asked of another one so often. */
const MOST_FAILURES = 1

/**
 * Sends each request to whoever has least to do: this machine, or a node with the same model. A node that fails is left
 * out, and what it had is asked of another one, once.
 */
export function createSpread(parts: {
  roster: Roster
  client: NodeClient
  /** Whether this machine does inference itself. */
  isUsedHere: boolean
  /** Requests a model here works on or keeps waiting. */
  limitHere: number
}) {
  const { roster, client, isUsedHere, limitHere } = parts

  /** The one with least to do; this machine among equals, because nothing has to be sent there. */
  function pick(nodes: readonly RemoteNode[], here: Here | undefined): RemoteNode | 'here' | undefined {
    let best: RemoteNode | undefined
    for (const node of nodes) {
      if (node.active >= (node.report?.queue_limit ?? 1)) continue
      if (best === undefined || node.active < best.active) best = node
    }
    if (here === undefined || here.active >= limitHere) return best
    return best !== undefined && best.active < here.active ? best : 'here'
  }

  return {
    /** @throws Fault `ai.no-node`, `ai.busy`, `ai.node-failed`, and those of the model */
    async run(model: string, work: Work, local: Here): Promise<unknown> {
      const here = isUsedHere ? local : undefined
      const tried = new Set<string>()
      let failures = 0
      for (;;) {
        const able = await roster.ableTo(model)
        const left = able.filter(({ id }) => !tried.has(id))
        const chosen = pick(left, here)
        if (chosen === 'here') return await local.run()
        if (chosen === undefined) {
          if (here === undefined && able.length === 0 && tried.size === 0) throw faults.noNode(model)
          throw new Fault('busy', 'ai.busy', 'Every node has enough to do', { data: { retryAfterSeconds: 5 } })
        }
        tried.add(chosen.id)
        const errand = roster.send(chosen.id)
        try {
          return await client.run(chosen, model, work, errand.signal)
        } catch (error) {
          // What came of the result so far is of no use to the next one.
          if (work.output !== undefined) await rm(work.output, { force: true })
          if (isFault(error, 'ai.busy')) continue
          if (!isFault(error, 'ai.node-failed')) throw error
          roster.suspect(chosen.id, error.message)
          if (++failures > MOST_FAILURES) throw error
        } finally {
          errand.done()
        }
      }
    },
  }
}
