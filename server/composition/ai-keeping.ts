import { mkdir, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { unpackArchive } from '#adapters/ai/archives.ts'
import { createKeeping, manifestToFetch } from '#domains/ai/keeping.ts'
import type { Keeping } from '#domains/ai/keeping.ts'
import { createModelFolders } from '#domains/ai/model-folders.ts'
import { createModelLocks } from '#domains/ai/model-locks.ts'
import type { Downloader } from '#domains/ai/ports.ts'
import { createPulls } from '#domains/ai/pulls/pulls.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Log } from '#kernel/log.ts'
import { downloadOutbound } from '#kernel/outbound-download.ts'
import type { Config } from '../config.ts'

const MIB = 1024 * 1024
const TRIES = 8
const RETRY_MS = 1_000
const HUGGING_FACE = 'https://huggingface.co'

/** Wires what keeps the models of a data directory: for the server, and for `confab models` beside it. */
export function createModelKeeping(parts: {
  core: Config['core']
  ai: Config['ai']
  clock: Clock
  log: Log
  onChange(id: string): void
}): Keeping {
  const { core, ai, clock, log } = parts
  const root = join(core.dataDir, 'models')
  const mostBytes = ai.modelMiB * MIB
  const locks = createModelLocks(root)
  const folders = createModelFolders({ root, imports: join(core.dataDir, 'model-imports'), locks })
  const downloader: Downloader = {
    download: (work) =>
      downloadOutbound({
        ...work,
        url: mirrored(work.url, ai.huggingFaceUrl),
        allowPrivate: core.fetchPrivate,
        stallMs: ai.modelStallSeconds * 1000,
        tries: TRIES,
        retryMs: RETRY_MS,
      }),
    freeBytes: async (folder) => {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const { bavail, bsize } = await statfs(folder)
      return bavail * bsize
    },
  }
  const pulls = createPulls({
    root,
    locks,
    downloader,
    clock,
    log,
    mostBytes,
    manifestOf: (id) => manifestToFetch(folders, id),
    isWhole: async (id) => {
      const installed = await folders.list()
      if (!installed.some((one) => one.id === id && one.manifest !== undefined)) return false
      return (await folders.verify(id)).length === 0
    },
    onChange: parts.onChange,
  })
  return createKeeping({ root, folders, locks, pulls, unpack: unpackArchive, mostBytes, onChange: parts.onChange })
}

const mirrored = (url: string, mirror: string): string =>
  url.startsWith(`${HUGGING_FACE}/`) ? mirror + url.slice(HUGGING_FACE.length) : url
