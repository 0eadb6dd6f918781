import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** A hold on something named by a file; the kernel lets go of it when this process ends, however it ends. */
export interface FileLock {
  release(): void
}

const SQLITE_BUSY = 5

/**
 * Takes the lock that a file stands for, for this process alone; undefined where another one, or this one, holds it. It
 * is the lock SQLite takes on a file (fcntl): no native code, nothing stale after a kill.
 * @throws what the file system says, where the file cannot be made
 */
export function tryLockFile(path: string): FileLock | undefined {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  let file: DatabaseSync | undefined
  try {
    file = new DatabaseSync(path)
    // Nothing is ever written to it, nor beside it: the open transaction is the lock.
    file.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    const held = file
    return { release: () => held.close() }
  } catch (error) {
    file?.close()
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined
    throw error
  }
}
