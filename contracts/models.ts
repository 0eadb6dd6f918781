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

const admin = {
  family: 'meetings',
  access: 'admin',
  rateLimit: { max: 10, per: 'minute' },
  params: ModelParams,
} as const

/**
 * Begins to download a model of the catalogue, or of a manifest that is there, or resumes where it was broken off;
 * answers at once. One that is under way is joined; one that is installed is left as it is.
 */
export const pullModel = route({
  ...admin,
  id: 'models.pull',
  method: 'POST',
  path: '/api/v1/models/:model_id/pull',
  summary: '下载模型',
  result: Model,
})

/** Breaks a download off; what is here stays, so that it can be resumed. */
export const cancelPull = route({
  ...admin,
  id: 'models.pull.cancel',
  method: 'DELETE',
  path: '/api/v1/models/:model_id/pull',
  summary: '取消下载',
  result: Model,
})

/** Deletes a model's files, and what a broken download left of it. */
export const removeModel = route({
  ...admin,
  id: 'models.remove',
  method: 'DELETE',
  path: '/api/v1/models/:model_id',
  summary: '删除模型',
  result: Type.Null(),
})

/** Takes over a model from an archive in `archive`: .tar, .tar.gz, .tar.bz2, or .zip with a `model.json` in it. */
export const uploadModel = route({
  id: 'models.upload',
  method: 'POST',
  path: '/api/v1/models/upload',
  family: 'meetings',
  access: 'admin',
  summary: '上传模型',
  rateLimit: { max: 10, per: 'minute' },
  multipart: true,
  status: 201,
  result: Model,
})
