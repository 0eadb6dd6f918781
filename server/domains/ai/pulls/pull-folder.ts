import { mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Validator } from '#kernel/outbound-download.ts'
import { isModelId } from '../manifest.ts'
import type { PullProgress } from '#contracts/schemas/ai.ts'
import type { KnownModel } from '../known-model.ts'

/** A download as it is written down beside what has come of it, so that any process, and a later one, can go on. */
export interface PullRecord {
  readonly model: KnownModel
  readonly state: 'downloading' | 'cancelled' | 'failed'
  readonly reason: string | null
  /** Milliseconds since 1970; a download under way writes itself down every second. */
  readonly writtenAt: number
  readonly validators: Readonly<Record<string, Validator>>
  readonly progress: PullProgress
}

/** The folders of downloads under a folder of models. */
export interface PullFolders {
  /** Where the parts of a model's files are. */
  filesOf(id: string): string
  read(id: string): Promise<PullRecord | undefined>
  /** Whole or not at all. */
  write(id: string, record: PullRecord): Promise<void>
  list(): Promise<string[]>
  remove(id: string): Promise<void>
}

/** Downloads in `.pulls` of `root`, a folder each. */
export function createPullFolders(root: string): PullFolders {
  const folderOf = (id: string): string => join(root, '.pulls', id)
  return {
    filesOf: (id) => join(folderOf(id), 'files'),

    read: async (id) => {
      const text = await readFile(join(folderOf(id), 'pull.json'), 'utf8').catch(() => undefined)
      if (text === undefined) return undefined
      try {
        return JSON.parse(text) as PullRecord
      } catch {
        // Half of a disk's last moment: the parts are there, and a new download finds them.
        return undefined
      }
    },

    write: async (id, record) => {
      const folder = folderOf(id)
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const fresh = join(folder, 'pull.json.new')
      const file = await open(fresh, 'w', 0o600)
      try {
        await file.writeFile(JSON.stringify(record))
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(fresh, join(folder, 'pull.json'))
    },

    list: async () => (await readdir(join(root, '.pulls')).catch(() => [])).filter(isModelId).toSorted(),

    remove: (id) => rm(folderOf(id), { recursive: true, force: true }),
  }
}
