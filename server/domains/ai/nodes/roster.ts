import type { NodeReport } from '#contracts/schemas/ai.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Log } from '#kernel/log.ts'
import { faults } from '../faults.ts'
import type { NodeRow, NodeStore } from './node-store.ts'
import type { NodeToken, NodeTokens } from './node-tokens.ts'

/** A node says how it is so often. */
const HEARTBEAT_SECONDS = 5
/** One that was not heard of for so long is offline. */
const SILENT_MS = 15_000
const WATCH_EVERY_MS = 2_000
/** What other processes wrote is seen this late at most. */
const KNOWN_FOR_MS = 1_000

export type RemoteStatus = 'online' | 'offline' | 'busy'

/** A node as it is now. */
export interface RemoteNode extends NodeRow {
  readonly status: RemoteStatus
  /** Why it is offline. */
  readonly reason: string | null
  /** Requests it works on, as far as it said or we sent them. */
  readonly active: number
}

/** What a node registers with. */
export interface Registration {
  readonly id: string
  readonly address: string
  readonly key: string
  readonly version: string
  readonly report: NodeReport
}

/** A request that is at a node. */
export interface Errand {
  /** Aborts when the node is not heard of any more. */
  readonly signal: AbortSignal
  done(): void
}

export type Roster = ReturnType<typeof createRoster>

/** The nodes of the installation: who is there, who is silent, how much each has to do. */
export function createRoster(parts: {
  store: NodeStore
  tokens: NodeTokens
  clock: Clock
  log: Log
  /** Ids that are not for others. */
  reserved: readonly string[]
  onChange(id: string, status: RemoteStatus | 'removed'): void
}) {
  const { store, tokens, clock, log } = parts
  let known: { at: number; rows: Promise<NodeRow[]> } | undefined
  const errands = new Map<string, Set<AbortController>>()
  /** Nodes that failed a request, until they are heard of again. */
  const suspects = new Map<string, { at: number; why: string }>()
  const told = new Map<string, RemoteStatus>()
  let watching: NodeJS.Timeout | undefined

  const rows = (): Promise<NodeRow[]> => {
    if (known !== undefined && clock.now() - known.at < KNOWN_FOR_MS) return known.rows
    const one = { at: clock.now(), rows: store.list() }
    one.rows.catch(() => (known = undefined))
    known = one
    return one.rows
  }

  const inFlight = (id: string): number => errands.get(id)?.size ?? 0

  function asItStands(row: NodeRow): RemoteNode {
    const active = Math.max(inFlight(row.id), row.report?.active ?? 0)
    const suspect = suspects.get(row.id)
    const seenAt = row.seenAt?.getTime()
    if (row.kind === 'openai') {
      return { ...row, active, status: suspect === undefined ? 'online' : 'offline', reason: suspect?.why ?? null }
    }
    let reason: string | null = null
    if (seenAt === undefined) reason = 'it left'
    else if (clock.now() - seenAt > SILENT_MS) reason = 'it was not heard of any more'
    else if (suspect !== undefined && suspect.at >= seenAt) reason = suspect.why
    const limit = row.report?.queue_limit ?? 1
    return { ...row, active, status: reason !== null ? 'offline' : active >= limit ? 'busy' : 'online', reason }
  }

  const list = async (): Promise<RemoteNode[]> => (await rows()).map(asItStands)

  function changed(id: string, status: RemoteStatus | 'removed'): void {
    known = undefined
    if (status === 'removed') {
      told.delete(id)
      suspects.delete(id)
      abandon(id)
    } else told.set(id, status)
    parts.onChange(id, status)
  }

  /** What is at a node that is gone is to be asked of another one. */
  function abandon(id: string): void {
    for (const errand of errands.get(id) ?? []) errand.abort(faults.nodeFailed(id, 'it was not heard of any more'))
  }

  async function watch(): Promise<void> {
    for (const node of await list()) {
      const before = told.get(node.id)
      if (node.status === before) continue
      told.set(node.id, node.status)
      if (before === undefined && node.status === 'online') continue
      if (node.status === 'offline') {
        log.warn({ node: node.id, reason: node.reason }, 'a node is offline')
        abandon(node.id)
      }
      parts.onChange(node.id, node.status)
    }
  }

  return {
    heartbeatSeconds: HEARTBEAT_SECONDS,
    list,

    /** @throws Fault `ai.node-missing` */
    async see(id: string): Promise<RemoteNode> {
      const found = (await list()).find((node) => node.id === id)
      if (found === undefined) throw faults.nodeMissing(id)
      return found
    },

    /** Those that are online, have the model, and take one more request. */
    async ableTo(model: string): Promise<RemoteNode[]> {
      const all = await list()
      return all.filter(({ kind, status, report }) => {
        return kind === 'confab' && status !== 'offline' && report?.models.includes(model) === true
      })
    },

    /** A request goes to a node. */
    send(id: string): Errand {
      const controller = new AbortController()
      const at = errands.get(id) ?? new Set()
      errands.set(id, at.add(controller))
      return {
        signal: controller.signal,
        done: () => {
          at.delete(controller)
          if (at.size === 0) errands.delete(id)
        },
      }
    },

    inFlight,

    /** It failed a request by itself: nothing more goes there until it is heard of again. */
    suspect(id: string, why: string): void {
      suspects.set(id, { at: clock.now(), why })
      log.warn({ node: id, reason: why }, 'a node failed')
      changed(id, 'offline')
    },

    /** It answered after all. */
    trust(id: string): void {
      if (suspects.delete(id)) changed(id, 'online')
    },

    /** @throws Fault `ai.node-token`, `ai.node-taken` */
    async register(token: string | undefined, node: Registration): Promise<void> {
      const tokenId = await tokens.idOf(token)
      if (parts.reserved.includes(node.id) || !(await store.register({ ...node, tokenId }))) {
        throw faults.nodeTaken(node.id)
      }
      suspects.delete(node.id)
      log.info({ node: node.id, address: node.address }, 'a node registered')
      changed(node.id, 'online')
    },

    /** @throws Fault `ai.node-token`, `ai.node-missing` */
    async beat(token: string | undefined, id: string, report: NodeReport): Promise<void> {
      if (!(await store.beat(id, await tokens.idOf(token), report))) throw faults.nodeMissing(id)
      known = undefined
    },

    /** @throws Fault `ai.node-token` */
    async leave(token: string | undefined, id: string): Promise<void> {
      await store.leave(id, await tokens.idOf(token))
      changed(id, 'offline')
    },

    /** @throws Fault `ai.node-taken` */
    async add(node: { id: string; name: string; address: string; key: string | null; model: string }): Promise<void> {
      if (parts.reserved.includes(node.id) || !(await store.add(node))) throw faults.nodeTaken(node.id)
      changed(node.id, 'online')
    },

    /** @throws Fault `ai.node-missing`, `ai.node-fixed` */
    async remove(id: string): Promise<void> {
      if (parts.reserved.includes(id)) throw faults.nodeFixed(id)
      if (!(await store.remove(id))) throw faults.nodeMissing(id)
      changed(id, 'removed')
    },

    tokens: {
      list: (): Promise<NodeToken[]> => tokens.list(),
      create: (name: string) => tokens.create(name),
      /** @throws Fault `ai.node-token-missing` */
      revoke: async (id: number): Promise<void> => {
        for (const node of await tokens.revoke(id)) changed(node, 'removed')
      },
    },

    start(): void {
      watching = setInterval(() => {
        watch().catch((error: unknown) => log.warn({ err: error }, 'the nodes could not be looked at'))
      }, WATCH_EVERY_MS)
      watching.unref()
    },

    stop(): void {
      clearInterval(watching)
    },
  }
}
