import { parentPort, workerData } from 'node:worker_threads'
import { createCertificate } from './dtls/certificate.ts'
import { MediaSockets } from './ice/sockets.ts'
import { MediaRequestError } from './protocol.ts'
import type { FromWorker, ToWorker, WorkerOptions } from './protocol.ts'
import { Rooms } from './rooms/rooms.ts'

/** The thread that carries rooms: started by the host with `WorkerOptions`, spoken to by messages. */
const port = parentPort
if (!port) throw new Error('worker.ts runs as a worker thread')
const options = workerData as WorkerOptions
let faults = 0
let faultsSince = 0
const sockets = new MediaSockets(options.sockets, reportFault)
await sockets.open()

let ids = 0
const rooms = new Rooms({
  sockets,
  certificate: createCertificate(),
  emit: (event) => tell({ type: 'event', event }),
  onFault: reportFault,
  nextId: () => `${options.name}-${++ids}`,
})

port.on('message', (message: ToWorker) => {
  if (message.type === 'stop') {
    rooms.closeAll()
    void sockets.close().then(() => port.close())
    return
  }
  const { id, call } = message
  try {
    tell({ type: 'result', id, value: rooms.handle(call) })
  } catch (error) {
    if (error instanceof MediaRequestError) tell({ type: 'refused', id, code: error.code, message: error.message })
    else {
      reportFault(error)
      tell({ type: 'refused', id, code: 'media.internal', message: 'the media worker failed' })
    }
  }
})
tell({ type: 'ready' })

/** A bug: told to the host, a few a minute, and survived, because other rooms share the thread. */
function reportFault(error: unknown): void {
  const now = performance.now()
  if (now - faultsSince > 60_000) {
    faultsSince = now
    faults = 0
  }
  if (faults++ >= 10) return
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  tell({ type: 'fault', message, stack: stack ?? '' })
}

function tell(message: FromWorker): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
  port!.postMessage(message)
}
