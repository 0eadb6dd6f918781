import { spawn } from 'node:child_process'
import { chown, mkdir, mkdtemp, open, readFile, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Fault } from '#kernel/fault.ts'
import type { Binaries } from './binaries.ts'
import type { RunAs } from './run-as.ts'

/** The role and the database the server uses; the superuser, whose database has its name, is for making them, and for tests. */
export const ROLE = 'confab'
export const DATABASE = 'confab'
export const SUPERUSER = 'postgres'

/** The PostgreSQL major version a cluster must have been made by. */
const MAJOR = '18'
const INIT_TIMEOUT_MS = 120_000

/**
 * On Linux PostgreSQL is started with the cluster as its working directory and told to find it there. So it runs where
 * its user could not walk to by name (`/root/confab/data`), and no path is too long for it.
 */
export function clusterArgument(cluster: string): string {
  return process.platform === 'linux' ? '/proc/self/cwd' : cluster
}

/** What a PostgreSQL program sees of our environment: nothing that could change its language or its behaviour. */
export const PROGRAM_ENV: Readonly<Record<string, string>> = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

/**
 * Makes the cluster with our role and database in it, unless it is there. All or nothing: it is made beside its place,
 * flushed to disk, and renamed into it. Faults: `db.init-failed`, `db.wrong-version`.
 */
export async function ensureCluster(cluster: string, binaries: Binaries, runAs: RunAs): Promise<void> {
  const version = (await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => '')).trim()
  if (version === MAJOR) return
  if (version !== '') {
    throw new Fault(
      'unavailable',
      'db.wrong-version',
      `The database in ${cluster} was made by PostgreSQL ${version}; this release of Confab needs ${MAJOR}. Start the release that made it, or move the data over with pg_dump.`,
    )
  }
  const parent = dirname(cluster)
  await mkdir(parent, { recursive: true, mode: 0o700 })
  for (const name of await readdir(parent)) {
    if (name.startsWith('postgres.new-')) await rm(join(parent, name), { recursive: true, force: true, maxRetries: 5 })
  }
  const fresh = await mkdtemp(join(parent, 'postgres.new-'))
  if (runAs.switched) await chown(fresh, runAs.uid, runAs.gid)
  const where = ['-D', clusterArgument(fresh)]
  await runProgram(
    binaries.initdb,
    [
      ...where,
      `--username=${SUPERUSER}`,
      '--auth=trust',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
    ],
    fresh,
    runAs,
  )
  // Single-user mode gives numbers below 16,384, which tools take for the system's own.
  await runProgram(
    binaries.postgres,
    ['--single', ...where, '-c', 'exit_on_error=on', 'postgres'],
    fresh,
    runAs,
    `CREATE ROLE ${ROLE} LOGIN;\nCREATE DATABASE ${DATABASE} OWNER ${ROLE} OID 16384;\n`,
  )
  await rename(fresh, cluster)
  const directory = await open(parent)
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

async function runProgram(
  program: string,
  args: readonly string[],
  cwd: string,
  runAs: RunAs,
  input = '',
): Promise<void> {
  const child = spawn(program, args, {
    cwd,
    env: PROGRAM_ENV,
    stdio: 'pipe',
    timeout: INIT_TIMEOUT_MS,
    killSignal: 'SIGKILL',
    ...(runAs.switched ? { uid: runAs.uid, gid: runAs.gid } : {}),
  })
  let said = ''
  child.stdout.resume()
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2_000)))
  child.stdin.on('error', () => {}) // it ended before it read us: its exit says why
  child.stdin.end(input)
  const outcome = await new Promise<number | NodeJS.Signals | Error | null>((resolve) => {
    child.once('error', resolve)
    child.once('close', (code, signal) => resolve(code ?? signal))
  })
  if (outcome === 0) return
  throw new Fault(
    'unavailable',
    'db.init-failed',
    `The embedded database could not be made: ${lastLine(said, outcome)}`,
    {
      cause: outcome instanceof Error ? outcome : new Error(said),
    },
  )
}

function lastLine(said: string, outcome: unknown): string {
  const lines = said.split('\n').filter((line) => /error|fatal|panic/i.test(line))
  return lines.at(-1)?.trim() ?? `its program ended with ${String(outcome)}`
}
