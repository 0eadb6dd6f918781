import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'

/** Answers an upgrade by HTTP and hangs up. */
export function refuseUpgrade(stream: Duplex, status: number, message: string): void {
  if (stream.destroyed || !stream.writable) return void stream.destroy()
  const body = JSON.stringify({ success: false, message })
  stream.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n` +
      'Connection: close\r\nContent-Type: application/json; charset=utf-8\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
