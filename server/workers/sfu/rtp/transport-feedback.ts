import { rtcpPacket } from './rtcp-write.ts'
import { sequenceDelta } from './header.ts'

/** A parsed transport-wide feedback packet (draft-holmer-rmcat-transport-wide-cc-extensions-01). */
export interface TransportFeedback {
  feedbackCount: number
  /** In order of sequence number; `arrivalMs` on the receiver's clock, null where the packet did not arrive. */
  packets: { sequence: number; arrivalMs: number | null }[]
}

const MAX_STATUSES = 4096
const REFERENCE_MS = 64
const DELTA_MS = 0.25

/** Reads the body of a feedback packet from its base sequence number on; null for one that is cut short. */
export function parseTransportFeedback(data: Buffer, at: number, end: number): TransportFeedback | null {
  if (at + 8 > end) return null
  const base = data.readUInt16BE(at)
  const count = data.readUInt16BE(at + 2)
  if (count > MAX_STATUSES) return null
  let arrival = data.readIntBE(at + 4, 3) * REFERENCE_MS
  const feedbackCount = data[at + 7]!
  const symbols: number[] = []
  at += 8
  while (symbols.length < count) {
    if (at + 2 > end) return null
    const chunk = data.readUInt16BE(at)
    at += 2
    if (chunk >> 15 === 0) {
      const run = Math.min(chunk & 0x1fff, count - symbols.length)
      for (let i = 0; i < run; i++) symbols.push((chunk >> 13) & 3)
      if (run === 0) return null
    } else if ((chunk >> 14) & 1) {
      for (let shift = 12; shift >= 0 && symbols.length < count; shift -= 2) symbols.push((chunk >> shift) & 3)
    } else {
      for (let shift = 13; shift >= 0 && symbols.length < count; shift--) symbols.push((chunk >> shift) & 1)
    }
  }
  const packets: TransportFeedback['packets'] = []
  for (let i = 0; i < count; i++) {
    const sequence = (base + i) & 0xffff
    if (symbols[i] === 1) {
      if (at + 1 > end) return null
      arrival += data[at]! * DELTA_MS
      at += 1
      packets.push({ sequence, arrivalMs: arrival })
    } else if (symbols[i] === 2) {
      if (at + 2 > end) return null
      arrival += data.readInt16BE(at) * DELTA_MS
      at += 2
      packets.push({ sequence, arrivalMs: arrival })
    } else {
      packets.push({ sequence, arrivalMs: null })
    }
  }
  return { feedbackCount, packets }
}

const HISTORY = 2048

/**
 * Collects arrivals on one transport and writes them as feedback, each sequence number reported once or, where it came late,
 * again. One generator serves all streams of a transport: the sender numbers its packets across them.
 */
export class TransportFeedbackWriter {
  private readonly arrivals = new Float64Array(HISTORY).fill(-1)
  private readonly sequences = new Int32Array(HISTORY).fill(-1)
  private next = -1
  private highest = -1
  private count = 0

  /** Notes that `sequence` arrived at `nowMs` (any monotonic clock). */
  arrived(sequence: number, nowMs: number): void {
    if (this.next < 0) this.next = sequence
    if (this.highest < 0 || sequenceDelta(sequence, this.highest) > 0) this.highest = sequence
    const behind = sequenceDelta(this.next, sequence)
    if (behind > HISTORY / 2) return
    if (behind > 0) this.next = sequence
    this.arrivals[sequence % HISTORY] = nowMs
    this.sequences[sequence % HISTORY] = sequence
  }

  /** The feedback owed since the last call, as RTCP packets of at most about 1 KB; empty where there is none. */
  take(sender: number, media: number): Buffer[] {
    const packets: Buffer[] = []
    while (this.next >= 0 && sequenceDelta(this.highest, this.next) >= 0) {
      const owed = sequenceDelta(this.highest, this.next) + 1
      // A leap that no history can tell of: begin anew at what did arrive.
      if (owed > HISTORY / 2) this.next = (this.highest - HISTORY / 2 + 1) & 0xffff
      while (this.next !== ((this.highest + 1) & 0xffff) && !this.has(this.next)) this.next = (this.next + 1) & 0xffff
      if (sequenceDelta(this.highest, this.next) < 0) break
      packets.push(this.write(sender, media))
    }
    return packets
  }

  private has(sequence: number): boolean {
    return this.sequences[sequence % HISTORY] === sequence
  }

  private write(sender: number, media: number): Buffer {
    const base = this.next
    const reference = Math.floor(this.arrivals[base % HISTORY]! / REFERENCE_MS)
    let clock = reference * (REFERENCE_MS / DELTA_MS)
    const symbols: number[] = []
    const deltas: number[] = []
    let sequence = base
    // What was not received between two that were is reported lost; 500 packets fit comfortably into one datagram.
    while (symbols.length < 500 && sequenceDelta(this.highest, sequence) >= 0) {
      if (this.has(sequence)) {
        const ticks = Math.round(this.arrivals[sequence % HISTORY]! / DELTA_MS) - clock
        if (ticks < -32768 || ticks > 32767) break
        symbols.push(ticks >= 0 && ticks <= 255 ? 1 : 2)
        deltas.push(ticks)
        clock += ticks
      } else {
        symbols.push(0)
      }
      sequence = (sequence + 1) & 0xffff
    }
    this.next = sequence
    return encode(sender, media, base, reference, this.count++ & 0xff, symbols, deltas)
  }
}

function encode(
  sender: number,
  media: number,
  base: number,
  reference: number,
  count: number,
  symbols: number[],
  deltas: number[],
): Buffer {
  const chunks = encodeChunks(symbols)
  let deltaBytes = 0
  for (const symbol of symbols) deltaBytes += symbol
  const size = 20 + chunks.length * 2 + deltaBytes
  const packet = rtcpPacket(15, 205, size + ((4 - (size & 3)) & 3))
  packet.writeUInt32BE(sender, 4)
  packet.writeUInt32BE(media, 8)
  packet.writeUInt16BE(base, 12)
  packet.writeUInt16BE(symbols.length, 14)
  packet.writeUIntBE(reference & 0xffffff, 16, 3)
  packet[19] = count
  let at = 20
  for (const chunk of chunks) at = packet.writeUInt16BE(chunk, at)
  let next = 0
  for (const symbol of symbols) {
    if (symbol === 1) at = packet.writeUInt8(deltas[next++]!, at)
    else if (symbol === 2) at = packet.writeInt16BE(deltas[next++]!, at)
  }
  return packet
}

/** Run-length chunks where a symbol repeats at least seven times, two-bit vectors elsewhere. */
function encodeChunks(symbols: readonly number[]): number[] {
  const chunks: number[] = []
  let at = 0
  while (at < symbols.length) {
    let run = 1
    while (at + run < symbols.length && run < 0x1fff && symbols[at + run] === symbols[at]) run++
    if (run >= 7 || at + run === symbols.length) {
      chunks.push((symbols[at]! << 13) | run)
      at += run
    } else {
      let vector = 0xc000
      for (let i = 0; i < 7; i++) vector |= (symbols[at + i] ?? 0) << (12 - i * 2)
      chunks.push(vector)
      at += 7
    }
  }
  return chunks
}
