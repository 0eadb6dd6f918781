import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chown, lstat, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { Fault, isFault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import { locateBinaries } from './binaries.ts'
import type { Binaries } from './binaries.ts'
import { DATABASE, PROGRAM_ENV, ROLE, clusterArgument, ensureCluster } from './cluster.ts'
import { lockDataDir, unwritable } from './data-dir-lock.ts'
import { endLeftovers } from './leftovers.ts'
import { chooseRunAs } from './run-as.ts'
import type { RunAs } from './run-as.ts'
import { settingArguments } from './settings.ts'

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
const START_TIMEOUT_MS = 120_000
const STOP_TIMEOUT_MS = 30_000
/** `sun_path` holds 107 bytes on Linux and 103 on macOS. */
const SOCKET_PATH_BYTES = 103
const RESTARTS = 5
const RESTART_WINDOW_MS = 60_000

/**
 * Stands between us and the postmaster: reads from a pipe that we hold the other end of, and when that end closes,
 * because we closed it or because we died, asks for a fast shutdown and stays until it is done.
 */
const WATCHDOG = `
trap '' INT TERM HUP
"$@" </dev/null &
postmaster=$!
read -r _
kill -INT "$postmaster"
wait "$postmaster"
`

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
    const postgres = new Postmaster({ ...options, cluster, binaries, runAs, socketArgument: socket.argument })
    await postgres.start()
    return {
      connection: { host: socket.host, port: PORT, user: ROLE, database: DATABASE },
      stop: async () => {
        await postgres.stop()
        if (socket.temporary) await rm(socket.host, { recursive: true, force: true })
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw isFault(error) ? error : unwritable(dataDir, error)
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

interface PostmasterOptions extends LaunchOptions {
  readonly cluster: string
  readonly binaries: Binaries
  readonly runAs: RunAs
  readonly socketArgument: string
}

/** One postmaster and its watchdog, kept running until stopped. */
class Postmaster {
  readonly #options: PostmasterOptions
  #watchdog: ChildProcess | undefined
  #gone: Promise<void> = Promise.resolve()
  #ready = false
  #watched = false
  #stopping = false
  #restarting: Promise<void> | undefined
  #starts: number[] = []
  #lastWords = ''

  constructor(options: PostmasterOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    const { cluster, binaries, runAs, settings, socketArgument } = this.#options
    const watchdog = spawn(
      '/bin/sh',
      [
        '-c',
        WATCHDOG,
        'confab-postgres',
        binaries.postgres,
        '-D',
        clusterArgument(cluster),
        ...settingArguments({ ...settings, unix_socket_directories: socketArgument, port: String(PORT) }),
      ],
      {
        cwd: cluster,
        env: PROGRAM_ENV,
        // A session of its own, so that Ctrl-C in a terminal reaches us alone and we can drain first.
        detached: true,
        stdio: ['pipe', 'ignore', 'pipe'],
        ...(runAs.switched ? { uid: runAs.uid, gid: runAs.gid } : {}),
      },
    )
    this.#watchdog = watchdog
    this.#ready = false
    this.#watched = true
    watchdog.once('exit', () => (this.#watched = false))
    watchdog.stdin?.on('error', () => {}) // the watchdog is gone: `close` below says so
    const lines = createInterface({ input: watchdog.stderr! })
    lines.on('line', (line) => this.#hear(line))
    // Every PostgreSQL process holds our end's other side, so this closes when the last of them is gone.
    lines.once('close', () => watchdog.stdin?.end())
    this.#gone = new Promise((done) => {
      watchdog.once('error', (error) => {
        this.#lastWords = error.message
        done()
      })
      watchdog.once('close', () => done())
    })
    void this.#gone.then(() => this.#afterExit())
    await this.#becomeReady()
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await this.#restarting
    this.#watchdog?.stdin?.end()
    // A watchdog that was killed passes nothing on, so there is nothing to wait for.
    if (this.#watched) {
      const timeout = new AbortController()
      const late = delay(STOP_TIMEOUT_MS, undefined, { signal: timeout.signal }).catch(() => {})
      await Promise.race([this.#gone, late])
      timeout.abort()
    }
    // Normally a look at a file that is not there; otherwise the watchdog was killed, or the shutdown hangs.
    await endLeftovers(this.#options.cluster, this.#options.log)
  }

  async #becomeReady(): Promise<void> {
    const watchdog = this.#watchdog
    const deadline = Date.now() + START_TIMEOUT_MS
    const exited = () => watchdog?.exitCode !== null || watchdog.signalCode !== null
    while (!exited() && Date.now() < deadline) {
      const pidFile = await readFile(join(this.#options.cluster, 'postmaster.pid'), 'utf8').catch(() => '')
      // Line 8 is the state that PostgreSQL publishes for pg_ctl.
      if (pidFile.split('\n')[7]?.trim() === 'ready') {
        this.#ready = true
        return
      }
      await delay(5)
    }
    watchdog?.stdin?.end()
    await this.#gone
    throw new Fault(
      'unavailable',
      'db.start-failed',
      exited()
        ? `The embedded database did not start: ${this.#lastWords || 'it ended without a word'}`
        : `The embedded database was not ready within ${START_TIMEOUT_MS / 1000} s.`,
    )
  }

  #afterExit(): void {
    // One that never was ready is the failure of its own start.
    if (this.#stopping || !this.#ready) return
    this.#ready = false
    this.#restarting = this.#startAgain()
  }

  async #startAgain(): Promise<void> {
    const { cluster, log } = this.#options
    while (!this.#stopping && !this.#ready) {
      const now = Date.now()
      this.#starts = [...this.#starts.filter((at) => at > now - RESTART_WINDOW_MS), now]
      if (this.#starts.length > RESTARTS) {
        log.fatal({ lastWords: this.#lastWords }, 'the embedded database keeps ending and is given up')
        return
      }
      log.error({ lastWords: this.#lastWords }, 'the embedded database ended and is started again')
      try {
        await endLeftovers(cluster, log)
        await this.start()
      } catch (error) {
        log.error({ err: error }, 'the embedded database did not start again')
      }
    }
  }

  #hear(line: string): void {
    const { log } = this.#options
    const [, level = '', text = line] = /^([A-Z]+[0-9]?):\s+(.*)$/.exec(line) ?? []
    if (level === 'FATAL' || level === 'PANIC') {
      this.#lastWords = text
      log.error({ postgres: level }, text)
    } else if (level === 'WARNING') log.warn({ postgres: level }, text)
    // An ERROR is a statement of ours that failed: whoever sent it was told.
    else log.debug({ postgres: level }, text)
  }
}
