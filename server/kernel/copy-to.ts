import type { FileHandle } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { promisify } from 'node:util'

const PART_BYTES = 256 * 1024

/**
 * Copies bytes `start` to `end` (inclusive) of a file into `sink` and leaves both open. Two buffers are used in turn, the
 * one read into while the other is being written: a stream's fresh buffer for each part makes the collector of a large
 * program walk its whole heap many times a second. The sink must be done with a part when it calls back, as sockets are.
 * @throws what reading throws; an `Error` when the sink closes, or the file ends, before all is copied
 */
export async function copyTo(sink: Writable, file: FileHandle, range: { start: number; end: number }): Promise<void> {
  const wanted = range.end - range.start + 1
  if (wanted <= 0) return
  const buffers = [0, 1].map(() => Buffer.allocUnsafeSlow(Math.min(PART_BYTES, wanted))) as [Buffer, Buffer]
  // A response that waits behind another on its connection drops its callbacks when the connection goes.
  const gone = new Promise<never>((_, reject) => {
    sink.once('close', () => reject(new Error('the reader went away')))
    if (sink.destroyed) reject(new Error('the reader went away'))
  })
  gone.catch(() => {})
  const write = promisify((part: Buffer, done: (error?: Error | null) => void) => void sink.write(part, done))
  let at = range.start
  let turn: 0 | 1 = 0
  let writing: Promise<unknown> = Promise.resolve()
  while (at <= range.end) {
    const { bytesRead } = await file.read(buffers[turn], 0, Math.min(PART_BYTES, range.end - at + 1), at)
    await Promise.race([writing, gone])
    if (bytesRead === 0) throw new Error('the file ended early')
    writing = write(buffers[turn].subarray(0, bytesRead))
    writing.catch(() => {})
    at += bytesRead
    turn = turn === 0 ? 1 : 0
  }
  await Promise.race([writing, gone])
}
