import type { Duplex } from 'node:stream'

/** What is written to streams within one turn of the event loop leaves in one system call each, at the turn's end. */
const corked = new Set<Duplex>()

/**
 * Gathers what is written to `stream` until the end of this turn. A frame to five hundred sockets costs a system call for
 * each of them; a hundred frames that become due together then cost no more than one.
 */
export function gather(stream: Duplex): void {
  if (corked.has(stream)) return
  if (corked.size === 0) setImmediate(release)
  corked.add(stream)
  stream.cork()
}

function release(): void {
  const streams = [...corked]
  corked.clear()
  for (const stream of streams) stream.uncork()
}

const FINAL_TEXT = 0x81
let framed: { payload: Buffer; frame: Buffer } | undefined

/**
 * A whole WebSocket frame (RFC 6455, section 5.2; a server's are not masked) around the UTF-8 bytes of a text. The last
 * one is remembered, because who sends bytes sends the same ones to many.
 */
export function frameOf(payload: Buffer): Buffer {
  if (framed?.payload === payload) return framed.frame
  const head = payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(head + payload.length)
  frame[0] = FINAL_TEXT
  if (head === 2) {
    frame[1] = payload.length
  } else if (head === 4) {
    frame[1] = 126
    frame.writeUInt16BE(payload.length, 2)
  } else {
    frame[1] = 127
    frame.writeBigUInt64BE(BigInt(payload.length), 2)
  }
  payload.copy(frame, head)
  framed = { payload, frame }
  return frame
}
