import {
  addNode,
  checkNode,
  createNodeToken,
  leaveNodes,
  listNodes,
  listNodeTokens,
  nodeHeartbeat,
  nodeStatus,
  registerNode,
  removeNode,
  revokeNodeToken,
} from '#contracts/nodes.ts'
import type { NodeToken } from '#domains/ai/nodes/node-tokens.ts'
import type { NodeView, Nodes } from '#domains/ai/nodes.ts'
import { credentialsOf } from './credentials.ts'
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
  mountAdministration(mount, nodes)
  mountMachines(mount, nodes)
}

/** What an admin does with nodes and their tokens. */
function mountAdministration(mount: Mount, { roster, see }: Nodes): void {
  mount(
    addNode,
    async ({ body }) => {
      const { node_id: id, name = id, base_url: url, api_key: key = null, model } = body
      await roster.add({ id, name, address: url.replace(/\/+$/, ''), key, model })
      return viewOf(await see(id))
    },
    speech,
  )
  mount(
    removeNode,
    async ({ params }) => {
      await roster.remove(params.node_id)
      return null
    },
    speech,
  )
  mount(
    listNodeTokens,
    async () => {
      const tokens = (await roster.tokens.list()).map(tokenOf)
      return { tokens, count: tokens.length }
    },
    speech,
  )
  mount(
    createNodeToken,
    async ({ body }) => {
      const { token, ...about } = await roster.tokens.create(body.name)
      return { ...tokenOf(about), token }
    },
    speech,
  )
  mount(
    revokeNodeToken,
    async ({ params }) => {
      await roster.tokens.revoke(params.token_id)
      return null
    },
    speech,
  )
}

/** What machines call by themselves. */
function mountMachines(mount: Mount, { roster }: Nodes): void {
  mount(
    registerNode,
    async ({ body, request }) => {
      const { node_id: id, address = addressOf(request.ip, body.port), key, version, report } = body
      await roster.register(credentialsOf(request.headers).bearer, { id, address, key, version, report })
      return { heartbeat_seconds: roster.heartbeatSeconds }
    },
    speech,
  )
  mount(
    nodeHeartbeat,
    async ({ body, request }) => {
      await roster.beat(credentialsOf(request.headers).bearer, body.node_id, body.report)
      return null
    },
    speech,
  )
  mount(
    leaveNodes,
    async ({ body, request }) => {
      await roster.leave(credentialsOf(request.headers).bearer, body.node_id)
      return null
    },
    speech,
  )
}

const addressOf = (ip: string, port: number): string => `http://${ip.includes(':') ? `[${ip}]` : ip}:${port}`

const tokenOf = ({ id, name, createdAt, lastUsedAt, nodes }: NodeToken) => ({
  token_id: id,
  name,
  created_at: rfc3339(createdAt),
  last_used_at: lastUsedAt === null ? null : rfc3339(lastUsedAt),
  nodes: [...nodes],
})

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
