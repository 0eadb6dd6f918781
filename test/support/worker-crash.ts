import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { RunningServer } from './server.ts'

/** With these settings a server's threads can be reached by Node's own debugger, and by `crashWorker`. */
export const WITH_DEBUGGER = { NODE_OPTIONS: '--inspect=127.0.0.1:0' }

const PATIENCE_MS = 10_000

interface Message {
  readonly method?: string
  readonly params?: { readonly sessionId: string; readonly workerInfo?: { readonly url: string } }
}

/**
 * Makes an error go uncaught in every thread of a server that runs `file` (part of its path), and waits for their end.
 * The debugger does it: the program has no door for it, and the thread dies as of any bug of its own.
 */
export async function crashWorker(server: RunningServer, file: string): Promise<void> {
  const address = /Debugger listening on (ws:\S+)/.exec(server.output())?.[1]
  if (address === undefined) throw new Error('the server was not started with a debugger')
  const socket = new WebSocket(address)
  await once(socket, 'open', { signal: AbortSignal.timeout(PATIENCE_MS) })
  const sessions = new Set<string>()
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no thread of ${file} ended`)), PATIENCE_MS)
      socket.on('message', (data: Buffer) => {
        const { method, params } = JSON.parse(data.toString('utf8')) as Message
        if (method === 'NodeWorker.attachedToWorker' && params?.workerInfo?.url.includes(file)) {
          sessions.add(params.sessionId)
          const expression = "setImmediate(() => { throw new Error('made to fail by a test') })"
          const message = JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } })
          const { sessionId } = params
          socket.send(
            JSON.stringify({ id: 2, method: 'NodeWorker.sendMessageToWorker', params: { sessionId, message } }),
          )
        }
        if (method === 'NodeWorker.detachedFromWorker' && params && sessions.delete(params.sessionId)) {
          clearTimeout(timer)
          if (sessions.size === 0) resolve()
        }
      })
      socket.send(JSON.stringify({ id: 1, method: 'NodeWorker.enable', params: { waitForDebuggerOnStart: false } }))
    })
  } finally {
    socket.terminate()
  }
}
