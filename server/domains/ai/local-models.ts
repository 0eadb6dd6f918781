import { join } from 'node:path'
import type { ModelType } from '#contracts/schemas/ai.ts'
import type { ModelContract } from '#contracts/schemas/model-contract.ts'
import { catalogue, suggestionsFor } from './catalogue.ts'
import { faults } from './faults.ts'
import type { Manifest } from './manifest.ts'
import type { ModelFolders } from './model-folders.ts'
import type { Obstacle } from './model.ts'
import type { Engines, LocalModel } from './ports.ts'

/** An installed model that can be asked. */
export interface OpenedModel<Kind extends ModelContract['kind'] = ModelContract['kind']> {
  readonly id: string
  readonly type: ModelType
  readonly model: LocalModel
  readonly contract: Extract<ModelContract, { kind: Kind }>
}

/** The kinds of contract that a task's models may have. */
interface KindsOf {
  'speech-recognition': 'speech-recognition'
  'voice-activity': 'voice-activity'
  denoising: 'speech-denoising' | 'audio-to-audio'
  emotion: 'audio-classification'
  'synthesis-detection': 'audio-classification'
  'super-resolution': 'image-to-image'
}

export type LocalModels = ReturnType<typeof createLocalModels>

/** The processes of models on this machine: of those that are built in, and of installed ones, made when first asked for. */
export function createLocalModels(parts: {
  folders: ModelFolders
  /** The folder in which models lie, one folder each. */
  root: string
  engines: Engines
  builtIn: Readonly<Record<string, LocalModel>>
}) {
  const { folders, root, engines, builtIn } = parts
  const processes: Record<string, LocalModel> = { ...builtIn }
  /** What each installed one was made from. */
  const made = new Map<string, string>()

  async function openManifest(manifest: Manifest): Promise<OpenedModel> {
    const { id, type, engine, contract } = manifest
    if (!engines.isThere(engine)) throw faults.noEngine(id, engine)
    if (contract === undefined) throw faults.noContract(id)
    const text = JSON.stringify(manifest)
    if (made.get(id) !== text) await forget(id)
    made.set(id, text)
    const model = (processes[id] ??= engines.open({ engine, folder: join(root, id), contract }))
    return { id, type, model, contract }
  }

  async function forget(id: string): Promise<void> {
    const one = made.has(id) ? processes[id] : undefined
    if (one === undefined) return
    made.delete(id)
    delete processes[id]
    await one.unload()
  }

  async function open(id: string): Promise<OpenedModel> {
    const isKnown = catalogue.some((one) => one.id === id)
    const installed = (await folders.list()).some((one) => one.id === id)
    if (!installed) throw isKnown ? faults.notInstalled(id) : faults.modelMissing(id)
    return await openManifest(await folders.manifest(id))
  }

  /** What is installed for a task: what can run here first, of that the loaded. */
  async function installedFor(task: ModelType): Promise<Manifest[]> {
    const all = (await folders.list()).flatMap(({ manifest }) => manifest ?? [])
    const able = all.filter(({ type, contract }) => type === task && contract !== undefined)
    const rank = ({ id, engine }: Manifest): number =>
      2 * Number(engines.isThere(engine)) + Number(processes[id]?.state === 'loaded')
    return able.toSorted((a, b) => rank(b) - rank(a))
  }

  return {
    /** Every process by its model's id; grows and shrinks. */
    processes: processes as Readonly<Record<string, LocalModel>>,

    /** An installed model. @throws Fault `ai.model-missing`, `ai.not-installed`, `ai.no-engine`, `ai.no-contract`, `ai.manifest` */
    open,

    /**
     * The model that is asked for, or else one that is installed for the task.
     * @throws Faults as `open`, and `ai.wrong-task`, `ai.no-model`
     */
    async openFor<T extends ModelType>(task: T, asked: string | undefined): Promise<OpenedModel<KindsOf[T]>> {
      if (asked !== undefined) {
        const opened = builtIn[asked] === undefined ? await open(asked) : undefined
        if (opened?.type !== task) throw faults.wrongTask(asked, task)
        return ofTask(task, opened)
      }
      const [first] = await installedFor(task)
      if (first === undefined) throw faults.noModel(task, suggestionsFor(task))
      return ofTask(task, await openManifest(first))
    },

    /** One that is installed for the task and can run; undefined where there is none. */
    async findFor<T extends ModelType>(task: T): Promise<OpenedModel<KindsOf[T]> | undefined> {
      const able = (await installedFor(task)).find(({ engine }) => engines.isThere(engine))
      return able === undefined ? undefined : ofTask(task, await openManifest(able))
    },

    /** Why a model cannot run here; null where it can. */
    obstacleTo({ engine, contract }: Pick<Manifest, 'engine' | 'contract'>): Obstacle | null {
      if (!engines.isThere(engine)) return 'no-engine'
      return contract === undefined ? 'no-contract' : null
    },

    /** Ends the process of an installed model, whose files are to change. */
    forget,

    /** Ends all processes. */
    async stop(): Promise<void> {
      await Promise.all(Object.values(processes).map((one) => one.unload()))
    },
  }
}

/** A manifest is only read where its contract suits its type, so that the task tells the kind. */
function ofTask<T extends ModelType>(_task: T, opened: unknown): OpenedModel<KindsOf[T]> {
  return opened as OpenedModel<KindsOf[T]>
}
