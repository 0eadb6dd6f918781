import { createHash } from 'node:crypto'
import { chown, lstat, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { isFault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import { locateBinaries } from './binaries.ts'
import { DATABASE, ROLE, ensureCluster } from './cluster.ts'
import { lockDataDir, unwritable } from './data-dir-lock.ts'
import { endLeftovers } from './leftovers.ts'
import { Postmaster } from './postmaster.ts'
import { chooseRunAs } from './run-as.ts'
import type { RunAs } from './run-as.ts'

/** A running embedded PostgreSQL. */
export interface EmbeddedPostgres {
  /** What a client connects with; `host` is the directory of a Unix socket. */
  readonly connection: {
    readonly host: string
    readonly port: number
    readonly user: string
    readonly database: string
  }
  /** A fast shutdown: transactions under way are rolled back, everything committed is on disk when it returns. */
  stop(): Promise<void>
}

export interface LaunchOptions {
  readonly dataDir: string
  readonly log: Log
  /** Server settings that differ from the usual ones (tests give up durability). */
  readonly settings?: Readonly<Record<string, string>>
}

const PORT = 5432
/** `sun_path` holds 107 bytes on Linux and 103 on macOS. */
const SOCKET_PATH_BYTES = 103

/**
 * Starts PostgreSQL on `dataDir`/postgres, made first where it is missing, and returns when it takes connections. The
 * data directory is held for this process alone. A PostgreSQL that dies is started again, five times a minute at most.
 * Faults: `db.data-dir-in-use`, `db.data-dir-unwritable`, `db.no-binaries`, `db.init-failed`, `db.wrong-version`,
 * `db.start-failed`.
 */
export async function launchPostgres(options: LaunchOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir)
  const lock = await lockDataDir(dataDir)
  try {
    const cluster = join(dataDir, 'postgres')
    const runAs = await chooseRunAs(cluster)
    const binaries = await locateBinaries(runAs)
    await ensureCluster(cluster, binaries, runAs)
    await endLeftovers(cluster, options.log)
    const socket = await chooseSocketDir(cluster, runAs)
    const postgres = new Postmaster({
      ...options,
      cluster,
      binaries,
      runAs,
      socketArgument: socket.argument,
      port: PORT,
    })
    await postgres.start()
    const stop = async (): Promise<void> => {
      await postgres.stop()
      if (socket.temporary) await rm(socket.host, { recursive: true, force: true })
      lock.release()
    }
    let stopped: Promise<void> | undefined
    return {
      connection: { host: socket.host, port: PORT, user: ROLE, database: DATABASE },
      // Once: a second time it would be the next server that is stopped.
      stop: () => (stopped ??= stop()),
    }
  } catch (error) {
    lock.release()
    // What the file system refuses is about the directory; anything else is a bug.
    const refused = !isFault(error) && typeof (error as NodeJS.ErrnoException).syscall === 'string'
    throw refused ? unwritable(dataDir, error) : error
  }
}

/** The PostgreSQL that another process runs on `dataDir`, if it takes connections; stopping it is left to that process. */
export async function findRunning(dataDir: string): Promise<EmbeddedPostgres | undefined> {
  const cluster = join(resolve(dataDir), 'postgres')
  const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const socketDir = lines[4]
  if (lines[7]?.trim() !== 'ready' || socketDir === undefined) return undefined
  return {
    connection: { host: resolve(cluster, socketDir), port: PORT, user: ROLE, database: DATABASE },
    stop: () => Promise.resolve(),
  }
}

interface SocketDir {
  host: string
  argument: string
  temporary: boolean
}

/** The cluster's own directory (0700) holds the socket, unless its path is too long for one. */
async function chooseSocketDir(cluster: string, runAs: RunAs): Promise<SocketDir> {
  if (Buffer.byteLength(join(cluster, `.s.PGSQL.${PORT}`)) <= SOCKET_PATH_BYTES) {
    return { host: cluster, argument: '.', temporary: false }
  }
  const name = join(tmpdir(), `confab-${createHash('sha256').update(cluster).digest('hex').slice(0, 12)}`)
  await mkdir(name, { mode: 0o700 }).catch(() => {})
  const found = await lstat(name).catch(() => undefined)
  const own = process.getuid?.() ?? runAs.uid
  const ours = found?.isDirectory() && (found.uid === own || found.uid === runAs.uid) && (found.mode & 0o077) === 0
  // Somebody else sits on the name: a fresh one, which a crash would leave behind.
  const host = ours ? name : await mkdtemp(`${name}-`)
  if (runAs.switched) await chown(host, runAs.uid, runAs.gid)
  return { host, argument: host, temporary: true }
}
