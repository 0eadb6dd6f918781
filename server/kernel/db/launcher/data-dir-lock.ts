import { constants } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '#kernel/fault.ts'
import { tryLockFile } from '#kernel/file-lock.ts'
import type { FileLock } from '#kernel/file-lock.ts'

/** A hold on a data directory; the kernel lets go of it when this process ends, however it ends. */
export interface DataDirLock {
  release(): void
}

/**
 * Makes `dataDir` and takes it for this process alone, for as long as the process lives or until released. The lock is
 * the one SQLite takes on a file (fcntl): it needs no native code, leaves nothing stale behind, has no limit on the
 * length of the path, and holds between containers that share the directory.
 * Faults: `db.data-dir-in-use`, `db.data-dir-unwritable`.
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  let lock: FileLock | undefined
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    // Asked first for the system's own reason; SQLite would say that it is unable to open a file.
    await access(dataDir, constants.W_OK | constants.X_OK)
    lock = tryLockFile(join(dataDir, 'server.lock'))
  } catch (cause) {
    throw unwritable(dataDir, cause)
  }
  if (lock !== undefined) return lock
  throw new Fault(
    'conflict',
    'db.data-dir-in-use',
    `The data directory ${dataDir} is in use by another Confab server; stop it first, or give this one a directory of its own.`,
  )
}

/** The fault for a data directory that cannot be made or written, with the system's reason in it. */
export function unwritable(dataDir: string, cause: unknown): Fault {
  const code = (cause as NodeJS.ErrnoException).code
  const reasons: Record<string, string> = {
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EROFS: 'the file system is read-only',
    ENOSPC: 'the disk is full',
    ENOTDIR: 'a part of the path is not a directory',
    EEXIST: 'it is not a directory',
  }
  const reason = reasons[code ?? ''] ?? (cause instanceof Error ? cause.message : String(cause))
  return new Fault(
    'unavailable',
    'db.data-dir-unwritable',
    `The data directory ${dataDir} cannot be written: ${reason}.`,
    {
      cause,
    },
  )
}
