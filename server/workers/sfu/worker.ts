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
const sockets = new MediaSockets(options.sockets)
await sockets.open()

let ids = 0
const rooms = new Rooms({
  sockets,
  certificate: createCertificate(),
  emit: (event) => tell({ type: 'event', event }),
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
    else throw error
  }
})
tell({ type: 'ready' })

function tell(message: FromWorker): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
  port!.postMessage(message)
}
