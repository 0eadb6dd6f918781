import { accessSync, constants } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

/** The program by its path, or by its name in PATH; undefined where it is not, or may not be run. */
export function onPath(name: string): string | undefined {
  const candidates = isAbsolute(name)
    ? [name]
    : (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name))
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** Bytes a child may take: of addresses, or of memory it can write to; 0 for no bound. */
export interface MemoryBound {
  readonly of: 'addresses' | 'data'
  readonly bytes: number
}

/**
 * What is put before a command so that it ends with us and stays within its memory: the small programs of util-linux
 * that are there. Without them it runs as well, less guarded.
 */
export function boundsBefore({ of, bytes }: MemoryBound): string[] {
  const setpriv = onPath('setpriv')
  const prlimit = onPath('prlimit')
  return [
    ...(setpriv === undefined ? [] : [setpriv, '--pdeathsig', 'KILL']),
    ...(prlimit === undefined || bytes === 0 ? [] : [prlimit, `${of === 'addresses' ? '--as' : '--data'}=${bytes}`]),
  ]
}

/** What is put before a command so that it gets the processor after others: by 0 to 19. */
export function politelyBefore(niceness: number): string[] {
  const nice = onPath('nice')
  return nice === undefined ? [] : [nice, '-n', String(niceness)]
}
