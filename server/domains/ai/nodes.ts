import type { Clock } from '#kernel/clock.ts'
import { faults } from './faults.ts'
import type { Loadable, Machine, Transcriber } from './ports.ts'
import type { Registry } from './registry.ts'

/** This process, as a node. */
export const LOCAL_NODE = 'local'
/** The service that transcribes, as a node. */
export const STT_NODE = 'stt'

/** A node as it is now. */
export interface NodeView {
  readonly id: string
  readonly name: string
  readonly address: string
  readonly kind: 'local' | 'confab' | 'openai'
  readonly status: 'online' | 'offline' | 'busy'
  readonly cpu: number | null
  readonly memory: { percent: number; total: number } | null
  readonly loaded: readonly string[]
  /** Models it can do requests with. */
  readonly models: readonly string[]
  readonly active: number
  readonly queueLimit: number | null
  readonly version: string | null
  /** Why it is offline. */
  readonly reason: string | null
  /** Whether an admin added it, and may remove it. */
  readonly removable: boolean
  readonly checkedAt: Date
}

/** One thing that was tried. */
export interface Check {
  readonly name: string
  readonly ok: boolean
  readonly latencyMs: number
  readonly reason: string | null
}

export interface NodesParts {
  readonly clock: Clock
  readonly registry: Registry
  readonly machine: Machine
  readonly address: string
  /** Processes of this node's models, by model. */
  readonly processes: Readonly<Record<string, Loadable>>
  /** From how many requests on this node is busy. */
  readonly mostWaiting: number
  /** Where it is and how many requests it has, where one is set. */
  readonly transcriber: { readonly address: string; readonly engine: Transcriber; active(): number } | undefined
  /** Whether ffmpeg is there. @throws Fault `media.ffmpeg-missing` */
  readonly findFfmpeg: () => Promise<unknown>
}

export type Nodes = ReturnType<typeof createNodes>

/** An answer of another node counts for so long before it is asked again. */
const PROBE_LASTS_MS = 30_000

/** What runs models: this process, and the service that transcribes where one is set. */
export function createNodes(parts: NodesParts) {
  const { registry, machine, processes, transcriber, clock } = parts
  let probed: { at: number; check: Check } | undefined

  const local = (): NodeView => {
    const active = Object.values(processes).reduce((sum, one) => sum + one.active, 0)
    return {
      id: LOCAL_NODE,
      name: LOCAL_NODE,
      address: parts.address,
      kind: 'local',
      status: active >= parts.mostWaiting ? 'busy' : 'online',
      cpu: machine.cpu(),
      memory: machine.memory(),
      loaded: registry.loadedOn(LOCAL_NODE),
      models: Object.keys(processes),
      active,
      queueLimit: parts.mostWaiting,
      version: null,
      reason: null,
      removable: false,
      checkedAt: new Date(clock.now()),
    }
  }

  async function probe({ engine }: NonNullable<NodesParts['transcriber']>): Promise<Check> {
    const check = await tryOut('models', () => engine.probe())
    probed = { at: clock.now(), check }
    return check
  }

  async function remote(service: NonNullable<NodesParts['transcriber']>): Promise<NodeView> {
    if (probed === undefined || clock.now() - probed.at > PROBE_LASTS_MS) await probe(service)
    const isOnline = probed?.check.ok === true
    return {
      id: STT_NODE,
      name: STT_NODE,
      address: service.address,
      kind: 'openai',
      status: isOnline ? 'online' : 'offline',
      cpu: null,
      memory: null,
      loaded: isOnline ? registry.loadedOn(STT_NODE) : [],
      models: [service.engine.model],
      active: service.active(),
      queueLimit: null,
      version: null,
      reason: isOnline ? null : (probed?.check.reason ?? null),
      removable: false,
      checkedAt: new Date(probed?.at ?? clock.now()),
    }
  }

  async function see(id: string): Promise<NodeView> {
    if (id === LOCAL_NODE) return local()
    if (id === STT_NODE && transcriber !== undefined) return await remote(transcriber)
    throw faults.nodeMissing(id)
  }

  return {
    /** @throws Fault `ai.node-missing` */
    see,

    list: async (): Promise<NodeView[]> => [local(), ...(transcriber === undefined ? [] : [await remote(transcriber)])],

    /** Tries the node out now. @throws Fault `ai.node-missing` */
    async check(id: string): Promise<NodeView & { checks: readonly Check[]; healthy: boolean }> {
      const checks: Check[] = []
      if (id === LOCAL_NODE) {
        checks.push(await tryOut('ffmpeg', parts.findFfmpeg))
        for (const [model, one] of Object.entries(processes)) {
          if (one.state === 'loaded') checks.push(await tryOut(model, () => one.ping()))
        }
      } else if (id === STT_NODE && transcriber !== undefined) checks.push(await probe(transcriber))
      const view = await see(id)
      return { ...view, checks, healthy: checks.every(({ ok }) => ok) }
    },
  }
}

async function tryOut(name: string, act: () => Promise<unknown>): Promise<Check> {
  const before = performance.now()
  let reason: string | null = null
  try {
    await act()
  } catch (error) {
    reason = (error as Error).message
  }
  return { name, ok: reason === null, latencyMs: Math.round((performance.now() - before) * 10) / 10, reason }
}
