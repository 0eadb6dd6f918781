import { checkNode, listNodes, nodeStatus } from '#contracts/nodes.ts'
import type { NodeView, Nodes } from '#domains/ai/nodes.ts'
import { aiSpeech as speech } from './models-words.ts'
import type { Mount } from './mount.ts'
import { rfc3339 } from './time.ts'

/** What runs models, and how it is. */
export function mountNodes(mount: Mount, { nodes }: { nodes: Nodes }): void {
  mount(
    listNodes,
    async () => {
      const all = await nodes.list()
      return { nodes: all.map(viewOf), count: all.length }
    },
    speech,
  )
  mount(nodeStatus, async ({ params }) => viewOf(await nodes.see(params.node_id)), speech)
  mount(
    checkNode,
    async ({ params }) => {
      const { checks, healthy, ...node } = await nodes.check(params.node_id)
      return {
        ...viewOf(node),
        healthy,
        checks: checks.map(({ name, ok, latencyMs, reason }) => ({ name, ok, latency_ms: latencyMs, reason })),
      }
    },
    speech,
  )
}

const viewOf = (node: NodeView) => ({
  node_id: node.id,
  name: node.name,
  address: node.address,
  kind: node.kind,
  status: node.status,
  cpu_usage: node.cpu,
  memory_usage: node.memory?.percent ?? null,
  memory_total: node.memory?.total ?? null,
  loaded_models: [...node.loaded],
  models: [...node.models],
  active_requests: node.active,
  queue_limit: node.queueLimit,
  version: node.version,
  reason: node.reason,
  removable: node.removable,
  checked_at: rfc3339(node.checkedAt),
})
