import { join } from 'node:path'
import { tryLockFile } from '#kernel/file-lock.ts'
import type { FileLock } from '#kernel/file-lock.ts'
import { faults } from './faults.ts'

/** Who works on the files of a model: the server, or a command beside it; one at a time. */
export interface ModelLocks {
  /** Held until released, or until the process ends. @throws Fault `ai.occupied` */
  take(id: string): FileLock
  /** Holds it while `work` runs. @throws Fault `ai.occupied` */
  alone<T>(id: string, work: () => Promise<T>): Promise<T>
}

/** Locks in `.locks` of a folder of models. */
export function createModelLocks(root: string): ModelLocks {
  const take = (id: string): FileLock => {
    const lock = tryLockFile(join(root, '.locks', id))
    if (lock === undefined) throw faults.occupied(id)
    return lock
  }
  return {
    take,
    alone: async (id, work) => {
      const lock = take(id)
      try {
        return await work()
      } finally {
        lock.release()
      }
    },
  }
}
