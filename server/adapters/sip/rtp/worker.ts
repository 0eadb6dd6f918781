import { constants, setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { MediaPlane } from './plane.ts'
import type { MediaOptions, MediaRequest } from './protocol.ts'

// The thread that carries the sound of calls, so that nothing the server does makes a packet late.
const port = parentPort
if (port === null) throw new Error('this is the thread of a media host')
// Packets are due to the millisecond; where the system lets us, this thread goes before the others.
try {
  setPriority(0, constants.priority.PRIORITY_HIGH)
} catch {
  // Not ours to ask for: it goes like the others.
}
const plane = new MediaPlane(workerData as MediaOptions, (event) => port.postMessage(event))
port.on('message', (request: MediaRequest | { type: 'end' }) => {
  if (request.type !== 'end') return void plane.take(request)
  void plane.close().then(() => port.close())
})
