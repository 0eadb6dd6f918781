import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { envelopes, familyOfPath } from '../envelopes/by-family.ts'
import type { DefaultWords } from '../envelopes/envelope.ts'

/** Answers an upgrade by HTTP, in the envelope of the path's family, and hangs up. */
export function refuseUpgrade(stream: Duplex, path: string, why: keyof DefaultWords): void {
  if (stream.destroyed || !stream.writable) return void stream.destroy()
  const envelope = envelopes[familyOfPath(path)]
  const words = envelope.defaults[why]
  const requestId = randomUUID()
  const body = JSON.stringify(envelope.fail(words, { requestId }))
  stream.end(
    `HTTP/1.1 ${words.status} ${STATUS_CODES[words.status] ?? ''}\r\n` +
      'Connection: close\r\nContent-Type: application/json; charset=utf-8\r\n' +
      `X-Request-Id: ${requestId}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
