import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

/** The real program in a process of its own, as people start it. */
export interface RunningServer {
  readonly url: string
  readonly port: number
  readonly dataDir: string
  readonly process: ChildProcess
  /** Everything it has printed so far. */
  output(): string
  /** Sends a signal and waits for its end; the data directory stays. */
  kill(signal: NodeJS.Signals): Promise<void>
  /** Ends it gracefully and removes a data directory that was made for it. */
  stop(): Promise<void>
}

export interface ServerOptions {
  readonly env?: Readonly<Record<string, string>>
  /** An existing data directory, kept afterwards; a temporary one otherwise. */
  readonly dataDir?: string
  /** A port to take again after a restart; a free one otherwise. */
  readonly port?: number
}

const START_TIMEOUT_MS = 60_000

/** Starts `server/main.ts` and waits until it says that it is ready. */
export async function startServer({ env = {}, dataDir, port = 0 }: ServerOptions = {}): Promise<RunningServer> {
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), 'confab-server-')))
  const child = spawn(process.execPath, [resolve(import.meta.dirname, '../../server/main.ts')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      CONFAB_DATA_DIR: folder,
      CONFAB_PORT: String(port),
      CONFAB_HOST: '127.0.0.1',
      CONFAB_RATE_LIMITS: 'off',
      CONFAB_LOG_LEVEL: 'warn',
      ...env,
    },
  })
  let printed = ''
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const lines = createInterface({ input: child.stdout })
  const url = await new Promise<string>((ready, failed) => {
    const timer = setTimeout(() => failed(new Error(`the server did not get ready:\n${printed}`)), START_TIMEOUT_MS)
    child.once('exit', (code) => {
      clearTimeout(timer)
      failed(new Error(`the server ended with code ${code}:\n${printed}`))
    })
    lines.on('line', (line) => {
      printed += `${line}\n`
      const address = /^ +open +(http:\/\/\S+)/.exec(line)?.[1]
      if (address === undefined) return
      clearTimeout(timer)
      ready(address)
    })
  }).catch((error: unknown) => {
    child.kill('SIGKILL')
    throw error
  })
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }
  return {
    url,
    port: Number(new URL(url).port),
    dataDir: folder,
    process: child,
    output: () => printed,
    kill,
    stop: async () => {
      await kill('SIGTERM')
      if (dataDir === undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}
