export const CLIENT_HELLO = 1
export const SERVER_HELLO = 2
export const CERTIFICATE = 11
export const SERVER_KEY_EXCHANGE = 12
export const CERTIFICATE_REQUEST = 13
export const SERVER_HELLO_DONE = 14
export const CERTIFICATE_VERIFY = 15
export const CLIENT_KEY_EXCHANGE = 16
export const FINISHED = 20

const HEADER = 12
/** A client certificate of an odd authority fits; a memory attack does not. */
const MAX_MESSAGE = 16_384
/** How far ahead of the message waited for one may arrive and be kept. */
const MAX_AHEAD = 8

/** A whole handshake message; `raw` has the unfragmented header the transcript is made of (RFC 6347 section 4.2.6). */
export interface HandshakeMessage {
  type: number
  body: Buffer
  raw: Buffer
}

/** Writes a message with its header, unfragmented. */
export function writeHandshake(type: number, sequence: number, body: Buffer): Buffer {
  const message = Buffer.alloc(HEADER + body.length)
  message[0] = type
  message.writeUIntBE(body.length, 1, 3)
  message.writeUInt16BE(sequence, 4)
  message.writeUIntBE(body.length, 9, 3)
  body.copy(message, HEADER)
  return message
}

interface Partial {
  type: number
  message: Buffer
  seen: Uint8Array
  missing: number
}

/** Puts fragments together and hands messages out in the order of their sequence numbers. Bounded in everything. */
export class HandshakeReader {
  private next = 0
  private readonly partials = new Map<number, Partial>()

  /** Whether the last `push` held nothing but messages handed out before: the peer repeats its flight. */
  repeated = false

  /** Takes one record's plaintext and returns the messages that became whole, in order. */
  push(plain: Buffer): HandshakeMessage[] {
    let at = 0
    this.repeated = plain.length > 0
    while (at + HEADER <= plain.length) {
      const type = plain[at]!
      const length = plain.readUIntBE(at + 1, 3)
      const sequence = plain.readUInt16BE(at + 4)
      const offset = plain.readUIntBE(at + 6, 3)
      const size = plain.readUIntBE(at + 9, 3)
      const end = at + HEADER + size
      if (end > plain.length || length > MAX_MESSAGE || offset + size > length) break
      if (sequence >= this.next) {
        this.repeated = false
        if (sequence < this.next + MAX_AHEAD) this.add(type, sequence, length, offset, plain.subarray(at + HEADER, end))
      }
      at = end
    }
    return this.takeWhole()
  }

  private add(type: number, sequence: number, length: number, offset: number, fragment: Buffer): void {
    let partial = this.partials.get(sequence)
    if (!partial) {
      partial = {
        type,
        message: writeHandshake(type, sequence, Buffer.alloc(length)),
        seen: new Uint8Array(length),
        missing: length,
      }
      this.partials.set(sequence, partial)
    }
    if (partial.type !== type || partial.seen.length !== length) return
    fragment.copy(partial.message, HEADER + offset)
    for (let i = offset; i < offset + fragment.length; i++) {
      if (partial.seen[i] === 0) {
        partial.seen[i] = 1
        partial.missing--
      }
    }
  }

  private takeWhole(): HandshakeMessage[] {
    const whole: HandshakeMessage[] = []
    for (;;) {
      const partial = this.partials.get(this.next)
      if (!partial || partial.missing > 0) return whole
      this.partials.delete(this.next++)
      whole.push({ type: partial.type, body: partial.message.subarray(HEADER), raw: partial.message })
    }
  }
}

/** What a server needs of a ClientHello. */
export interface ClientHello {
  random: Buffer
  cipherSuites: number[]
  groups: number[]
  srtpProfiles: number[]
  extendedMasterSecret: boolean
}

/** Reads a ClientHello (RFC 5246 section 7.4.1.2); throws a RangeError on one that is cut short. */
export function parseClientHello(body: Buffer): ClientHello {
  const hello: ClientHello = {
    random: Buffer.from(body.subarray(2, 34)),
    cipherSuites: [],
    groups: [],
    srtpProfiles: [],
    extendedMasterSecret: false,
  }
  let at = 34
  at += 1 + body.readUInt8(at)
  at += 1 + body.readUInt8(at)
  hello.cipherSuites = uint16List(body, at)
  at += 2 + body.readUInt16BE(at)
  at += 1 + body.readUInt8(at)
  if (at + 2 > body.length) return hello
  const end = Math.min(body.length, at + 2 + body.readUInt16BE(at))
  at += 2
  while (at + 4 <= end) {
    const type = body.readUInt16BE(at)
    const length = body.readUInt16BE(at + 2)
    const data = body.subarray(at + 4, Math.min(end, at + 4 + length))
    if (type === 10) hello.groups = uint16List(data, 0)
    else if (type === 14) hello.srtpProfiles = uint16List(data, 0)
    else if (type === 23) hello.extendedMasterSecret = true
    at += 4 + length
  }
  return hello
}

function uint16List(from: Buffer, at: number): number[] {
  const list: number[] = []
  const end = at + 2 + from.readUInt16BE(at)
  for (let i = at + 2; i + 2 <= end && i + 2 <= from.length; i += 2) list.push(from.readUInt16BE(i))
  return list
}
