import type { Duplex } from 'node:stream'
import type { RawData, WebSocket } from 'ws'
import type { Principal } from '#domains/identity/principal.ts'
import { frameOf, gather } from './outgoing.ts'
import type { SocketHandler } from './sockets.ts'

/** An open socket, as its path sees it. Sending and closing one that is gone does nothing. */
export interface Connection {
  /** Unique within the process. */
  readonly id: string
  readonly principal: Principal
  /** Text, or the UTF-8 bytes of a text that many are sent. */
  send(text: string | Buffer): void
  close(code: number, reason: string): void
}

/** The same, as the router looks after it. */
export interface ConnectionInternals extends Connection {
  /** Resolves when the socket is gone. */
  readonly gone: Promise<void>
  /** Hands frames to what `open` returns, from the first one on. */
  serve(open: () => Promise<SocketHandler | undefined>): Promise<void>
  /** Asks for a sign of life; false when three were not answered and the socket was ended. */
  ping(): boolean
  terminate(): void
}

/** A socket whose client does not read is ended when this much waits for it. */
const MOST_BUFFERED = 4 * 1024 * 1024
const MISSED_PINGS = 3
/** A client that does not answer a close is ended after this. */
const CLOSE_MS = 5_000

/**
 * Looks after one WebSocket: bounded sending, pings, an orderly end. `stream` is what it speaks over: without extensions
 * (none are offered) `ws` writes every frame at once, so bytes framed here keep their place among its own.
 */
export function createConnection(
  socket: WebSocket,
  stream: Duplex,
  options: { id: string; principal: Principal; onDropped: () => void; onGone: () => void },
): ConnectionInternals {
  let missed = 0
  let isGone = false
  let closeTimer: NodeJS.Timeout | undefined
  const gone = new Promise<void>((resolve) => {
    socket.once('close', () => {
      isGone = true
      clearTimeout(closeTimer)
      options.onGone()
      resolve()
    })
  })
  // `ws` reports frames too large or malformed here, and closes by itself (1009, 1002, 1007).
  socket.on('error', () => {})
  socket.on('pong', () => (missed = 0))

  const close = (code: number, reason: string): void => {
    if (isGone || socket.readyState !== socket.OPEN) return
    // RFC 6455, section 5.5: a control frame carries at most 125 bytes, two of them the code.
    socket.close(code, Buffer.from(reason).subarray(0, 120).toString('utf8').replaceAll('\ufffd', ''))
    closeTimer = setTimeout(() => socket.terminate(), CLOSE_MS)
  }

  return {
    id: options.id,
    principal: options.principal,
    gone,
    close,

    send(text) {
      if (isGone || socket.readyState !== socket.OPEN) return
      if (socket.bufferedAmount > MOST_BUFFERED) {
        options.onDropped()
        socket.terminate()
        return
      }
      gather(stream)
      if (typeof text === 'string') socket.send(text)
      else stream.write(frameOf(text))
    },

    async serve(open) {
      // Frames that come before the path is ready wait in the kernel's buffer; the few already read wait here.
      const early: string[] = []
      let handler: SocketHandler | undefined
      const receive = (data: RawData): void => {
        missed = 0
        const text = textOf(data)
        if (handler === undefined) early.push(text)
        else handler.message(text)
      }
      socket.on('message', receive)
      socket.pause()
      const opened = await open()
      if (opened === undefined) {
        socket.off('message', receive)
        socket.resume()
        return
      }
      if (isGone) return opened.closed()
      socket.once('close', () => opened.closed())
      handler = opened
      for (const text of early.splice(0)) opened.message(text)
      socket.resume()
    },

    ping() {
      if (isGone) return true
      if (missed >= MISSED_PINGS) {
        socket.terminate()
        return false
      }
      missed++
      if (socket.readyState === socket.OPEN) socket.ping()
      return true
    },

    terminate: () => socket.terminate(),
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8')
  return Buffer.from(data as ArrayBuffer).toString('utf8')
}
