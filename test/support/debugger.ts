import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { RunningServer } from './server.ts'

/** With these settings Node's own debugger can be attached to a server: the program itself has no doors for tests. */
export const WITH_DEBUGGER = { NODE_OPTIONS: '--inspect=127.0.0.1:0' }

const PATIENCE_MS = 20_000

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: {
    readonly sessionId: string
    readonly message?: string
    readonly workerInfo?: { readonly url: string }
  }
  readonly result?: unknown
}

type Ask = (method: string, params?: object) => Promise<unknown>

/** The debugger of a server's process: its main thread, and its workers. */
export interface ServerDebugger {
  readonly ask: Ask
  /** The threads that run `file` (part of its path) at present. */
  workers(file: string): { readonly ask: Ask; readonly ended: Promise<void> }[]
  close(): void
}

/** Attaches to a server that was started `WITH_DEBUGGER`. */
export async function attachDebugger(server: RunningServer): Promise<ServerDebugger> {
  const address = /Debugger listening on (ws:\S+)/.exec(server.output())?.[1]
  if (address === undefined) throw new Error('the server was not started with a debugger')
  const socket = new WebSocket(address)
  await once(socket, 'open', { signal: AbortSignal.timeout(PATIENCE_MS) })
  const main = createCalls((text) => socket.send(text))
  const threads = new Map<
    string,
    { url: string; calls: ReturnType<typeof createCalls>; end: () => void; ended: Promise<void> }
  >()
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString('utf8')) as Message
    if (message.id !== undefined) return main.answered(message)
    const { sessionId = '', workerInfo, message: inner = '{}' } = message.params ?? {}
    if (message.method === 'NodeWorker.attachedToWorker') {
      let end = (): void => {}
      const ended = new Promise<void>((resolve) => (end = resolve))
      const send = (text: string): void => void main.ask('NodeWorker.sendMessageToWorker', { sessionId, message: text })
      threads.set(sessionId, { url: workerInfo?.url ?? '', calls: createCalls(send), end, ended })
    }
    if (message.method === 'NodeWorker.receivedMessageFromWorker') {
      threads.get(sessionId)?.calls.answered(JSON.parse(inner) as Message)
    }
    if (message.method === 'NodeWorker.detachedFromWorker') {
      threads.get(sessionId)?.end()
      threads.delete(sessionId)
    }
  })
  await main.ask('NodeWorker.enable', { waitForDebuggerOnStart: false })
  return {
    ask: main.ask,
    workers: (file) =>
      [...threads.values()]
        .filter(({ url }) => url.includes(file))
        .map(({ calls: { ask }, ended }) => ({ ask, ended })),
    close: () => socket.terminate(),
  }
}

function createCalls(send: (text: string) => void) {
  const waiting = new Map<number, (result: unknown) => void>()
  let lastId = 0
  const ask: Ask = (method, params = {}) =>
    new Promise((resolve, reject) => {
      const id = ++lastId
      const timer = setTimeout(() => reject(new Error(`the debugger does not answer to ${method}`)), PATIENCE_MS)
      waiting.set(id, (result) => {
        clearTimeout(timer)
        resolve(result)
      })
      send(JSON.stringify({ id, method, params }))
    })
  return {
    ask,
    answered({ id = 0, result }: Message): void {
      waiting.get(id)?.(result)
      waiting.delete(id)
    },
  }
}

/** Makes an error go uncaught in every thread of a server that runs `file`, as a bug of its own would, and waits for their end. */
export async function crashWorkers(server: RunningServer, file: string): Promise<void> {
  const attached = await attachDebugger(server)
  const threads = attached.workers(file)
  if (threads.length === 0) throw new Error(`no thread runs ${file}`)
  const expression = "setImmediate(() => { throw new Error('made to fail by a test') })"
  await Promise.all(
    threads.map(async ({ ask, ended }) => {
      await ask('Runtime.evaluate', { expression })
      await ended
    }),
  )
  attached.close()
}

/** Bytes of JavaScript that a thread still needs: what is left after its garbage was collected. */
export async function neededBytes({ ask }: { readonly ask: Ask }): Promise<number> {
  await ask('HeapProfiler.collectGarbage')
  await ask('HeapProfiler.collectGarbage')
  const { usedSize } = (await ask('Runtime.getHeapUsage')) as { usedSize: number }
  return usedSize
}
