import { randomInt } from 'node:crypto'
import { emptyFrameNumbers, readFrameNumbers } from '../rtp/payload.ts'
import { RateMeter } from '../rtp/rate-meter.ts'
import { timestampDelta } from '../rtp/header.ts'
import type { ReceptionReport } from '../rtp/rtcp-parse.ts'
import { writeSenderReport } from '../rtp/rtcp-write.ts'
import type { OutgoingPacket } from '../srtp/outbound.ts'
import { flushSoon } from './flush-queue.ts'
import type { Flushable } from './flush-queue.ts'
import type { Publication } from './publication.ts'
import type { IncomingPacket, PacketSink, ReceiveStream } from './receive-stream.ts'
import { RtpRewriter } from './rewriter.ts'

const HISTORY = 1024
const MIN_REPEAT_MS = 20
const NO_PATCHES = new Int16Array([-1])
const numbers = emptyFrameNumbers()

/** Where a subscription's packets go. */
export interface PacketOutput extends Flushable {
  push(packet: OutgoingPacket): boolean
}

/** One publication on its way to one receiver: picks the layer, rewrites, remembers, repeats and counts. */
export class Subscription implements PacketSink {
  readonly publication: Publication
  readonly ssrc = randomInt(1, 0xffffffff)
  readonly rtxSsrc = randomInt(1, 0xffffffff)
  /** Null until the receiver has agreed and its transport is up. */
  output: PacketOutput | null = null
  current: ReceiveStream | null = null
  packets = 0
  bytes = 0
  repeated = 0
  nacks = 0
  keyFrameRequests = 0
  readonly rate = new RateMeter()
  /** From the receiver's reports. */
  received = { lossRate: 0, packetsLost: 0, jitterMs: 0, rttMs: null as number | null }
  private target: ReceiveStream | null = null
  private readonly rewriter = new RtpRewriter(randomInt(1, 30_000), randomInt(0, 0x7fffffff))
  private readonly outSequences = new Float64Array(HISTORY).fill(-1)
  private readonly sourceSequences = new Float64Array(HISTORY)
  private readonly timestamps = new Float64Array(HISTORY)
  private readonly repeatedAt = new Float64Array(HISTORY)
  private readonly sources: (ReceiveStream | null)[] = Array<ReceiveStream | null>(HISTORY).fill(null)
  private readonly patchHistory: (Int16Array | null)[] = Array<Int16Array | null>(HISTORY).fill(null)
  private rtxSequence = randomInt(1, 30_000)
  private orientation = -1
  private contentType = -1
  private sentReports: { middle: number; atMs: number }[] = []

  constructor(publication: Publication) {
    this.publication = publication
  }

  /** What this subscription is to forward; a video changes over at the next key frame, `null` stops it at once. */
  setTarget(stream: ReceiveStream | null, nowMs: number): void {
    if (stream === this.target) return
    const before = this.target
    this.target = stream
    if (before && before !== this.current) detach(before, this)
    if (!stream) {
      if (this.current) detach(this.current, this)
      this.current = null
      return
    }
    if (stream === this.current) return
    stream.sinks = [...stream.sinks, this]
    stream.requestKeyFrame(nowMs)
  }

  /** Forgets the receiver's picture, so that it gets a key frame. */
  requestKeyFrame(nowMs: number): void {
    this.keyFrameRequests++
    ;(this.target ?? this.current)?.requestKeyFrame(nowMs)
  }

  /** Takes a packet of a stream this subscription listens to. */
  onPacket(stream: ReceiveStream, packet: IncomingPacket, nowMs: number): void {
    if (stream !== this.current) {
      if (stream !== this.target || !this.output || (stream.isVideo && !packet.startsKeyFrame)) return
      this.changeOver(stream, packet, nowMs)
    }
    if (!this.output) return
    if (packet.payloadLength === 0) {
      this.rewriter.skip(packet.sequence)
      return
    }
    const sequence = this.rewriter.sequence(packet.sequence)
    if (sequence < 0) return
    const timestamp = this.rewriter.timestamp(packet.timestamp, nowMs)
    if (packet.orientation >= 0) this.orientation = packet.orientation
    if (packet.contentType >= 0) this.contentType = packet.contentType
    const patches = stream.isVideo ? this.frameNumberPatches(stream, packet.slot) : NO_PATCHES
    if (stream.isVideo) this.remember(sequence, stream, packet.sequence, timestamp, patches)
    this.packets++
    this.bytes += packet.payloadLength
    this.rate.add(packet.payloadLength + 22, nowMs)
    const queued = this.output.push({
      ring: stream.ring,
      slot: packet.slot,
      sourceSequence: packet.sequence,
      ssrc: this.ssrc,
      payloadType: this.publication.codec.payloadType,
      marker: packet.marker,
      sequence,
      timestamp,
      audioLevel: packet.audioLevel,
      orientation: packet.marker ? this.orientation : -1,
      contentType: packet.marker ? this.contentType : -1,
      originalSequence: -1,
      patches,
    })
    if (queued) flushSoon(this.output)
  }

  private changeOver(stream: ReceiveStream, packet: IncomingPacket, nowMs: number): void {
    const old = this.current
    const elapsed = old ? this.elapsedBetween(old, stream, packet.timestamp) : null
    this.rewriter.switchTo(packet.sequence, packet.timestamp, nowMs, stream.clockRate, elapsed)
    this.current = stream
    if (old) detach(old, this)
  }

  /** Media ticks from the last packet sent of `from` to `timestamp` of `to`, by the publisher's own clock. */
  private elapsedBetween(from: ReceiveStream, to: ReceiveStream, timestamp: number): number | null {
    const a = from.senderReport
    const b = to.senderReport
    if (!a || !b) return null
    const perMs = from.clockRate / 1000
    const reportInOutput = this.rewriter.mapTimestamp(a.rtpTimestamp)
    const lastMs = a.ntpMs + timestampDelta(this.rewriter.last.timestamp, reportInOutput) / perMs
    const nextMs = b.ntpMs + timestampDelta(timestamp, b.rtpTimestamp) / perMs
    const elapsed = nextMs - lastMs
    return elapsed > -2000 && elapsed < 10_000 ? Math.round(elapsed * perMs) : null
  }

  private frameNumberPatches(stream: ReceiveStream, slot: number): Int16Array {
    const { ring } = stream
    if (!readFrameNumbers(stream.codec, ring.data, ring.payloadOffset(slot), ring.payloadLength(slot), numbers)) {
      return NO_PATCHES
    }
    const patches = new Int16Array(8)
    this.rewriter.patchNumbers(numbers, patches)
    return patches
  }

  private remember(
    sequence: number,
    stream: ReceiveStream,
    source: number,
    timestamp: number,
    patches: Int16Array,
  ): void {
    const at = sequence % HISTORY
    this.outSequences[at] = sequence
    this.sourceSequences[at] = source
    this.timestamps[at] = timestamp
    this.repeatedAt[at] = -Infinity
    this.sources[at] = stream
    this.patchHistory[at] = patches
  }

  /** Repeats what the receiver misses over RTX; returns how many packets that were. */
  onNack(sequences: readonly number[], nowMs: number): number {
    this.nacks += sequences.length
    let count = 0
    for (const sequence16 of sequences) {
      const at = sequence16 % HISTORY
      const sequence = this.outSequences[at]!
      if (sequence >= 0 && (sequence & 0xffff) === sequence16 && nowMs - this.repeatedAt[at]! >= MIN_REPEAT_MS) {
        this.repeatedAt[at] = nowMs
        if (this.repeat(at)) count++
      }
    }
    if (count > 0 && this.output) flushSoon(this.output)
    return count
  }

  /** Sends the newest packets again, up to `bytes`, to find out whether the line bears more; returns the bytes queued. */
  probe(bytes: number): number {
    let sent = 0
    for (let back = 0; back < 64 && sent < bytes; back++) {
      const sequence = this.rewriter.last.sequence - back
      const at = ((sequence % HISTORY) + HISTORY) % HISTORY
      if (this.outSequences[at] !== sequence) continue
      const stream = this.sources[at]
      const slot = stream?.ring.find(this.sourceSequences[at]!) ?? -1
      if (stream && slot >= 0 && this.repeat(at)) sent += stream.ring.payloadLength(slot) + 40
    }
    if (sent > 0 && this.output) flushSoon(this.output)
    return sent
  }

  private repeat(at: number): boolean {
    const stream = this.sources[at]
    const source = this.sourceSequences[at]!
    const slot = stream ? stream.ring.find(source) : -1
    if (!stream || slot < 0 || !this.output) return false
    const header = stream.ring.offset(slot)
    this.repeated++
    return this.output.push({
      ring: stream.ring,
      slot,
      sourceSequence: source,
      ssrc: this.rtxSsrc,
      payloadType: this.publication.codec.rtxPayloadType,
      marker: (stream.ring.data[header + 1]! & 0x80) !== 0,
      sequence: this.rtxSequence++,
      timestamp: this.timestamps[at]!,
      audioLevel: -1,
      orientation: this.orientation,
      contentType: this.contentType,
      originalSequence: this.outSequences[at]! & 0xffff,
      patches: this.patchHistory[at] ?? NO_PATCHES,
    })
  }

  /** A sender report that lets the receiver line this stream up with its publisher's others; null before that can be known. */
  senderReport(unixMs: number, nowMs: number): Buffer | null {
    const report = this.current?.senderReport
    const offset = this.publication.clock.offsetMs
    if (!this.current || !report || offset === null || this.packets === 0) return null
    const ticks = ((unixMs - offset - report.ntpMs) * this.current.clockRate) / 1000
    const source = (report.rtpTimestamp + Math.round(ticks)) >>> 0
    const packet = writeSenderReport({
      ssrc: this.ssrc,
      atMs: unixMs,
      rtpTimestamp: this.rewriter.mapTimestamp(source),
      packets: this.packets,
      bytes: this.bytes,
    })
    this.sentReports.push({ middle: packet.readUInt32BE(10), atMs: nowMs })
    if (this.sentReports.length > 8) this.sentReports.shift()
    return packet
  }

  /** Takes the receiver's report on this stream. */
  onReport(report: ReceptionReport, nowMs: number): void {
    const sent = this.sentReports.find((each) => each.middle === report.lastReport)
    const rtt = sent ? nowMs - sent.atMs - (report.delaySinceLastReport * 1000) / 65_536 : null
    this.received = {
      lossRate: report.fractionLost,
      packetsLost: report.packetsLost,
      jitterMs: (report.jitter * 1000) / this.publication.codec.clockRate,
      rttMs: rtt !== null && rtt >= 0 && rtt < 60_000 ? rtt : this.received.rttMs,
    }
  }

  /** Stops listening for good. */
  close(): void {
    if (this.target) detach(this.target, this)
    if (this.current) detach(this.current, this)
    this.target = null
    this.current = null
    this.output = null
    this.sources.fill(null)
  }
}

function detach(stream: ReceiveStream, sink: PacketSink): void {
  stream.sinks = stream.sinks.filter((each) => each !== sink)
}
