import {
  cancelPull,
  importModel,
  listModels,
  loadModel,
  modelStatus,
  pullModel,
  removeModel,
  unloadModel,
  uploadModel,
  verifyModel,
} from '#contracts/models.ts'
import type { Keeping } from '#domains/ai/keeping.ts'
import type { ModelView } from '#domains/ai/model.ts'
import type { Nodes } from '#domains/ai/nodes.ts'
import type { Registry } from '#domains/ai/registry.ts'
import { Fault } from '#kernel/fault.ts'
import { readForm } from './audio-video-input.ts'
import type { SoundInput } from './audio-video-input.ts'
import { aiSpeech as speech } from './models-words.ts'
import type { Mount } from './mount.ts'

/** The models, and what an admin does with them. */
export function mountModels(
  mount: Mount,
  { registry, nodes, keeping, input }: { registry: Registry; nodes: Nodes; keeping: Keeping; input: SoundInput },
): void {
  mount(
    listModels,
    async ({ query }) => {
      const models = await registry.list({ all: query.scope === 'all', type: query.type })
      return { models: models.map(viewOf), count: models.length }
    },
    speech,
  )
  mount(
    loadModel,
    async ({ params: { model_id: id }, body: { node_id: nodeId } }) => {
      const there = nodeId === undefined ? undefined : await nodes.loadAt(nodeId, id)
      if (there === undefined) return changeOf(await registry.load(id, nodeId))
      return { model_id: id, status: 'loaded' as const, load_time: there.loadTime, memory_usage: there.memory }
    },
    speech,
  )
  mount(
    unloadModel,
    async ({ params: { model_id: id }, query: { node_id: nodeId } }) => {
      const isThere = nodeId !== undefined && (await nodes.unloadAt(nodeId, id))
      if (!isThere) return changeOf(await registry.unload(id, nodeId))
      return { model_id: id, status: 'unloaded' as const, load_time: null, memory_usage: 0 }
    },
    speech,
  )
  mount(
    modelStatus,
    async ({ params }) => {
      const model = await registry.view(params.model_id)
      return { ...viewOf(model), load_time: model.loadTime }
    },
    speech,
  )
  mount(
    importModel,
    async ({ body }) => {
      const { id } = await keeping.importLaidIn(body.folder)
      return viewOf(await registry.view(id))
    },
    speech,
  )
  mount(
    verifyModel,
    async ({ params }) => {
      const problems = await keeping.verify(params.model_id)
      return { model_id: params.model_id, valid: problems.length === 0, problems: problems.map((one) => ({ ...one })) }
    },
    speech,
  )
  mount(
    pullModel,
    async ({ params }) => {
      await keeping.pulls.pull(params.model_id)
      return viewOf(await registry.view(params.model_id))
    },
    speech,
  )
  mount(
    cancelPull,
    async ({ params }) => {
      await keeping.pulls.cancel(params.model_id)
      return viewOf(await registry.view(params.model_id))
    },
    speech,
  )
  mount(
    removeModel,
    async ({ params }) => {
      await registry.beforeRemoval(params.model_id)
      await keeping.remove(params.model_id)
      return null
    },
    speech,
  )
  mount(
    uploadModel,
    async ({ request }) => {
      if (!request.isMultipart()) throw noArchive()
      const work = await input.workspace()
      try {
        const form = await readForm(request, { field: 'archive', folder: work.folder, mostBytes: input.mostBytes })
        if (form.path === undefined) throw noArchive()
        const { id } = await keeping.importArchive(form.path)
        return viewOf(await registry.view(id))
      } finally {
        await work.remove()
      }
    },
    speech,
  )
}

const noArchive = (): Fault => new Fault('invalid', 'ai.archive-missing', 'A form with a file in archive is asked for')

const viewOf = (model: ModelView) => ({
  model_id: model.id,
  name: model.name,
  type: model.type,
  version: model.version,
  status: statusOf(model.state),
  state: model.state,
  reason: model.reason,
  progress: model.progress,
  bytes: model.bytes,
  obstacle: model.obstacle,
  pullable: model.pullable,
  verified_against: model.verifiedAgainst,
  memory_usage: model.memory,
  node_id: model.nodeId,
  engine: model.engine,
  licence: model.licence,
  source: model.source,
  languages: [...model.languages],
})

const changeOf = (model: ModelView) => ({
  model_id: model.id,
  status: statusOf(model.state),
  load_time: model.loadTime,
  memory_usage: model.memory,
})

/** Document 5 knows four; one that is ending is not yet gone. */
function statusOf(state: ModelView['state']): 'unloaded' | 'loading' | 'loaded' | 'error' {
  if (state === 'available' || state === 'downloading' || state === 'installed') return 'unloaded'
  return state === 'unloading' ? 'loaded' : state
}
