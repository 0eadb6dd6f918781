import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { Fault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import type { Binaries } from './binaries.ts'
import { PROGRAM_ENV, clusterArgument } from './cluster.ts'
import { endLeftovers } from './leftovers.ts'
import type { RunAs } from './run-as.ts'
import { settingArguments } from './settings.ts'

const START_TIMEOUT_MS = 120_000
const STOP_TIMEOUT_MS = 30_000
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
exec 2>/dev/null
read -r _
kill -INT "$postmaster"
wait "$postmaster"
`

interface PostmasterOptions {
  readonly log: Log
  readonly settings?: Readonly<Record<string, string>>
  readonly port: number
  readonly cluster: string
  readonly binaries: Binaries
  readonly runAs: RunAs
  readonly socketArgument: string
}

/** One postmaster and its watchdog, kept running until stopped. Started once, stopped once. */
export class Postmaster {
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
    const { cluster, binaries, runAs, settings, port, socketArgument } = this.#options
    const watchdog = spawn(
      '/bin/sh',
      [
        '-c',
        WATCHDOG,
        'confab-postgres',
        binaries.postgres,
        '-D',
        clusterArgument(cluster),
        ...settingArguments({ ...settings, unix_socket_directories: socketArgument, port: String(port) }),
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
    const lines = createInterface({ input: watchdog.stderr })
    lines.on('line', (line) => this.#hear(line))
    // Every PostgreSQL process holds the other end, and nobody else: it closes when the last of them is gone.
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
    // A FATAL ends one connection, or the start; a PANIC everything.
    if (level === 'FATAL' || level === 'PANIC') this.#lastWords = text
    // Of its own stopping it tells each connection that is still there.
    if (this.#stopping && level === 'FATAL') log.debug({ postgres: level }, text)
    else if (level === 'PANIC') log.error({ postgres: level }, text)
    else if (level === 'FATAL' || level === 'WARNING') log.warn({ postgres: level }, text)
    // An ERROR is a statement of ours that failed: whoever sent it was told.
    else log.debug({ postgres: level }, text)
  }
}
