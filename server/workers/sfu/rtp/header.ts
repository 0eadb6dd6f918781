/** What sort of packet a datagram is, by its first byte (RFC 7983). */
export function datagramKind(data: Buffer): 'stun' | 'dtls' | 'rtp' | 'rtcp' | 'other' {
  const first = data.length > 0 ? data[0]! : 255
  if (first < 4) return 'stun'
  if (first >= 20 && first < 64) return 'dtls'
  if (first >= 128 && first < 192 && data.length >= 12) return data[1]! >= 192 && data[1]! <= 223 ? 'rtcp' : 'rtp'
  if (first >= 128 && first < 192 && data.length >= 8) return 'rtcp'
  return 'other'
}

/** Where an RTP packet's payload begins, or -1 where its header does not fit into `length` bytes. */
export function payloadStart(packet: Buffer, length: number): number {
  if (length < 12 || packet[0]! >> 6 !== 2) return -1
  let at = 12 + (packet[0]! & 0x0f) * 4
  if ((packet[0]! & 0x10) !== 0) {
    if (at + 4 > length) return -1
    at += 4 + packet.readUInt16BE(at + 2) * 4
  }
  return at <= length ? at : -1
}

/** The payload's length without its padding, or -1 where the padding is a lie. */
export function payloadLength(packet: Buffer, start: number, length: number): number {
  if ((packet[0]! & 0x20) === 0) return length - start
  const padding = length > start ? packet[length - 1]! : 0
  return padding === 0 || padding > length - start ? -1 : length - start - padding
}

/**
 * Calls `each(id, at, length)` for every header extension element (RFC 8285, one- and two-byte forms). The packet's header
 * must have been checked with `payloadStart`.
 */
export function forEachExtension(packet: Buffer, each: (id: number, at: number, length: number) => void): void {
  if ((packet[0]! & 0x10) === 0) return
  let at = 12 + (packet[0]! & 0x0f) * 4
  const profile = packet.readUInt16BE(at)
  const end = at + 4 + packet.readUInt16BE(at + 2) * 4
  at += 4
  if (profile === 0xbede) {
    while (at < end) {
      const byte = packet[at]!
      if (byte === 0) {
        at++
        continue
      }
      const id = byte >> 4
      if (id === 15) return
      const length = (byte & 0x0f) + 1
      if (at + 1 + length > end) return
      each(id, at + 1, length)
      at += 1 + length
    }
  } else if ((profile & 0xfff0) === 0x1000) {
    while (at + 1 < end) {
      const id = packet[at]!
      if (id === 0) {
        at++
        continue
      }
      const length = packet[at + 1]!
      if (at + 2 + length > end) return
      each(id, at + 2, length)
      at += 2 + length
    }
  }
}

/** How far `a` is ahead of `b`, both 16-bit sequence numbers: -32768 to 32767. */
export function sequenceDelta(a: number, b: number): number {
  return ((a - b) << 16) >> 16
}

/** How far `a` is ahead of `b`, both 32-bit timestamps. */
export function timestampDelta(a: number, b: number): number {
  return (a - b) | 0
}
