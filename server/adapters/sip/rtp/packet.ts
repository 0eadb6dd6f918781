/** The fixed header of RTP (RFC 3550, section 5.1). */
export const RTP_HEADER = 12

/** What we look at of a packet that came in. */
export interface RtpPacket {
  readonly payloadType: number
  readonly marker: boolean
  readonly sequence: number
  readonly timestamp: number
  readonly ssrc: number
  readonly payload: Buffer
}

/** Writes the header in front of a payload that the caller puts behind it. */
export function writeRtpHeader(
  into: Buffer,
  header: { payloadType: number; marker: boolean; sequence: number; timestamp: number; ssrc: number },
): void {
  into[0] = 0x80
  into[1] = header.payloadType | (header.marker ? 0x80 : 0)
  into.writeUInt16BE(header.sequence & 0xffff, 2)
  into.writeUInt32BE(header.timestamp >>> 0, 4)
  into.writeUInt32BE(header.ssrc >>> 0, 8)
}

/** Reads a packet; undefined for bytes that are none. */
export function parseRtp(bytes: Buffer): RtpPacket | undefined {
  if (bytes.length < RTP_HEADER) return undefined
  const first = bytes[0] ?? 0
  const second = bytes[1] ?? 0
  if (first >> 6 !== 2) return undefined
  let start = RTP_HEADER + (first & 0x0f) * 4
  if (first & 0x10) {
    if (bytes.length < start + 4) return undefined
    start += 4 + bytes.readUInt16BE(start + 2) * 4
  }
  const padding = first & 0x20 ? (bytes[bytes.length - 1] ?? 0) : 0
  const end = bytes.length - padding
  if (end < start || (first & 0x20 && padding === 0)) return undefined
  return {
    payloadType: second & 0x7f,
    marker: (second & 0x80) !== 0,
    sequence: bytes.readUInt16BE(2),
    timestamp: bytes.readUInt32BE(4),
    ssrc: bytes.readUInt32BE(8),
    payload: bytes.subarray(start, end),
  }
}
