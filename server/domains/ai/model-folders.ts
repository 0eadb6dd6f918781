import { copyFile, lstat, mkdir, readFile, readdir, realpath, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { randomToken } from '#kernel/ids.ts'
import { sha256OfFile } from '#kernel/outbound-download.ts'
import { faults } from './faults.ts'
import { readKnownModel } from './known-model.ts'
import type { KnownModel } from './known-model.ts'
import type { ModelLocks } from './model-locks.ts'
import { readManifest } from './manifest.ts'
import type { Manifest } from './manifest.ts'

const MOST_MANIFEST_BYTES = 1024 * 1024

/** A model's folder: its manifest, or why that cannot be used. */
export interface Installed {
  readonly id: string
  readonly manifest: Manifest | undefined
  readonly problem: string | null
}

/** A file that is not as its manifest says. */
export interface Problem {
  readonly path: string
  readonly problem: 'missing' | 'size' | 'sha256' | 'link'
}

/** What is wrong with a file, after its name. */
export const PROBLEMS: Readonly<Record<Problem['problem'], string>> = {
  missing: 'is missing',
  size: 'has another size than its manifest says',
  sha256: 'has another SHA-256 than its manifest says',
  link: 'is a link, or no plain file',
}

/** The models in a folder, one folder each, and another folder that operators lay new ones into. */
export interface ModelFolders {
  list(): Promise<Installed[]>
  /** @throws Fault `ai.manifest`, `ai.model-missing` */
  manifest(id: string): Promise<Manifest>
  /** Hashes every file. */
  verify(id: string): Promise<Problem[]>
  /**
   * Copies a model in, whole or not at all: it is hashed before the rename that makes it one.
   * @throws Fault `ai.import-missing`, `ai.manifest`, `ai.installed`, `ai.occupied`
   */
  import(folder: string): Promise<Manifest>
  /** The same from any folder; `move` leaves nothing there. */
  takeOver(from: string, options?: { move?: boolean }): Promise<Manifest>
  /** A manifest among what operators laid in, whose files need not be there; undefined where there is none. */
  laidIn(id: string): Promise<KnownModel | undefined>
  /** Deletes a model's files. @throws Fault `ai.model-missing` */
  remove(id: string): Promise<void>
}

/** Model folders in `root`; new ones come from `imports`. */
export function createModelFolders({
  root,
  imports,
  locks,
}: {
  root: string
  imports: string
  locks: ModelLocks
}): ModelFolders {
  const folders: ModelFolders = {
    list: async () => {
      const entries = await readdir(root, { withFileTypes: true }).catch(() => [])
      const ids = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name)
      return await Promise.all(
        ids.toSorted().map(async (id) => {
          try {
            return { id, manifest: await folders.manifest(id), problem: null }
          } catch (error) {
            return { id, manifest: undefined, problem: (error as Error).message }
          }
        }),
      )
    },

    manifest: async (id) => {
      const text = await manifestText(join(root, id))
      if (text === undefined) throw faults.modelMissing(id)
      const manifest = readManifest(text)
      if (manifest.id !== id) throw faults.manifest(`it is of ${manifest.id} and lies in ${id}`)
      return manifest
    },

    verify: async (id) => problemsOf(join(root, id), await folders.manifest(id)),

    import: (name) => folders.takeOver(join(imports, name)),

    laidIn: async (id) => {
      const text = await manifestText(join(imports, id))
      if (text === undefined) return undefined
      const model = readKnownModel(text)
      if (model.id !== id) throw faults.manifest(`it is of ${model.id} and lies in ${id}`)
      return model
    },

    remove: async (id) => {
      const gone = join(root, `.${id}-${randomToken(8)}`)
      try {
        // Gone for everybody at once, then bit by bit.
        await rename(join(root, id), gone)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw faults.modelMissing(id)
        throw error
      }
      await rm(gone, { recursive: true, force: true })
    },

    takeOver: async (from, { move = false } = {}) => {
      const text = await manifestText(from)
      if (text === undefined) {
        throw (await exists(from))
          ? faults.manifest('there is none in the folder')
          : faults.importMissing(basename(from))
      }
      const manifest = readManifest(text)
      const to = join(root, manifest.id)
      if (await exists(to)) throw faults.installed(manifest.id)
      refuse(await problemsOf(from, manifest, { hash: false }))
      const fresh = join(root, `.${manifest.id}-${randomToken(8)}`)
      await locks.alone(manifest.id, async () => {
        try {
          await mkdir(fresh, { recursive: true, mode: 0o700 })
          for (const path of ['model.json', ...manifest.files.map((file) => file.path)]) {
            await mkdir(dirname(join(fresh, path)), { recursive: true, mode: 0o700 })
            await (move ? rename : copyFile)(join(from, path), join(fresh, path))
          }
          refuse(await problemsOf(fresh, manifest))
          await rename(fresh, to)
        } finally {
          await rm(fresh, { recursive: true, force: true })
        }
      })
      return manifest
    },
  }
  return folders
}

async function manifestText(folder: string): Promise<string | undefined> {
  const path = join(folder, 'model.json')
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined || !found.isFile() || found.size > MOST_MANIFEST_BYTES) return undefined
  return await readFile(path, 'utf8')
}

async function problemsOf(folder: string, { files }: Manifest, { hash = true } = {}): Promise<Problem[]> {
  const problems: Problem[] = []
  const base = await realpath(folder)
  for (const { path, bytes, sha256 } of files) {
    const full = join(folder, path)
    const found = await lstat(full).catch(() => undefined)
    if (found === undefined) problems.push({ path, problem: 'missing' })
    // A link may lead anywhere, also by a folder on the way.
    else if (!found.isFile() || !(await realpath(full)).startsWith(base + sep)) problems.push({ path, problem: 'link' })
    else if (found.size !== bytes) problems.push({ path, problem: 'size' })
    else if (hash && (await sha256OfFile(full)) !== sha256) problems.push({ path, problem: 'sha256' })
  }
  return problems
}

function refuse(problems: readonly Problem[]): void {
  const [first] = problems
  if (first !== undefined) throw faults.manifest(`${first.path} ${PROBLEMS[first.problem]}`)
}

const exists = async (path: string): Promise<boolean> => (await lstat(path).catch(() => undefined)) !== undefined
