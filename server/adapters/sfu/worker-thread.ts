import { Worker } from 'node:worker_threads'
import type { MediaEvent } from '#domains/meetings/media-engine.ts'
import { Fault } from '#kernel/fault.ts'
import type { FaultKind } from '#kernel/fault.ts'
import type { FromWorker, MediaRequestCode, ToWorker, WorkerCall, WorkerOptions } from '#workers/sfu/protocol.ts'

const WORKER_FILE = new URL('../../workers/sfu/worker.ts', import.meta.url)
const CALL_TIMEOUT_MS = 5000
const START_TIMEOUT_MS = 15_000
const STOP_TIMEOUT_MS = 3000
/** Calls waiting for a worker that is busy; more are refused at once. */
const MAX_PENDING = 10_000

const KINDS: Record<MediaRequestCode, FaultKind> = {
  'media.room-missing': 'missing',
  'media.peer-missing': 'missing',
  'media.publication-missing': 'missing',
  'media.room-exists': 'conflict',
  'media.peer-exists': 'conflict',
  'media.bad-sdp': 'invalid',
  'media.bad-target': 'invalid',
  'media.limit': 'too-large',
  'media.room-full': 'busy',
  'media.internal': 'unavailable',
}

interface PendingCall {
  resolve(value: unknown): void
  reject(fault: Fault): void
  timer: NodeJS.Timeout
}

/** One SFU worker thread seen from the main thread: calls with a time limit, its events, its end. */
export class WorkerThread {
  private readonly worker: Worker
  private readonly pending = new Map<number, PendingCall>()
  private nextId = 1
  private ended = false
  private readonly exited: Promise<void>
  private markReady: () => void = () => {}
  private readonly ready: Promise<void>

  /** Starts the thread; `onFault` hears of bugs it survived, `onExit` of its end, whether asked for or not, with the error that caused it. */
  constructor(
    options: WorkerOptions,
    onEvent: (event: MediaEvent) => void,
    onFault: (message: string, stack: string) => void,
    onExit: (error: Error | null) => void,
  ) {
    let failure: Error | null = null
    this.ready = new Promise((resolve) => {
      this.markReady = resolve
    })
    this.worker = new Worker(WORKER_FILE, {
      workerData: options,
      name: `sfu ${options.name}`,
    })
    this.worker.on('message', (message: FromWorker) => this.receive(message, onEvent, onFault))
    this.worker.on('error', (error) => {
      failure = error instanceof Error ? error : new Error(String(error))
    })
    this.exited = new Promise((resolve) => {
      this.worker.once('exit', () => {
        this.end()
        resolve()
        onExit(failure)
      })
    })
  }

  /** Resolves when rooms can be opened; a fault where the thread ends or takes too long before. */
  async whenReady(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(unavailable('the media worker does not start')), START_TIMEOUT_MS)
    })
    const died = this.exited.then(() => Promise.reject(unavailable('the media worker ended as it started')))
    try {
      await Promise.race([this.ready, tooLate, died])
    } finally {
      clearTimeout(timer)
      died.catch(() => {})
    }
  }

  /** Calls a method in the thread. */
  call<Result>(call: WorkerCall): Promise<Result> {
    if (this.ended) return Promise.reject(unavailable('the media worker ended'))
    if (this.pending.size >= MAX_PENDING) return Promise.reject(unavailable('the media worker is overloaded'))
    const id = this.nextId++
    return new Promise<Result>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.pending.delete(id)
        reject(unavailable('the media worker does not answer'))
      }, CALL_TIMEOUT_MS)
      this.pending.set(id, { resolve: (value) => resolve(value as Result), reject, timer })
      this.post({ type: 'call', id, call })
    })
  }

  /** Asks the thread to end and makes it, where it does not. */
  async stop(): Promise<void> {
    if (!this.ended) this.post({ type: 'stop' })
    const timer = setTimeout(() => void this.worker.terminate(), STOP_TIMEOUT_MS)
    await this.exited
    clearTimeout(timer)
  }

  /** Ends the thread at once, as a crash would: for tests of what follows. */
  async kill(): Promise<void> {
    await this.worker.terminate()
  }

  private post(message: ToWorker): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.worker.postMessage(message)
  }

  private receive(
    message: FromWorker,
    onEvent: (event: MediaEvent) => void,
    onFault: (message: string, stack: string) => void,
  ): void {
    if (message.type === 'event') onEvent(message.event)
    else if (message.type === 'fault') onFault(message.message, message.stack)
    else if (message.type === 'ready') this.markReady()
    else {
      const call = this.pending.get(message.id)
      if (!call) return
      this.pending.delete(message.id)
      clearTimeout(call.timer)
      if (message.type === 'result') call.resolve(message.value)
      else call.reject(new Fault(KINDS[message.code], message.code, message.message))
    }
  }

  private end(): void {
    this.ended = true
    for (const call of this.pending.values()) {
      clearTimeout(call.timer)
      call.reject(unavailable('the media worker ended'))
    }
    this.pending.clear()
  }
}

function unavailable(message: string): Fault {
  return new Fault('unavailable', 'media.unavailable', message)
}
