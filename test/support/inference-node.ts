import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

/** A node in a process of its own, as an operator starts it. */
export interface RunningNode {
  readonly process: ChildProcess
  readonly dataDir: string
  /** Everything it has printed so far. */
  output(): string
  kill(signal: NodeJS.Signals): Promise<void>
  /** Ends it gracefully and removes its data directory. */
  stop(): Promise<void>
}

const START_TIMEOUT_MS = 60_000

/** Starts `confab --roles inference` and waits until the server has taken it. */
export async function startNode(options: {
  /** Of the server. */
  url: string
  token: string
  name: string
  env?: Readonly<Record<string, string>>
  /** Resolve once it listens, whether the server takes it or not. */
  unregistered?: boolean
}): Promise<RunningNode> {
  const dataDir = await mkdtemp(join(tmpdir(), 'confab-node-'))
  const main = resolve(import.meta.dirname, '../../server/main.ts')
  const child = spawn(process.execPath, [main, '--roles', 'inference'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      CONFAB_DATA_DIR: dataDir,
      CONFAB_PORT: '0',
      CONFAB_HOST: '127.0.0.1',
      CONFAB_LOG_LEVEL: 'warn',
      CONFAB_NODE_SERVER: options.url,
      CONFAB_NODE_TOKEN: options.token,
      CONFAB_NODE_NAME: options.name,
      ...options.env,
    },
  })
  let printed = ''
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const lines = createInterface({ input: child.stdout })
  const awaited = options.unregistered === true ? /^ +data / : /^Registered /
  await new Promise<void>((ready, failed) => {
    const late = setTimeout(() => failed(new Error(`the node was not taken:\n${printed}`)), START_TIMEOUT_MS)
    child.once('exit', (code) => failed(new Error(`the node ended with code ${code}:\n${printed}`)))
    lines.on('line', (line) => {
      printed += `${line}\n`
      if (!awaited.test(line)) return
      clearTimeout(late)
      ready()
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
    process: child,
    dataDir,
    output: () => printed,
    kill,
    stop: async () => {
      await kill('SIGTERM')
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
