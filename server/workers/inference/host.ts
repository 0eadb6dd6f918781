import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { Fault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import type { Reply, Request } from './protocol.ts'

/** What may be asked, without the id that the host gives it. */
export type Ask = Request extends infer R ? (R extends Request ? Omit<R, 'id'> : never) : never

export type ProcessState = 'unloaded' | 'loading' | 'loaded' | 'unloading' | 'error'

interface Waiting {
  resolve(result: unknown): void
  reject(error: unknown): void
}

export interface ModelProcessOptions {
  readonly log: Log
  /** A process nobody asks for so long is ended. */
  readonly idleMs: number
  /** More than so many are turned away. */
  readonly mostWaiting: number
  /** The child's program; another one in tests. */
  readonly program?: URL
}

const START_MS = 30_000
const END_MS = 5_000

/** A model in a process of its own: started when first asked, ended when idle; its death is a reason and no crash of ours. */
export class ModelProcess {
  state: ProcessState = 'unloaded'
  /** Why it died last, while the state is `error`. */
  reason: string | null = null
  /** Bytes, as the child measured them last. */
  memory = 0
  /** Seconds of the last start. */
  loadTime: number | null = null
  readonly #options: ModelProcessOptions
  readonly #waiting = new Map<number, Waiting>()
  #child: ChildProcess | undefined
  #loading: Promise<void> | undefined
  #ending: Promise<void> | undefined
  #idle: NodeJS.Timeout | undefined
  #asked = 0

  constructor(options: ModelProcessOptions) {
    this.#options = options
  }

  /** The operating system's number of the child. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** How many requests are under way or wait. */
  get active(): number {
    return this.#waiting.size
  }

  /** Starts the process unless it runs. @throws Fault `ai.model-failed` */
  async load(): Promise<void> {
    await this.#ending
    if (this.state === 'loaded') return
    this.#loading ??= this.#start().finally(() => {
      this.#loading = undefined
    })
    await this.#loading
    this.#restartIdle()
  }

  /** Ends the process; what it was asked fails. */
  async unload(): Promise<void> {
    this.#ending ??= this.#end().finally(() => {
      this.#ending = undefined
    })
    await this.#ending
  }

  async #end(): Promise<void> {
    await this.#loading?.catch(() => {})
    clearTimeout(this.#idle)
    const child = this.#child
    if (child === undefined) {
      this.state = 'unloaded'
      this.reason = null
      return
    }
    this.state = 'unloading'
    const ended = once(child, 'exit')
    child.disconnect()
    const late = setTimeout(() => child.kill('SIGKILL'), END_MS)
    await ended
    clearTimeout(late)
    this.state = 'unloaded'
    this.reason = null
  }

  /**
   * Asks the process, which is started if need be; it answers one after another. One that takes too long is killed.
   * @throws Fault `ai.model-failed`, `ai.busy`, `ai.timed-out`
   */
  async ask(ask: Ask, timeoutMs: number): Promise<unknown> {
    if (this.#waiting.size >= this.#options.mostWaiting) {
      throw new Fault('busy', 'ai.busy', 'Too many requests wait for this model', { data: { retryAfterSeconds: 5 } })
    }
    await this.load()
    const child = this.#child
    if (child === undefined) throw failed(this.reason ?? 'its process ended')
    clearTimeout(this.#idle)
    const id = ++this.#asked
    let timer: NodeJS.Timeout | undefined
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject })
        timer = setTimeout(() => {
          reject(new Fault('unavailable', 'ai.timed-out', 'The model took too long'))
          child.kill('SIGKILL')
        }, timeoutMs)
        child.send({ id, ...ask }, (error) => error && reject(failed(error.message, error)))
      })
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(id)
      this.#restartIdle()
    }
  }

  async #start(): Promise<void> {
    const before = performance.now()
    this.state = 'loading'
    this.reason = null
    const child = fork(this.#options.program ?? new URL('worker.ts', import.meta.url), [], {
      execArgv: [],
      env: { PATH: process.env['PATH'] ?? '' },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    this.#child = child
    child.on('message', (reply: Reply) => this.#heard(reply))
    child.on('error', (error) => this.#options.log.warn({ err: error }, 'a model’s process failed'))
    const ended = new Promise<never>((_resolve, reject) => {
      child.once('exit', (code, signal) => {
        const reason = `its process ended (${signal ?? code})`
        this.#ended(reason)
        reject(failed(reason))
      })
    })
    const ready = new Promise<void>((resolve) => {
      child.on('message', (reply: Reply) => 'ready' in reply && resolve())
    })
    const late = setTimeout(() => child.kill('SIGKILL'), START_MS)
    try {
      await Promise.race([ready, ended])
    } finally {
      clearTimeout(late)
      // Later deaths are told to whoever waits.
      ended.catch(() => {})
    }
    this.state = 'loaded'
    this.loadTime = (performance.now() - before) / 1000
    this.#options.log.info({ pid: child.pid, seconds: this.loadTime }, 'a model was loaded')
  }

  #heard(reply: Reply): void {
    if ('memory' in reply) this.memory = reply.memory
    if ('ready' in reply) return
    const waiting = this.#waiting.get(reply.id)
    if (reply.ok) waiting?.resolve(reply.result)
    else waiting?.reject(failed(reply.reason))
  }

  #ended(reason: string): void {
    this.#child = undefined
    this.memory = 0
    clearTimeout(this.#idle)
    if (this.state === 'unloading') this.state = 'unloaded'
    else {
      this.state = 'error'
      this.reason = reason
      this.#options.log.warn({ reason }, 'a model’s process died')
    }
    for (const { reject } of this.#waiting.values()) reject(failed(reason))
  }

  #restartIdle(): void {
    clearTimeout(this.#idle)
    if (this.#child === undefined || this.#waiting.size > 0) return
    this.#idle = setTimeout(() => void this.unload(), this.#options.idleMs)
    this.#idle.unref()
  }
}

function failed(reason: string, cause?: unknown): Fault {
  return new Fault('unavailable', 'ai.model-failed', `The model failed: ${reason}`, { data: { reason }, cause })
}
