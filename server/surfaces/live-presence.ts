import { randomUUID } from 'node:crypto'
import type { Events } from '#contracts/events.ts'
import type { Bus } from '#kernel/bus/bus.ts'

/** Who has a socket open, in any process of the installation. */
export interface Presence {
  isOnline(accountId: number): boolean
  /** The first socket of an account opened here. */
  opened(accountId: number): void
  /** Its last one closed here; it counts as gone unless it is back within a few seconds. */
  closed(accountId: number): void
  /** Asks the other processes who is there, and says that this one is. */
  start(): void
  close(): void
}

const GRACE_MS = 5_000
const ALIVE_EVERY_MS = 20_000
/** A process that said nothing for so long is gone, and everybody on it. */
const LOST_AFTER_MS = 70_000

/** Presence over the bus; `onChange` hears of each account that comes or goes. */
export function createPresence(parts: {
  bus: Bus<Events>
  onChange: (accountId: number, online: boolean) => void
  graceMs?: number
}): Presence {
  const { bus, onChange, graceMs = GRACE_MS } = parts
  const self = randomUUID()
  /** Which processes an account is connected to. */
  const nodesOf = new Map<number, Set<string>>()
  const heardOf = new Map<string, number>()
  const leaving = new Map<number, NodeJS.Timeout>()
  let beat: NodeJS.Timeout | undefined

  const set = (node: string, accountId: number, online: boolean): void => {
    const nodes = nodesOf.get(accountId) ?? new Set()
    const before = nodes.size > 0
    if (online) nodes.add(node)
    else nodes.delete(node)
    if (nodes.size > 0) nodesOf.set(accountId, nodes)
    else nodesOf.delete(accountId)
    if (before !== nodes.size > 0) onChange(accountId, online)
  }
  const list = (): number[] => [...nodesOf].filter(([, nodes]) => nodes.has(self)).map(([accountId]) => accountId)
  const forget = (node: string): void => {
    heardOf.delete(node)
    for (const [accountId, nodes] of nodesOf) if (nodes.has(node)) set(node, accountId, false)
  }

  const ends = [
    bus.subscribe('live.presence.changed', ({ node, accountId, online }) => {
      if (node === self) return
      heardOf.set(node, Date.now())
      set(node, accountId, online)
    }),
    bus.subscribe('live.presence.listed', ({ node, accountIds }) => {
      if (node === self) return
      const there = new Set(accountIds)
      for (const [accountId, nodes] of nodesOf)
        if (nodes.has(node) && !there.has(accountId)) set(node, accountId, false)
      for (const accountId of there) set(node, accountId, true)
      heardOf.set(node, Date.now())
    }),
    bus.subscribe('live.presence.asked', ({ node }) => {
      if (node !== self) bus.publish('live.presence.listed', { node: self, accountIds: list() })
    }),
    bus.subscribe('live.node.alive', ({ node }) => {
      if (node === self) return
      // Known again after it was given up: ask who is there.
      if (!heardOf.has(node)) bus.publish('live.presence.asked', { node: self })
      heardOf.set(node, Date.now())
    }),
    bus.onGap(() => bus.publish('live.presence.asked', { node: self })),
  ]

  return {
    isOnline: (accountId) => nodesOf.has(accountId),
    opened: (accountId) => {
      clearTimeout(leaving.get(accountId))
      leaving.delete(accountId)
      if (nodesOf.get(accountId)?.has(self)) return
      set(self, accountId, true)
      bus.publish('live.presence.changed', { node: self, accountId, online: true })
    },
    closed: (accountId) => {
      clearTimeout(leaving.get(accountId))
      const gone = setTimeout(() => {
        leaving.delete(accountId)
        set(self, accountId, false)
        bus.publish('live.presence.changed', { node: self, accountId, online: false })
      }, graceMs)
      leaving.set(accountId, gone)
    },
    start: () => {
      bus.publish('live.presence.asked', { node: self })
      beat = setInterval(() => {
        bus.publish('live.node.alive', { node: self })
        for (const [node, at] of heardOf) if (Date.now() - at > LOST_AFTER_MS) forget(node)
      }, ALIVE_EVERY_MS)
    },
    close: () => {
      clearInterval(beat)
      for (const timer of leaving.values()) clearTimeout(timer)
      leaving.clear()
      for (const end of ends) end()
      bus.publish('live.presence.listed', { node: self, accountIds: [] })
    },
  }
}
