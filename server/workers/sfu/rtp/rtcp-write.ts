import { NTP_UNIX_SECONDS } from './ntp.ts'
import type { ReceptionReport } from './rtcp-parse.ts'
import { sequenceDelta } from './header.ts'

/** What a sender report says of a stream. */
export interface SenderInfo {
  ssrc: number
  /** Unix milliseconds at which `rtpTimestamp` was, or would have been, sampled. */
  atMs: number
  rtpTimestamp: number
  packets: number
  bytes: number
}

/** A sender report (RFC 3550 section 6.4.1) without report blocks. */
export function writeSenderReport(info: SenderInfo): Buffer {
  const packet = rtcpPacket(0, 200, 28)
  packet.writeUInt32BE(info.ssrc, 4)
  const seconds = Math.floor(info.atMs / 1000)
  packet.writeUInt32BE((seconds + NTP_UNIX_SECONDS) >>> 0, 8)
  packet.writeUInt32BE(Math.floor((info.atMs - seconds * 1000) * 4_294_967.296) >>> 0, 12)
  packet.writeUInt32BE(info.rtpTimestamp >>> 0, 16)
  packet.writeUInt32BE(info.packets >>> 0, 20)
  packet.writeUInt32BE(info.bytes >>> 0, 24)
  return packet
}

/** A receiver report with up to 31 blocks. */
export function writeReceiverReport(sender: number, reports: readonly ReceptionReport[]): Buffer {
  const blocks = reports.slice(0, 31)
  const packet = rtcpPacket(blocks.length, 201, 8 + blocks.length * 24)
  packet.writeUInt32BE(sender, 4)
  blocks.forEach((report, i) => {
    const at = 8 + i * 24
    packet.writeUInt32BE(report.ssrc, at)
    packet[at + 4] = Math.min(255, Math.floor(report.fractionLost * 256))
    packet.writeIntBE(Math.max(-0x800000, Math.min(0x7fffff, report.packetsLost)), at + 5, 3)
    packet.writeUInt32BE(report.highestSequence >>> 0, at + 8)
    packet.writeUInt32BE(report.jitter >>> 0, at + 12)
    packet.writeUInt32BE(report.lastReport >>> 0, at + 16)
    packet.writeUInt32BE(report.delaySinceLastReport >>> 0, at + 20)
  })
  return packet
}

/** A source description with just the canonical name, which every compound packet carries. */
export function writeSourceDescription(ssrc: number, cname: string): Buffer {
  const name = Buffer.from(cname).subarray(0, 255)
  const length = 8 + 2 + name.length + 1
  const packet = rtcpPacket(1, 202, length + ((4 - (length & 3)) & 3))
  packet.writeUInt32BE(ssrc, 4)
  packet[8] = 1
  packet[9] = name.length
  name.copy(packet, 10)
  return packet
}

/** A generic NACK (RFC 4585 section 6.2.1) of sequence numbers in ascending order. */
export function writeNack(sender: number, media: number, sequences: readonly number[]): Buffer {
  const pairs: [number, number][] = []
  for (const sequence of sequences) {
    const last = pairs.at(-1)
    const distance = last ? sequenceDelta(sequence, last[0]) : 0
    if (last && distance > 0 && distance <= 16) last[1] |= 1 << (distance - 1)
    else pairs.push([sequence, 0])
  }
  const packet = rtcpPacket(1, 205, 12 + pairs.length * 4)
  packet.writeUInt32BE(sender, 4)
  packet.writeUInt32BE(media, 8)
  pairs.forEach(([first, mask], i) => {
    packet.writeUInt16BE(first, 12 + i * 4)
    packet.writeUInt16BE(mask, 14 + i * 4)
  })
  return packet
}

/** A picture loss indication (RFC 4585 section 6.3.1). */
export function writePictureLoss(sender: number, media: number): Buffer {
  const packet = rtcpPacket(1, 206, 12)
  packet.writeUInt32BE(sender, 4)
  packet.writeUInt32BE(media, 8)
  return packet
}

/** A full intra request (RFC 5104 section 4.3.1); `sequence` counts the requests for this stream. */
export function writeFullIntraRequest(sender: number, media: number, sequence: number): Buffer {
  const packet = rtcpPacket(4, 206, 20)
  packet.writeUInt32BE(sender, 4)
  packet.writeUInt32BE(media, 12)
  packet[16] = sequence & 0xff
  return packet
}

/** An empty packet of the given type and size in bytes (a multiple of four), its header filled in. */
export function rtcpPacket(count: number, type: number, size: number): Buffer {
  const packet = Buffer.alloc(size)
  packet[0] = 0x80 | count
  packet[1] = type
  packet.writeUInt16BE(size / 4 - 1, 2)
  return packet
}
