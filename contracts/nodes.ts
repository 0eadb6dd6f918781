import { Type } from 'typebox'
import { route } from './route.ts'
import { Node, NodeId, NodeReport } from './schemas/ai.ts'

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

const admin = { family: 'meetings', access: 'admin', rateLimit: { max: 20, per: 'minute' } } as const
const TokenName = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' })

/** Adds a program with OpenAI's API (vLLM, Ollama, llama.cpp, speaches …) that requests may be sent to. */
export const addNode = route({
  ...admin,
  id: 'nodes.add',
  method: 'POST',
  path: '/api/v1/nodes',
  summary: '添加节点',
  status: 201,
  body: Type.Object({
    node_id: NodeId,
    name: Type.Optional(TokenName),
    /** Up to `/v1`: `http://10.0.0.5:8000/v1`. */
    base_url: Type.String({ minLength: 1, maxLength: 2048, pattern: '^https?://' }),
    api_key: Type.Optional(Type.String({ minLength: 1, maxLength: 4096 })),
    /** The model it transcribes with. */
    model: Type.String({ minLength: 1, maxLength: 200 }),
  }),
  result: Node,
})

/** Forgets a node: one that an admin added, or one that registered itself and is gone. */
export const removeNode = route({
  ...admin,
  id: 'nodes.remove',
  method: 'DELETE',
  path: '/api/v1/nodes/:node_id',
  summary: '删除节点',
  params: NodeParams,
  result: Type.Null(),
})

const NodeToken = Type.Object({
  token_id: Type.Integer(),
  name: Type.String(),
  created_at: Type.String(),
  last_used_at: Type.Union([Type.String(), Type.Null()]),
  /** Ids of the nodes that registered with it. */
  nodes: Type.Array(Type.String()),
})

/** Tokens with which other machines register as nodes. */
export const listNodeTokens = route({
  ...admin,
  id: 'nodes.tokens.list',
  method: 'GET',
  path: '/api/v1/nodes/tokens',
  summary: '节点令牌列表',
  result: Type.Object({ tokens: Type.Array(NodeToken), count: Type.Integer() }),
})

/** The token is told this once; only its hash is kept. */
export const createNodeToken = route({
  ...admin,
  id: 'nodes.tokens.create',
  method: 'POST',
  path: '/api/v1/nodes/tokens',
  summary: '创建节点令牌',
  status: 201,
  body: Type.Object({ name: TokenName }),
  result: Type.Intersect([NodeToken, Type.Object({ token: Type.String() })]),
})

/** Its nodes are sent nothing any more from here on. */
export const revokeNodeToken = route({
  ...admin,
  id: 'nodes.tokens.revoke',
  method: 'DELETE',
  path: '/api/v1/nodes/tokens/:token_id',
  summary: '撤销节点令牌',
  params: Type.Object({ token_id: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) }),
  result: Type.Null(),
})

/** What a node itself calls, with its token as Bearer; no account is asked for. */
const machine = { family: 'meetings', access: 'anyone', method: 'POST' } as const

/** A node says that it is there, and with which key it wants to be called until it registers again. */
export const registerNode = route({
  ...machine,
  id: 'nodes.register',
  path: '/api/v1/nodes/register',
  summary: '节点注册',
  rateLimit: { max: 60, per: 'minute' },
  body: Type.Object({
    node_id: NodeId,
    /** Where it is reached; without it, the port it listens on at the address it comes from. */
    address: Type.Optional(Type.String({ pattern: '^https?://', maxLength: 2048 })),
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    key: Type.String({ minLength: 32, maxLength: 200 }),
    version: Type.String({ minLength: 1, maxLength: 50 }),
    report: NodeReport,
  }),
  result: Type.Object({ heartbeat_seconds: Type.Integer() }),
})

/** It is still there. 404: register again. */
export const nodeHeartbeat = route({
  ...machine,
  id: 'nodes.heartbeat',
  path: '/api/v1/nodes/heartbeat',
  summary: '节点心跳',
  rateLimit: { max: 600, per: 'minute' },
  body: Type.Object({ node_id: NodeId, report: NodeReport }),
  result: Type.Null(),
})

/** It ends. */
export const leaveNodes = route({
  ...machine,
  id: 'nodes.leave',
  path: '/api/v1/nodes/leave',
  summary: '节点下线',
  rateLimit: { max: 60, per: 'minute' },
  body: Type.Object({ node_id: NodeId }),
  result: Type.Null(),
})
