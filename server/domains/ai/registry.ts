import type { ModelType } from '#contracts/schemas/ai.ts'
import { catalogue } from './catalogue.ts'
import { faults } from './faults.ts'
import { bytesOf, isPullable } from './known-model.ts'
import type { KnownModel } from './known-model.ts'
import type { LocalModels } from './local-models.ts'
import type { Installed, ModelFolders } from './model-folders.ts'
import type { ModelAbout, ModelView } from './model.ts'
import { LOCAL_NODE } from './nodes.ts'
import type { Loadable } from './ports.ts'
import type { PullView, Pulls } from './pulls/pulls.ts'

/** A model that needs no files: it runs in a process of its own here, or behind an address. */
export interface BuiltIn {
  readonly about: ModelAbout
  readonly nodeId: string
  /** Absent: it lives elsewhere, and is always there. */
  readonly process?: Loadable
}

export type Registry = ReturnType<typeof createRegistry>

/** All models: built in, installed, and, where asked for, those of the catalogue. */
export function createRegistry({
  folders,
  locals,
  pulls,
  builtIn,
}: {
  folders: ModelFolders
  locals: LocalModels
  pulls: Pick<Pulls, 'list' | 'view'>
  builtIn: readonly BuiltIn[]
}) {
  const find = (id: string): BuiltIn | undefined => builtIn.find(({ about }) => about.id === id)

  async function view(id: string): Promise<ModelView> {
    const all = await list({ all: true })
    const found = all.find((model) => model.id === id)
    if (found === undefined) throw faults.modelMissing(id)
    return found
  }

  async function list({ all, type }: { all: boolean; type?: ModelType | undefined }): Promise<ModelView[]> {
    const views = [...builtIn.map(viewOfBuiltIn), ...(await folders.list()).map(asItStands)]
    const pulled = await pulls.list()
    // What is fetched, or was to be, is shown although it is not installed yet.
    for (const { id, model } of pulled) if (!views.some((one) => one.id === id)) views.push(viewOfKnown(model, locals))
    if (all) {
      const unseen = catalogue.filter(({ id }) => !views.some((one) => one.id === id))
      views.push(...unseen.map((one) => viewOfKnown(one, locals)))
    }
    const ofType = views.filter((one) => type === undefined || one.type === type)
    return await Promise.all(
      ofType.map(async (one) =>
        pulled.some(({ id }) => id === one.id) ? withPull(one, await pulls.view(one.id)) : one,
      ),
    )
  }

  /** An installed model with its process, where one was made. */
  function asItStands(installed: Installed): ModelView {
    const model = viewOfInstalled(installed, locals)
    const process = locals.processes[installed.id]
    if (process === undefined || model.state === 'error') return model
    const { state, reason, memory, loadTime } = process
    const nodeId = state === 'unloaded' || state === 'error' ? null : LOCAL_NODE
    return { ...model, state: state === 'unloaded' ? 'installed' : state, reason, memory, nodeId, loadTime }
  }

  /** The process of a model that can be loaded here. */
  async function processOf(id: string, nodeId: string | undefined): Promise<Loadable | undefined> {
    const one = find(id)
    if (one !== undefined) {
      if (nodeId !== undefined && nodeId !== one.nodeId) throw faults.nodeMissing(nodeId)
      return one.process
    }
    if (nodeId !== undefined && nodeId !== LOCAL_NODE) throw faults.nodeMissing(nodeId)
    return (await locals.open(id)).model
  }

  return {
    list,
    view,
    folders,

    /** Starts the model's process. @throws Faults of `LocalModels.open`, `ai.node-missing`, `ai.model-failed` */
    async load(id: string, nodeId?: string): Promise<ModelView> {
      await (await processOf(id, nodeId))?.load()
      return await view(id)
    },

    /** Ends it. @throws as `load` */
    async unload(id: string, nodeId?: string): Promise<ModelView> {
      await (await processOf(id, nodeId))?.unload()
      return await view(id)
    },

    /** Ends its process before its files go. @throws Fault `ai.built-in` */
    async beforeRemoval(id: string): Promise<void> {
      if (find(id) !== undefined) throw faults.builtIn(id)
      await locals.forget(id)
    },

    /** Ids of what is loaded on a node. */
    loadedOn: (nodeId: string): string[] => {
      const elsewhere = builtIn.filter((one) => one.nodeId === nodeId && one.process === undefined)
      const here = Object.entries(nodeId === LOCAL_NODE ? locals.processes : {})
      return [
        ...elsewhere.map(({ about }) => about.id),
        ...here.flatMap(([id, { state }]) => (state === 'loaded' ? id : [])),
      ]
    },
  }
}

type Obstacles = Pick<LocalModels, 'obstacleTo'>

const NO_FILES = { progress: null, bytes: null, obstacle: null, pullable: false, verifiedAgainst: null } as const

function viewOfBuiltIn({ about, nodeId, process }: BuiltIn): ModelView {
  return {
    ...about,
    state: process === undefined ? 'loaded' : process.state === 'unloaded' ? 'installed' : process.state,
    reason: process?.reason ?? null,
    ...NO_FILES,
    memory: process?.memory ?? 0,
    nodeId,
    loadTime: process?.loadTime ?? null,
  }
}

function viewOfInstalled({ id, manifest, problem }: Installed, locals: Obstacles): ModelView {
  const still = { ...NO_FILES, reason: problem, memory: 0, nodeId: null, loadTime: null }
  if (manifest !== undefined) {
    const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0)
    const isRecorded = manifest.files.some(({ recorded }) => recorded === true)
    const verifiedAgainst = isRecorded ? 'recorded' : 'published'
    return {
      ...aboutOf(manifest),
      ...still,
      bytes,
      pullable: isPullable(manifest),
      obstacle: locals.obstacleTo(manifest),
      verifiedAgainst,
      state: 'installed',
    }
  }
  const known = catalogue.find((one) => one.id === id)
  return {
    id,
    name: known?.name ?? id,
    type: known?.type ?? 'speech-recognition',
    version: known?.version ?? '',
    engine: known?.engine ?? '',
    licence: known?.licence ?? '',
    source: known?.source ?? null,
    languages: known?.languages ?? [],
    ...still,
    state: 'error',
  }
}

const viewOfKnown = (known: KnownModel, locals: Obstacles): ModelView => ({
  ...aboutOf(known),
  state: 'available',
  reason: null,
  ...NO_FILES,
  bytes: bytesOf(known),
  // What it needs to be told, whoever brings it tells.
  obstacle: locals.obstacleTo(known) === 'no-engine' ? 'no-engine' : null,
  pullable: isPullable(known),
  memory: 0,
  nodeId: null,
  loadTime: null,
})

/** A model whose files are fetched, or were until something broke that off. */
function withPull(model: ModelView, pull: PullView | undefined): ModelView {
  if (pull === undefined) return model
  const { progress, reason } = pull
  if (pull.state === 'downloading') return { ...model, state: 'downloading', reason: null, progress }
  // An installed one whose files could not be fetched anew works on.
  const isFailed = pull.state === 'failed' && model.state === 'available'
  return { ...model, ...(isFailed && { state: 'error' }), reason: model.reason ?? reason, progress }
}

const aboutOf = ({ id, name, type, version, engine, licence, source, languages }: KnownModel): ModelAbout => ({
  id,
  name,
  type,
  version,
  engine,
  licence,
  source: source ?? null,
  languages: languages ?? [],
})
