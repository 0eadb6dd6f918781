import { execFile } from 'node:child_process'
import { readFile, readdir, readlink, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Log } from '#kernel/log.ts'

const run = promisify(execFile)

/** How long a PostgreSQL left behind may take over its fast shutdown, then over its immediate one. */
const FAST_MS = 30_000
const IMMEDIATE_MS = 5_000

/**
 * Ends whatever an earlier server left running on `cluster` and removes the lock files that then speak of nobody. To be
 * called under the data directory's lock, so that every process found is an orphan. Nothing committed is lost: the
 * postmaster is asked for a fast shutdown first, and what follows is what a crash would be.
 */
export async function endLeftovers(cluster: string, log: Log): Promise<void> {
  const pidFile = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => undefined)
  if (pidFile === undefined) return
  const postmaster = Number.parseInt(pidFile, 10)
  const steps = [
    { signal: 'SIGINT', only: postmaster, ms: FAST_MS },
    { signal: 'SIGQUIT', only: undefined, ms: IMMEDIATE_MS },
    { signal: 'SIGKILL', only: undefined, ms: IMMEDIATE_MS },
  ] as const
  for (const { signal, only, ms } of steps) {
    const found = await processesOn(cluster, postmaster)
    if (found.length === 0) break
    log.warn({ pids: found, signal }, 'ending a PostgreSQL that an earlier server left behind')
    for (const pid of found) if (only === undefined || only === pid) send(pid, signal)
    // Without its postmaster nobody is there to pass a fast shutdown on.
    if (only !== undefined && !found.includes(only)) continue
    const deadline = Date.now() + ms
    while (Date.now() < deadline && (await processesOn(cluster, postmaster)).length > 0) await delay(20)
  }
  await rm(join(cluster, 'postmaster.pid'), { force: true })
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // Gone since it was listed.
  }
}

/** Process ids that run on `cluster`: every PostgreSQL process makes it its working directory. */
async function processesOn(cluster: string, postmaster: number): Promise<number[]> {
  if (process.platform !== 'linux') return (await isPostmasterOf(postmaster, cluster)) ? [postmaster] : []
  const home = await realpath(cluster)
  const found: number[] = []
  for (const name of await readdir('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid) || pid === process.pid) continue
    const cwd = await readlink(`/proc/${name}/cwd`).catch(() => undefined)
    if (cwd !== home) continue
    // Somebody's shell standing in the directory, or our own watchdog, is no PostgreSQL.
    const command = await readFile(`/proc/${name}/comm`, 'utf8').catch(() => '')
    if (command.trim() === 'postgres') found.push(pid)
  }
  return found
}

async function isPostmasterOf(pid: number, cluster: string): Promise<boolean> {
  const shown = await run('ps', ['-o', 'command=', '-p', String(pid)], { timeout: 5_000 }).catch(() => undefined)
  return shown?.stdout.includes(cluster) ?? false
}
