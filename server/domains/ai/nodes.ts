import type { Clock } from '#kernel/clock.ts'
import type { RemoteNode, Roster } from './nodes/roster.ts'
import type { NodeClient } from './nodes/spread.ts'
import type { Service } from './nodes/transcribers.ts'
import type { Loadable, Machine } from './ports.ts'
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
  readonly transcriber: { readonly address: string; readonly engine: Service } | undefined
  /** Whether this process does inference itself. */
  readonly isUsedHere: boolean
  readonly version: string
  readonly roster: Roster
  readonly client: NodeClient
  /** What an added service is called through. */
  serviceOf(node: RemoteNode): Service
  /** Whether ffmpeg is there. @throws Fault `media.ffmpeg-missing` */
  readonly findFfmpeg: () => Promise<unknown>
}

export type Nodes = ReturnType<typeof createNodes>

/** An answer of another node counts for so long before it is asked again. */
const PROBE_LASTS_MS = 30_000

/** What runs models: this process, and the service that transcribes where one is set. */
export function createNodes(parts: NodesParts) {
  const { registry, machine, processes, transcriber, clock, roster, client } = parts
  const probed = new Map<string, { at: number; check: Check }>()

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
      version: parts.version,
      reason: null,
      removable: false,
      checkedAt: new Date(clock.now()),
    }
  }

  /** Asks a service for its models; the answer counts for a while. */
  async function probe(id: string, engine: Service): Promise<Check> {
    const check = await tryOut('models', () => engine.probe())
    probed.set(id, { at: clock.now(), check })
    if (id !== STT_NODE) {
      if (check.ok) roster.trust(id)
      else roster.suspect(id, check.reason ?? 'it does not answer')
    }
    return check
  }

  /** A program with OpenAI's API. */
  async function service(
    about: { id: string; name: string; address: string; removable: boolean },
    engine: Service,
  ): Promise<NodeView> {
    const before = probed.get(about.id)
    const isFresh = before !== undefined && clock.now() - before.at <= PROBE_LASTS_MS
    const check = isFresh ? before.check : await probe(about.id, engine)
    return {
      ...about,
      kind: 'openai',
      status: check.ok ? 'online' : 'offline',
      cpu: null,
      memory: null,
      loaded: check.ok ? [engine.model] : [],
      models: [engine.model],
      active: engine.active(),
      queueLimit: null,
      version: null,
      reason: check.reason,
      checkedAt: new Date(probed.get(about.id)?.at ?? clock.now()),
    }
  }

  const fixed = async ({ address, engine }: NonNullable<NodesParts['transcriber']>): Promise<NodeView> =>
    await service({ id: STT_NODE, name: STT_NODE, address, removable: false }, engine)

  async function remote(node: RemoteNode): Promise<NodeView> {
    const { id, name, address, report } = node
    if (node.kind === 'openai') return await service({ id, name, address, removable: true }, parts.serviceOf(node))
    return {
      id,
      name,
      address,
      kind: 'confab',
      status: node.status,
      cpu: report?.cpu ?? null,
      memory: report === null ? null : { percent: report.memory, total: report.memory_total },
      loaded: node.status === 'offline' ? [] : (report?.loaded ?? []),
      models: report?.models ?? [],
      active: node.status === 'offline' ? 0 : node.active,
      queueLimit: report?.queue_limit ?? null,
      version: node.version,
      reason: node.reason,
      removable: true,
      checkedAt: node.seenAt ?? new Date(clock.now()),
    }
  }

  const registered = async (id: string): Promise<RemoteNode | undefined> =>
    (await roster.list()).find((node) => node.id === id && node.kind === 'confab')

  const hasLocal = (id: string): boolean => id === LOCAL_NODE && parts.isUsedHere

  async function see(id: string): Promise<NodeView> {
    if (hasLocal(id)) return local()
    if (id === STT_NODE && transcriber !== undefined) return await fixed(transcriber)
    return await remote(await roster.see(id))
  }

  async function checksOf(id: string): Promise<readonly Check[]> {
    if (hasLocal(id)) {
      const checks = [await tryOut('ffmpeg', parts.findFfmpeg)]
      for (const [model, one] of Object.entries(processes)) {
        if (one.state === 'loaded') checks.push(await tryOut(model, () => one.ping()))
      }
      return checks
    }
    if (id === STT_NODE && transcriber !== undefined) return [await probe(id, transcriber.engine)]
    const node = await roster.see(id)
    if (node.kind === 'openai') return [await probe(id, parts.serviceOf(node))]
    let inside: readonly Check[] = []
    const reached = await tryOut('node', async () => {
      inside = await client.check(node)
    })
    if (!reached.ok) roster.suspect(id, reached.reason ?? 'it does not answer')
    return [reached, ...inside]
  }

  return {
    /** @throws Fault `ai.node-missing` */
    see,

    list: async (): Promise<NodeView[]> => [
      ...(parts.isUsedHere ? [local()] : []),
      ...(transcriber === undefined ? [] : [await fixed(transcriber)]),
      ...(await Promise.all((await roster.list()).map(remote))),
    ],

    /** Tries the node out now. @throws Fault `ai.node-missing` */
    async check(id: string): Promise<NodeView & { checks: readonly Check[]; healthy: boolean }> {
      const checks = await checksOf(id)
      return { ...(await see(id)), checks, healthy: checks.every(({ ok }) => ok) }
    },

    /** Starts a model at a registered node; undefined where that is none. @throws Fault `ai.node-failed`, those of the model there */
    async loadAt(nodeId: string, model: string): Promise<{ memory: number; loadTime: number | null } | undefined> {
      const node = await registered(nodeId)
      return node === undefined ? undefined : await client.load(node, model)
    },

    /** Ends it there; false where that is no registered node. @throws as `loadAt` */
    async unloadAt(nodeId: string, model: string): Promise<boolean> {
      const node = await registered(nodeId)
      if (node !== undefined) await client.unload(node, model)
      return node !== undefined
    },

    roster,
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
