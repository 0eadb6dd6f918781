import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import type { FromWorker, ToWorker } from './protocol.ts'

const END_MS = 8_000

/** A process that composes pictures, from outside. */
export interface CompositorProcess {
  readonly pid: number | undefined
  send(message: ToWorker): void
  /** Resolves when it is gone. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  /** Lets it finish what it does, for a while. */
  end(): Promise<void>
  kill(): void
}

/** Starts one; everything it says goes to `hear`. */
export function startCompositor(hear: (message: FromWorker) => void): CompositorProcess {
  const child: ChildProcess = fork(new URL('worker.ts', import.meta.url), [], {
    execArgv: [],
    env: { PATH: process.env['PATH'] ?? '', ...handedOn(process.env) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  child.on('message', (message: FromWorker) => hear(message))
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
    child.once('error', () => resolve({ code: null, signal: null }))
  })
  return {
    pid: child.pid,
    ended,
    send: (message) => {
      // It may have died a moment ago; its end says so.
      if (child.connected) child.send(message, () => {})
    },
    end: async () => {
      if (child.connected) child.send({ type: 'end' } satisfies ToWorker, () => {})
      const timer = setTimeout(() => child.kill('SIGKILL'), END_MS)
      await ended
      clearTimeout(timer)
    },
    kill: () => void child.kill('SIGKILL'),
  }
}

/** What fonts are chosen by, and who is believed in TLS besides. */
function handedOn(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    ['LANG', 'LC_ALL', 'LC_CTYPE', 'FONTCONFIG_FILE', 'FONTCONFIG_PATH', 'HOME', 'NODE_EXTRA_CA_CERTS'].flatMap(
      (name) => {
        const value = env[name]
        return value === undefined ? [] : [[name, value]]
      },
    ),
  )
}
