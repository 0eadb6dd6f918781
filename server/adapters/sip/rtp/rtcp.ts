const SENDER_REPORT = 200
const RECEIVER_REPORT = 201
const DESCRIPTION = 202
const GOODBYE = 203
/** Seconds from 1900, NTP's beginning, to 1970. */
const NTP_OFFSET = 2_208_988_800

/** What a receiver says of a sender (RFC 3550, section 6.4.1). */
export interface ReportBlock {
  readonly ssrc: number
  /** Since the last report, 0 to 255 of 256. */
  readonly fractionLost: number
  readonly lost: number
  readonly highestSequence: number
  /** In units of the timestamp. */
  readonly jitter: number
  /** The middle 32 bits of the last sender report's NTP time; 0 for none. */
  readonly lastReport: number
  /** Since then, in 1/65536 s. */
  readonly delay: number
}

export interface SenderInfo {
  readonly ssrc: number
  readonly nowMs: number
  readonly timestamp: number
  readonly packets: number
  readonly octets: number
}

/** The middle 32 bits of an NTP time: 1/65536 s, going round every 18 hours. */
export function middleNtp(nowMs: number): number {
  return Math.floor((nowMs / 1000 + NTP_OFFSET) * 65_536) % 2 ** 32
}

/** A sender report with a block for each source, the name that RFC 3550 asks for, and a goodbye at the end. */
export function writeReport(
  sender: SenderInfo,
  blocks: readonly ReportBlock[],
  options: { cname: string; isLast: boolean },
): Buffer {
  const { ssrc, nowMs } = sender
  const report = Buffer.alloc(28 + blocks.length * 24)
  header(report, blocks.length, SENDER_REPORT, ssrc)
  report.writeUInt32BE((Math.floor(nowMs / 1000) + NTP_OFFSET) >>> 0, 8)
  report.writeUInt32BE(Math.floor(((nowMs % 1000) / 1000) * 2 ** 32) >>> 0, 12)
  report.writeUInt32BE(sender.timestamp >>> 0, 16)
  report.writeUInt32BE(sender.packets >>> 0, 20)
  report.writeUInt32BE(sender.octets >>> 0, 24)
  for (const [at, block] of blocks.entries()) {
    const offset = 28 + at * 24
    report.writeUInt32BE(block.ssrc >>> 0, offset)
    report[offset + 4] = block.fractionLost & 0xff
    report.writeIntBE(Math.min(0x7f_ffff, block.lost), offset + 5, 3)
    report.writeUInt32BE(block.highestSequence >>> 0, offset + 8)
    report.writeUInt32BE(block.jitter >>> 0, offset + 12)
    report.writeUInt32BE(block.lastReport >>> 0, offset + 16)
    report.writeUInt32BE(block.delay >>> 0, offset + 20)
  }
  const name = Buffer.from(options.cname.slice(0, 255))
  // The items end with at least one zero byte and are filled up to four.
  const description = Buffer.alloc(8 + Math.ceil((2 + name.length + 1) / 4) * 4)
  header(description, 1, DESCRIPTION, ssrc)
  description[8] = 1
  description[9] = name.length
  name.copy(description, 10)
  if (!options.isLast) return Buffer.concat([report, description])
  const goodbye = Buffer.alloc(8)
  header(goodbye, 1, GOODBYE, ssrc)
  return Buffer.concat([report, description, goodbye])
}

function header(packet: Buffer, count: number, type: number, ssrc: number): void {
  packet[0] = 0x80 | count
  packet[1] = type
  packet.writeUInt16BE(packet.length / 4 - 1, 2)
  packet.writeUInt32BE(ssrc >>> 0, 4)
}

/** What we read of the other side's reports. */
export interface ParsedReports {
  /** Middle NTP of its sender report, to answer with. */
  readonly senderReport: number | undefined
  /** What it says of us. */
  readonly aboutUs: ReportBlock | undefined
  readonly isGoodbye: boolean
}

/** Reads a compound packet; undefined for bytes that are none. */
export function parseReports(bytes: Buffer, ourSsrc: number): ParsedReports | undefined {
  let senderReport: number | undefined
  let aboutUs: ReportBlock | undefined
  let isGoodbye = false
  for (let start = 0; start < bytes.length;) {
    if (bytes.length < start + 4 || (bytes[start] ?? 0) >> 6 !== 2) return undefined
    const end = start + (bytes.readUInt16BE(start + 2) + 1) * 4
    if (end > bytes.length) return undefined
    const type = bytes[start + 1]
    const count = (bytes[start] ?? 0) & 0x1f
    if (type === SENDER_REPORT && end >= start + 28) senderReport = bytes.readUInt32BE(start + 10)
    if (type === SENDER_REPORT || type === RECEIVER_REPORT) {
      const first = start + (type === SENDER_REPORT ? 28 : 8)
      for (let at = 0; at < count && first + (at + 1) * 24 <= end; at++) {
        const block = readBlock(bytes, first + at * 24)
        if (block.ssrc === ourSsrc) aboutUs = block
      }
    }
    if (type === GOODBYE) isGoodbye = true
    start = end
  }
  return { senderReport, aboutUs, isGoodbye }
}

function readBlock(bytes: Buffer, at: number): ReportBlock {
  return {
    ssrc: bytes.readUInt32BE(at),
    fractionLost: bytes[at + 4] ?? 0,
    lost: bytes.readIntBE(at + 5, 3),
    highestSequence: bytes.readUInt32BE(at + 8),
    jitter: bytes.readUInt32BE(at + 12),
    lastReport: bytes.readUInt32BE(at + 16),
    delay: bytes.readUInt32BE(at + 20),
  }
}
