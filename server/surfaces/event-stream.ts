import type { FastifyReply } from 'fastify'
import { takeOver } from './take-over.ts'

/** A comment this often keeps proxies from closing a silent stream (contract, section 5). */
const COMMENT_EVERY_MS = 15_000
/** A reader this far behind is not reading: it may come back and read the rest. */
const MOST_UNREAD_BYTES = 4 * 1024 * 1024

/** Server-sent events on one response (WHATWG HTML, section 9.2). */
export interface EventStream {
  /** False once the reader is gone. */
  readonly open: boolean
  send(event: string, data: unknown): void
  end(): void
  /** Calls `listener` when the reader goes away before `end`. */
  onGone(listener: () => void): void
}

/** Turns a reply into an event stream; from here on it is not Fastify’s any more. Its headers go with the first event. */
export function openEventStream(reply: FastifyReply): EventStream {
  const raw = takeOver(
    reply
      .status(200)
      .header('content-type', 'text/event-stream; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no'),
  )
  let over = false
  const write = (text: string): void => {
    if (over || raw.destroyed) return
    raw.write(text)
    if (raw.writableLength > MOST_UNREAD_BYTES) raw.destroy()
  }
  const timer = setInterval(() => write(': still here\n\n'), COMMENT_EVERY_MS)
  const gone: (() => void)[] = []
  raw.on('close', () => {
    clearInterval(timer)
    if (over) return
    over = true
    for (const listener of gone) listener()
  })
  return {
    get open() {
      return !over && !raw.destroyed
    },
    send: (event, data) => write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
    end: () => {
      if (over) return
      over = true
      clearInterval(timer)
      raw.end()
    },
    onGone: (listener) => void gone.push(listener),
  }
}
