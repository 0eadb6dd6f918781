import { Type } from 'typebox'
import { route } from './route.ts'
import { Model, ModelChange, ModelId, ModelType, NodeId } from './schemas/ai.ts'

const ModelParams = Type.Object({ model_id: ModelId })
const OnNode = Type.Object({ node_id: Type.Optional(NodeId) })

/** Installed models; with `scope=all` also those of the catalogue. */
export const listModels = route({
  id: 'models.list',
  method: 'GET',
  path: '/api/v1/models',
  family: 'meetings',
  access: 'account',
  summary: '模型列表',
  rateLimit: { max: 50, per: 'minute' },
  query: Type.Object({
    scope: Type.Optional(Type.Union([Type.Literal('installed'), Type.Literal('all')])),
    type: Type.Optional(ModelType),
  }),
  result: Type.Object({ models: Type.Array(Model), count: Type.Integer() }),
})

/** Starts the model's process. Whoever is no admin is refused. */
export const loadModel = route({
  id: 'models.load',
  method: 'POST',
  path: '/api/v1/models/:model_id/load',
  family: 'meetings',
  access: 'admin',
  summary: '加载模型',
  rateLimit: { max: 10, per: 'minute' },
  params: ModelParams,
  body: OnNode,
  result: ModelChange,
})

/** Ends the model's process, which frees its memory. */
export const unloadModel = route({
  id: 'models.unload',
  method: 'DELETE',
  path: '/api/v1/models/:model_id/unload',
  family: 'meetings',
  access: 'admin',
  summary: '卸载模型',
  rateLimit: { max: 10, per: 'minute' },
  params: ModelParams,
  query: OnNode,
  result: ModelChange,
})

export const modelStatus = route({
  id: 'models.status',
  method: 'GET',
  path: '/api/v1/models/:model_id/status',
  family: 'meetings',
  access: 'account',
  summary: '模型状态',
  rateLimit: { max: 50, per: 'minute' },
  params: ModelParams,
  result: Type.Intersect([Model, Type.Object({ load_time: Type.Union([Type.Number(), Type.Null()]) })]),
})

/** Takes over a model whose folder an operator put under `model-imports` in the data directory; for machines without internet. */
export const importModel = route({
  id: 'models.import',
  method: 'POST',
  path: '/api/v1/models/import',
  family: 'meetings',
  access: 'admin',
  summary: '导入模型',
  rateLimit: { max: 10, per: 'minute' },
  body: Type.Object({ folder: ModelId }),
  result: Model,
})

/** Hashes a model's files again. */
export const verifyModel = route({
  id: 'models.verify',
  method: 'POST',
  path: '/api/v1/models/:model_id/verify',
  family: 'meetings',
  access: 'admin',
  summary: '校验模型',
  rateLimit: { max: 10, per: 'minute' },
  params: ModelParams,
  result: Type.Object({
    model_id: Type.String(),
    valid: Type.Boolean(),
    problems: Type.Array(Type.Object({ path: Type.String(), problem: Type.String() })),
  }),
})
