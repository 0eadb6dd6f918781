import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { boundsBefore, politelyBefore } from '#kernel/child-guards.ts'
import { Fault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import type { ModelSource, Reply, Work } from './protocol.ts'

export type ProcessState = 'unloaded' | 'loading' | 'loaded' | 'unloading' | 'error'

interface Waiting {
  resolve(result: unknown): void
  reject(error: unknown): void
}

export interface ModelProcessOptions {
  /** What it loads. */
  readonly model: ModelSource
  readonly log: Log
  /** A process nobody asks for so long is ended. */
  readonly idleMs: number
  /** More than so many are turned away. */
  readonly mostWaiting: number
  /** Bytes the child may take for itself, where the system can hold it to that; 0 for no bound. */
  readonly mostMemory: number
  /** Called after each change of the state. */
  readonly onState?: () => void
  /** The child's program; another one in tests. */
  readonly program?: URL
}

/** A large model on a slow disk takes its time. */
const START_MS = 120_000
/** Kept of what a child says on its way out: native libraries tell there what they do not like. */
const STDERR_CHARS = 4096
/** Models work for people who wait, and still give way to calls and pages. */
const NICE = 5
const END_MS = 5_000

/** A model in a process of its own: started when first asked, ended when idle; its death is a reason and no crash of ours. */
export class ModelProcess {
  /** Why it died last, while the state is `error`. */
  reason: string | null = null
  /** Bytes, as the child measured them last. */
  memory = 0
  /** Seconds of the last start. */
  loadTime: number | null = null
  readonly #options: ModelProcessOptions
  #state: ProcessState = 'unloaded'
  readonly #waiting = new Map<number, Waiting>()
  #child: ChildProcess | undefined
  #loading: Promise<void> | undefined
  #ending: Promise<void> | undefined
  /** Settles when the last child is gone and everything is told. */
  #gone: Promise<unknown> | undefined
  #idle: NodeJS.Timeout | undefined
  #asked = 0
  #active = 0

  constructor(options: ModelProcessOptions) {
    this.#options = options
  }

  /** The operating system's number of the child. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  get state(): ProcessState {
    return this.#state
  }

  /** How many requests are under way or wait. */
  get active(): number {
    return this.#active
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
    if (this.#loading !== undefined) {
      this.#child?.kill('SIGKILL')
      await this.#loading.catch(() => {})
    }
    clearTimeout(this.#idle)
    const child = this.#child
    if (child === undefined) {
      this.#become('unloaded')
      this.reason = null
      return
    }
    this.#become('unloading')
    child.disconnect()
    const late = setTimeout(() => child.kill('SIGKILL'), END_MS)
    await this.#gone
    clearTimeout(late)
    this.#become('unloaded')
    this.reason = null
  }

  /**
   * Asks the process, which is started if need be; it answers one after another. One that takes too long is killed. What
   * is given up by the signal has its place in the queue no longer: the process leaves it out, or ends it between two
   * pieces and goes on with the next.
   * @throws The signal's reason; Fault `ai.model-failed`, `ai.busy`, `ai.timed-out`
   */
  async ask(ask: Work, timeoutMs: number, signal?: AbortSignal): Promise<unknown> {
    signal?.throwIfAborted()
    if (this.#active >= this.#options.mostWaiting) {
      throw new Fault('busy', 'ai.busy', 'Too many requests wait for this model', { data: { retryAfterSeconds: 5 } })
    }
    this.#active++
    const id = ++this.#asked
    const answer = Promise.withResolvers<unknown>()
    let child: ChildProcess | undefined
    const abandon = (): void => {
      answer.reject(signal?.reason)
      if (child?.connected === true) child.send({ abandon: id }, () => {})
    }
    signal?.addEventListener('abort', abandon, { once: true })
    let timer: NodeJS.Timeout | undefined
    try {
      // Loading goes on for whoever asks next.
      await Promise.race([this.load(), answer.promise])
      child = this.#child
      if (child === undefined) throw failed(this.reason ?? 'its process ended')
      clearTimeout(this.#idle)
      this.#waiting.set(id, answer)
      timer = setTimeout(() => {
        answer.reject(new Fault('unavailable', 'ai.timed-out', 'The model took too long'))
        child?.kill('SIGKILL')
      }, timeoutMs)
      child.send({ id, ...ask }, (error) => error && answer.reject(failed(error.message, error)))
      return await answer.promise
    } finally {
      signal?.removeEventListener('abort', abandon)
      clearTimeout(timer)
      this.#active--
      this.#waiting.delete(id)
      this.#restartIdle()
    }
  }

  async #start(): Promise<void> {
    const before = performance.now()
    this.#become('loading')
    this.reason = null
    const { model, mostMemory, program = new URL('worker.ts', import.meta.url) } = this.#options
    const bounds = boundsBefore({ of: 'data', bytes: mostMemory })
    const [execPath, ...execArgv] = [...bounds, ...politelyBefore(NICE), process.execPath]
    const child = fork(program, [], {
      execPath,
      execArgv,
      env: { PATH: process.env['PATH'] ?? '' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#child = child
    const said = keepEnd(child)
    let refused: string | undefined
    child.on('message', (reply: Reply) => {
      if ('failed' in reply) refused = reply.failed
      else this.#heard(reply)
    })
    child.on('error', (error) => this.#options.log.warn({ err: error }, 'a model’s process failed'))
    const gone = once(child, 'exit').then(async ([code, signal]) => {
      await whenRead(child)
      const reason = refused ?? [`its process ended (${signal ?? code})`, said()].filter(Boolean).join(': ')
      this.#ended(reason)
      return reason
    })
    this.#gone = gone
    const ended = gone.then((reason): never => {
      throw failed(reason)
    })
    const ready = new Promise<void>((resolve) => {
      child.on('message', (reply: Reply) => 'ready' in reply && resolve())
    })
    const late = setTimeout(() => child.kill('SIGKILL'), START_MS)
    try {
      child.send({ load: model }, () => {})
      await Promise.race([ready, ended])
    } finally {
      clearTimeout(late)
      // Later deaths are told to whoever waits.
      ended.catch(() => {})
    }
    this.#become('loaded')
    this.loadTime = (performance.now() - before) / 1000
    this.#options.log.info({ pid: child.pid, seconds: this.loadTime }, 'a model was loaded')
  }

  #heard(reply: Exclude<Reply, { failed: string }>): void {
    if ('memory' in reply) this.memory = reply.memory
    if ('ready' in reply) return
    const waiting = this.#waiting.get(reply.id)
    if (reply.ok) waiting?.resolve(reply.result)
    else waiting?.reject(failed(reply.reason))
  }

  #become(state: ProcessState): void {
    this.#state = state
    const { onState } = this.#options
    // What belongs to it is set in the same turn.
    if (onState !== undefined) queueMicrotask(onState)
  }

  #ended(reason: string): void {
    this.#child = undefined
    this.memory = 0
    clearTimeout(this.#idle)
    if (this.state === 'unloading') this.#become('unloaded')
    else {
      this.#become('error')
      this.reason = reason
      this.#options.log.warn({ reason }, 'a model’s process died')
    }
    for (const { reject } of this.#waiting.values()) reject(failed(reason))
  }

  #restartIdle(): void {
    clearTimeout(this.#idle)
    if (this.#child === undefined || this.#active > 0) return
    this.#idle = setTimeout(() => void this.unload(), this.#options.idleMs)
    this.#idle.unref()
  }
}

/** When all is read that a child that is gone wrote to stderr; `close` does not come once we hung up on it. */
async function whenRead({ stderr }: ChildProcess): Promise<void> {
  if (stderr !== null && !stderr.readableEnded && !stderr.destroyed) await once(stderr, 'close')
}

/** The last line of what a child wrote to stderr, without the place in its source that it names. */
function keepEnd(child: ChildProcess): () => string {
  let text = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (text = (text + chunk).slice(-STDERR_CHARS)))
  return () => {
    const lines = text.split('\n').map((line) => line.replace(/^\S+\.(cc|h):\S+ /, '').trim())
    return lines.findLast((line) => line !== '') ?? ''
  }
}

function failed(reason: string, cause?: unknown): Fault {
  return new Fault('unavailable', 'ai.model-failed', `The model failed: ${reason}`, { data: { reason }, cause })
}
