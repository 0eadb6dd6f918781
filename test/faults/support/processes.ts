import { readFile, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'

/** A process found on a machine with /proc. */
export interface FoundProcess {
  readonly pid: number
  readonly command: string
}

/** Every process whose working directory lies in `directory`: the postmaster, its children, its watchdog. */
export async function processesIn(directory: string): Promise<FoundProcess[]> {
  const found: FoundProcess[] = []
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const cwd = await readlink(`/proc/${name}/cwd`).catch(() => '')
    if (!cwd.startsWith(directory)) continue
    const command = await readFile(`/proc/${name}/comm`, 'utf8').catch(() => '')
    if (command !== '') found.push({ pid: Number(name), command: command.trim() })
  }
  return found
}

/** The postmaster of a data directory, by the file it keeps. */
export async function postmasterOf(dataDir: string): Promise<number> {
  return Number.parseInt(await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10)
}

/** Kills at once; a process that is gone already is fine. */
export function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
