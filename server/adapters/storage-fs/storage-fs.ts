import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Received, Storage } from '#domains/media/ports.ts'
import { collectYoung } from '#kernel/collect-young.ts'
import { copyTo } from '#kernel/copy-to.ts'
import { Fault } from '#kernel/fault.ts'

/** Written at once: fewer trips to the thread pool than a network chunk each. */
const BATCH_BYTES = 1024 * 1024
/** What is seen before a limit is chosen. */
const HEAD_BYTES = 4_100
/** Left free for the database, which must not be what fails on a full disk. */
const RESERVE_BYTES = 128 * 1024 * 1024
/** Buffers of what arrived are freed this often. */
const COLLECT_AFTER_BYTES = 8 * BATCH_BYTES
const READ_BYTES = 64 * 1024
/** Younger files may belong to a row that is just being written. */
const SWEEP_AGE_MS = 60 * 60_000
const SWEEP_BATCH = 500

/**
 * Files in `folder`: `kept/ab/abcd…` for what is kept, `incoming` for what arrives, `work` for jobs,
 * `recordings` for tracks. A kept file was
 * written whole, synced, and then renamed; it never changes.
 */
export function createFileStorage(folder: string): Storage {
  const kept = join(folder, 'kept')
  const incoming = join(folder, 'incoming')
  const work = join(folder, 'work')
  const workshops = join(folder, 'recordings')
  const pathOf = (key: string): string => join(kept, key.slice(0, 2), key)

  const adopt = async (path: string): Promise<string> => {
    const key = randomUUID()
    const to = pathOf(key)
    try {
      const made = await mkdir(dirname(to), { recursive: true })
      await syncFile(path)
      await rename(path, to)
      await syncFolder(dirname(to))
      if (made !== undefined) await syncFolder(kept)
    } catch (error) {
      throw fullOr(error)
    }
    return key
  }

  return {
    start: async () => {
      await Promise.all([kept, incoming, work].map((path) => mkdir(path, { recursive: true, mode: 0o700 })))
      await Promise.all([empty(incoming), empty(work)])
    },

    receive: async (source, checks) => {
      await requireRoom(folder)
      const path = join(incoming, randomUUID())
      const file = await open(path, 'wx', 0o600)
      let size = 0
      let isKept = false
      const discard = async (): Promise<void> => {
        if (!isKept) await rm(path, { force: true })
      }
      try {
        size = await writeAll(file, source, checks, folder)
        await file.close()
      } catch (error) {
        await file.close().catch(() => {})
        await discard()
        throw fullOr(error)
      }
      const received: Received = {
        size,
        path,
        discard,
        keep: async () => {
          const key = await adopt(path)
          isKept = true
          return key
        },
      }
      return received
    },

    adopt,

    open: async (key) => {
      let file: FileHandle
      try {
        file = await open(pathOf(key), 'r')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
      return {
        stream: () => file.createReadStream({ highWaterMark: READ_BYTES }),
        sendTo: async (sink, range) => {
          try {
            await copyTo(sink, file, range)
          } finally {
            await file.close()
          }
        },
        close: () => file.close(),
      }
    },

    sizeOf: async (key) => (await stat(pathOf(key)).catch(() => undefined))?.size,
    pathOf,
    remove: (key) => rm(pathOf(key), { force: true }),

    scratch: async () => {
      await requireRoom(folder)
      const own = join(work, randomUUID())
      await mkdir(own, { recursive: true, mode: 0o700 })
      return { folder: own, remove: () => rm(own, { recursive: true, force: true }) }
    },

    workshop: async (name) => {
      await requireRoom(folder)
      const own = join(workshops, name)
      await mkdir(own, { recursive: true, mode: 0o700 })
      return { folder: own, remove: () => rm(own, { recursive: true, force: true }) }
    },

    removeWorkshop: (name) => rm(join(workshops, name), { recursive: true, force: true }),
    demandRoom: () => requireRoom(folder),

    sweep: async (areKnown) => {
      let removed = 0
      for (const prefix of await readdir(kept)) {
        const old: string[] = []
        for (const key of await readdir(join(kept, prefix))) {
          const found = await stat(pathOf(key)).catch(() => undefined)
          if (found !== undefined && Date.now() - found.ctimeMs > SWEEP_AGE_MS) old.push(key)
        }
        for (let at = 0; at < old.length; at += SWEEP_BATCH) {
          const batch = old.slice(at, at + SWEEP_BATCH)
          const known = await areKnown(batch)
          for (const key of batch.filter((one) => !known.has(one))) {
            await rm(pathOf(key), { force: true })
            removed++
          }
        }
      }
      return removed
    },
  }
}

async function writeAll(
  file: FileHandle,
  source: AsyncIterable<Buffer>,
  checks: { limitFor(head: Buffer): Promise<number>; onTooLarge(): Error },
  folder: string,
): Promise<number> {
  let batch: Buffer[] = []
  let batched = 0
  let size = 0
  let limit: number | undefined
  let uncollected = 0
  let writing: Promise<void> = Promise.resolve()
  /** Hands the batch to the disk once it took the one before; meanwhile the next one comes. */
  const flush = async (): Promise<void> => {
    await writing
    const full = batch
    batch = []
    batched = 0
    writing = writeWhole(file, full)
    // Awaited by the next flush; a failure in between is no unhandled one.
    writing.catch(() => {})
  }
  for await (const chunk of source) {
    batch.push(chunk)
    batched += chunk.length
    size += chunk.length
    if (limit === undefined && size >= HEAD_BYTES) limit = await checks.limitFor(Buffer.concat(batch))
    if (limit !== undefined && size > limit) throw checks.onTooLarge()
    if (limit !== undefined && batched >= BATCH_BYTES) {
      await flush()
      uncollected += BATCH_BYTES
      if (uncollected >= COLLECT_AFTER_BYTES) {
        uncollected = 0
        collectYoung()
      }
      if (size % (64 * BATCH_BYTES) < BATCH_BYTES) await requireRoom(folder)
    }
  }
  if (limit === undefined && size > (await checks.limitFor(Buffer.concat(batch)))) throw checks.onTooLarge()
  await flush()
  await writing
  return size
}

/** A short write happens when the disk is nearly full; the rest says so. */
async function writeWhole(file: FileHandle, buffers: readonly Buffer[]): Promise<void> {
  for (let rest = buffers; rest.length > 0;) {
    const { bytesWritten } = await file.writev(rest)
    rest = after(rest, bytesWritten)
  }
}

/** What is left of `buffers` after `written` bytes of them. */
function after(buffers: readonly Buffer[], written: number): Buffer[] {
  const rest: Buffer[] = []
  let skip = written
  for (const buffer of buffers) {
    if (skip >= buffer.length) skip -= buffer.length
    else {
      rest.push(skip === 0 ? buffer : buffer.subarray(skip))
      skip = 0
    }
  }
  return rest
}

async function requireRoom(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize < RESERVE_BYTES) throw diskFull()
}

function fullOr(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOSPC' || code === 'EDQUOT' ? diskFull(error) : error
}

function diskFull(cause?: unknown): Fault {
  return new Fault('unavailable', 'media.disk-full', 'There is no room left on the server’s disk', { cause })
}

async function empty(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true })
}

const syncFolder = (folder: string): Promise<void> => syncFile(folder, 'r')

async function syncFile(path: string, flags = 'r+'): Promise<void> {
  const handle = await open(path, flags)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
