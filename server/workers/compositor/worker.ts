// The process that composes pictures: one live stream, or one film, and then its end. It ends with whoever started it.
import { setPriority } from 'node:os'
import { makeFilm } from './film/film.ts'
import { LiveStream } from './live/live.ts'
import type { FromWorker, ToWorker } from './protocol.ts'

/** Work that nobody waits for at this moment. */
const PATIENT = 10

let live: LiveStream | undefined
let isEnding = false

const tell = (message: FromWorker): void => {
  // The channel closes when the server ends.
  if (process.connected) process.send?.(message, () => {})
}

async function end(): Promise<void> {
  if (isEnding) return
  isEnding = true
  await live?.end()
  process.exit(0)
}

process.on('message', (message: ToWorker) => {
  if (message.type === 'live') live = new LiveStream(message.options, tell)
  else if (message.type === 'film') {
    setPriority(PATIENT)
    makeFilm(message.options, tell).then(
      () => process.disconnect(),
      (error: Error) => {
        tell({ type: 'film-failed', code: null, signal: null, said: error.message })
        process.disconnect()
      },
    )
  } else if (message.type === 'end') void end()
  else live?.hear(message)
})
process.on('disconnect', () => void end())
// Ctrl-C in a terminal reaches the whole group; the server says when it is time.
process.on('SIGINT', () => {})
tell({ type: 'ready' })
