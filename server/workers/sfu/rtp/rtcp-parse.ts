import { NTP_UNIX_SECONDS } from './ntp.ts'
import { parseTransportFeedback } from './transport-feedback.ts'
import type { TransportFeedback } from './transport-feedback.ts'

/** One report block of a sender or receiver report. */
export interface ReceptionReport {
  ssrc: number
  fractionLost: number
  /** Cumulative, signed 24 bits. */
  packetsLost: number
  highestSequence: number
  jitter: number
  /** Middle 32 bits of the last sender report's NTP time, and the delay since in 1/65536 s. */
  lastReport: number
  delaySinceLastReport: number
}

/** What a reader of RTCP wants to hear of; each is called once per packet in the compound. */
export interface RtcpHandlers {
  onSenderReport(ssrc: number, ntpMs: number, ntpMiddle: number, rtpTimestamp: number): void
  onReceptionReport(report: ReceptionReport): void
  onNack(mediaSsrc: number, sequences: number[]): void
  /** PLI or FIR. */
  onKeyFrameRequest(mediaSsrc: number): void
  onBitrateEstimate(bitsPerSecond: number): void
  onTransportFeedback(feedback: TransportFeedback): void
  onBye(ssrc: number): void
}

const MAX_NACKED = 512
const MAX_PACKETS = 64

/** Walks a compound RTCP packet (RFC 3550, 4585, 5104, REMB, transport-cc); garbage ends the walk. Never throws. */
export function parseRtcp(data: Buffer, length: number, handlers: RtcpHandlers): void {
  let at = 0
  for (let count = 0; at + 8 <= length && count < MAX_PACKETS; count++) {
    if (data[at]! >> 6 !== 2) return
    const end = at + 4 + data.readUInt16BE(at + 2) * 4
    if (end > length) return
    parseOne(data, at, end, handlers)
    at = end
  }
}

function parseOne(data: Buffer, at: number, end: number, handlers: RtcpHandlers): void {
  const count = data[at]! & 0x1f
  const type = data[at + 1]!
  switch (type) {
    case 200:
      if (at + 28 > end) return
      handlers.onSenderReport(
        data.readUInt32BE(at + 4),
        (data.readUInt32BE(at + 8) - NTP_UNIX_SECONDS) * 1000 + data.readUInt32BE(at + 12) / 4_294_967.296,
        data.readUInt32BE(at + 10),
        data.readUInt32BE(at + 16),
      )
      return parseReports(data, at + 28, end, count, handlers)
    case 201:
      return parseReports(data, at + 8, end, count, handlers)
    case 203:
      for (let i = 0; i < count && at + 8 + i * 4 <= end; i++) handlers.onBye(data.readUInt32BE(at + 4 + i * 4))
      return
    case 205:
      if (at + 12 > end) return
      if (count === 1) handlers.onNack(data.readUInt32BE(at + 8), nackedSequences(data, at + 12, end))
      else if (count === 15) {
        const feedback = parseTransportFeedback(data, at + 12, end)
        if (feedback) handlers.onTransportFeedback(feedback)
      }
      return
    case 206:
      if (at + 12 > end) return
      if (count === 1) handlers.onKeyFrameRequest(data.readUInt32BE(at + 8))
      else if (count === 4) {
        for (let i = at + 12; i + 8 <= end; i += 8) handlers.onKeyFrameRequest(data.readUInt32BE(i))
      } else if (count === 15 && at + 20 <= end && data.readUInt32BE(at + 12) === 0x52454d42) {
        handlers.onBitrateEstimate((data.readUInt32BE(at + 16) & 0x3ffff) * 2 ** (data[at + 17]! >> 2))
      }
      return
    default:
  }
}

function parseReports(data: Buffer, at: number, end: number, count: number, handlers: RtcpHandlers): void {
  for (let i = 0; i < count && at + 24 <= end; i++, at += 24) {
    handlers.onReceptionReport({
      ssrc: data.readUInt32BE(at),
      fractionLost: data[at + 4]! / 256,
      packetsLost: data.readIntBE(at + 5, 3),
      highestSequence: data.readUInt32BE(at + 8),
      jitter: data.readUInt32BE(at + 12),
      lastReport: data.readUInt32BE(at + 16),
      delaySinceLastReport: data.readUInt32BE(at + 20),
    })
  }
}

function nackedSequences(data: Buffer, at: number, end: number): number[] {
  const sequences: number[] = []
  for (; at + 4 <= end && sequences.length < MAX_NACKED; at += 4) {
    const first = data.readUInt16BE(at)
    sequences.push(first)
    const mask = data.readUInt16BE(at + 2)
    for (let bit = 0; bit < 16; bit++) if ((mask >> bit) & 1) sequences.push((first + bit + 1) & 0xffff)
  }
  return sequences
}
