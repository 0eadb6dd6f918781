import { Type } from 'typebox'
import { route } from './route.ts'
import { Node, NodeId } from './schemas/ai.ts'

const NodeParams = Type.Object({ node_id: NodeId })
const common = { family: 'meetings', access: 'account' } as const

export const listNodes = route({
  ...common,
  id: 'nodes.list',
  method: 'GET',
  path: '/api/v1/nodes',
  summary: '节点列表',
  rateLimit: { max: 50, per: 'minute' },
  result: Type.Object({ nodes: Type.Array(Node), count: Type.Integer() }),
})

export const nodeStatus = route({
  ...common,
  id: 'nodes.status',
  method: 'GET',
  path: '/api/v1/nodes/:node_id/status',
  summary: '节点状态',
  rateLimit: { max: 50, per: 'minute' },
  params: NodeParams,
  result: Node,
})

/** Asks the node now, and tells what was asked. */
export const checkNode = route({
  ...common,
  id: 'nodes.health-check',
  method: 'POST',
  path: '/api/v1/nodes/:node_id/health-check',
  summary: '健康检查',
  rateLimit: { max: 20, per: 'minute' },
  params: NodeParams,
  result: Type.Intersect([
    Node,
    Type.Object({
      healthy: Type.Boolean(),
      checks: Type.Array(
        Type.Object({
          name: Type.String(),
          ok: Type.Boolean(),
          latency_ms: Type.Number(),
          reason: Type.Union([Type.String(), Type.Null()]),
        }),
      ),
    }),
  ]),
})
