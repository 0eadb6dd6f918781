import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { randomToken } from '#kernel/ids.ts'
import { catalogue } from './catalogue.ts'
import { faults } from './faults.ts'
import type { KnownModel } from './known-model.ts'
import type { Manifest } from './manifest.ts'
import type { ModelFolders, Problem } from './model-folders.ts'
import type { ModelLocks } from './model-locks.ts'
import type { Unpacker } from './ports.ts'
import type { Pulls } from './pulls/pulls.ts'

export interface KeepingParts {
  /** The folder of models. */
  readonly root: string
  readonly folders: ModelFolders
  readonly locks: ModelLocks
  readonly pulls: Pulls
  readonly unpack: Unpacker
  readonly mostBytes: number
  /** Told when a model came or went. */
  onChange(id: string): void
}

/** Bringing models to this machine and taking them away, the same for the server and for a command beside it. */
export type Keeping = ReturnType<typeof createKeeping>

/** Most files of one model. */
const MOST_FILES = 1_000

/** Keeps the models of a data directory. */
export function createKeeping({ root, folders, locks, pulls, unpack, mostBytes, onChange }: KeepingParts) {
  const told = (manifest: Manifest): Manifest => {
    onChange(manifest.id)
    return manifest
  }
  return {
    folders,
    pulls,

    /** From what operators laid into `model-imports`. @throws Fault `ai.import-missing`, `ai.manifest`, `ai.installed`, `ai.occupied` */
    importLaidIn: async (name: string): Promise<Manifest> => told(await folders.import(name)),

    /** From any folder with a `model.json`. @throws as `importLaidIn` */
    importFolder: async (path: string): Promise<Manifest> => told(await folders.takeOver(path)),

    /** From an archive with a `model.json` in it, or in its one folder. @throws as `importLaidIn`, Fault `ai.archive` */
    async importArchive(path: string): Promise<Manifest> {
      const work = join(root, `.unpack-${randomToken(8)}`)
      await mkdir(work, { recursive: true, mode: 0o700 })
      try {
        await unpack(path, work, { mostBytes, mostFiles: MOST_FILES })
        return told(await folders.takeOver(await folderWithManifest(work), { move: true }))
      } finally {
        await rm(work, { recursive: true, force: true })
      }
    },

    /** @throws Fault `ai.model-missing`, `ai.manifest` */
    verify: (id: string): Promise<Problem[]> => folders.verify(id),

    /** Deletes an installed model, and what a download left. @throws Fault `ai.model-missing`, `ai.occupied` */
    async remove(id: string): Promise<void> {
      await pulls.cancel(id)
      await locks.alone(id, async () => {
        const left = await pulls.view(id)
        await pulls.discard(id)
        await folders.remove(id).catch((error: unknown) => {
          if (left === undefined) throw error
        })
      })
      onChange(id)
    },
  }
}

/** Where `model.json` is: at the top, or in the only folder there. */
async function folderWithManifest(work: string): Promise<string> {
  const entries = await readdir(work, { withFileTypes: true })
  if (entries.some(({ name }) => name === 'model.json')) return work
  const [only, ...others] = entries
  if (only === undefined || others.length > 0 || !only.isDirectory()) {
    throw faults.archive('there is no model.json at its top, or in its only folder')
  }
  return join(work, only.name)
}

/**
 * What is to be fetched for a model: what operators laid in goes before the catalogue, and the manifest of an installed
 * model serves where there is no other.
 * @throws Fault `ai.model-missing`, `ai.manifest`
 */
export async function manifestToFetch(folders: ModelFolders, id: string): Promise<KnownModel> {
  return (await folders.laidIn(id)) ?? catalogue.find((model) => model.id === id) ?? (await folders.manifest(id))
}
