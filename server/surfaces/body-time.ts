import type { IncomingMessage } from 'node:http'

/** A body of an ordinary request is here by then, or never. */
const WHOLE_MS = 120_000
/** An upload may take hours, as long as something comes. */
const LOOK_MS = 60_000
const LEAST_BYTES = 16 * 1024

/**
 * Ends a request whose body comes too slowly: a silent client holds no connection for ever, and a large upload over a
 * thin line is let through.
 */
export function limitBodyTime(request: IncomingMessage, { isUpload }: { isUpload: boolean }): void {
  const { headers, socket } = request
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return
  let before = socket.bytesRead
  const look = (): void => {
    if (request.complete) return
    const isMoving = isUpload && socket.bytesRead - before >= LEAST_BYTES
    before = socket.bytesRead
    if (!isMoving) socket.destroy()
  }
  const timer = setInterval(look, isUpload ? LOOK_MS : WHOLE_MS)
  timer.unref()
  const over = (): void => clearInterval(timer)
  request.once('end', over).once('close', over)
}
