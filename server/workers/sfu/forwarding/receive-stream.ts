import { NackTracker } from '../rtp/nack-tracker.ts'
import { PacketRing } from '../rtp/packet-ring.ts'
import { sequenceDelta } from '../rtp/header.ts'
import { RateMeter } from '../rtp/rate-meter.ts'
import type { ReceptionReport } from '../rtp/rtcp-parse.ts'
import { startsKeyFrame, vp8FrameSize } from '../rtp/payload.ts'

/** What is known of a packet beyond its bytes, which lie in the stream's ring. One object is reused for all packets. */
export interface IncomingPacket {
  slot: number
  /** Extended sequence number. */
  sequence: number
  timestamp: number
  marker: boolean
  startsKeyFrame: boolean
  payloadLength: number
  /** RFC 6464 byte, or -1. */
  audioLevel: number
  orientation: number
  contentType: number
}

/** Who is given a stream's packets as they come. */
export interface PacketSink {
  onPacket(stream: ReceiveStream, packet: IncomingPacket, nowMs: number): void
}

/** What a stream asks of its publisher. */
export interface StreamFeedback {
  sendNack(stream: ReceiveStream, sequences: number[]): void
  sendKeyFrameRequest(stream: ReceiveStream): void
}

const KEY_FRAME_INTERVAL_MS = 500

/** One RTP stream of a publisher: one layer of a video, or a sound. */
export class ReceiveStream {
  readonly ssrc: number
  readonly codec: string
  readonly clockRate: number
  readonly isVideo: boolean
  readonly canRepair: boolean
  readonly ring: PacketRing
  readonly rate = new RateMeter()
  sinks: PacketSink[] = []
  packets = 0
  bytes = 0
  nacks = 0
  keyFrameRequests = 0
  lastPacketAt = -1
  jitterTicks = 0
  /** Loss over the last report interval, 0 to 1. */
  lossRate = 0
  width = 0
  height = 0
  /** The publisher's last sender report: its clock and the timestamp at that moment, and when it came. */
  senderReport: { ntpMs: number; ntpMiddle: number; rtpTimestamp: number; arrivedAt: number } | null = null
  private readonly feedback: StreamFeedback
  private readonly nackTracker = new NackTracker()
  private first = -1
  private highest = -1
  private lastTransit: number | null = null
  private reported = { expected: 0, received: 0 }
  private keyFrameWanted = false
  private keyFrameAskedAt = -Infinity

  constructor(options: {
    ssrc: number
    codec: string
    clockRate: number
    isVideo: boolean
    canRepair: boolean
    feedback: StreamFeedback
  }) {
    this.ssrc = options.ssrc
    this.codec = options.codec
    this.clockRate = options.clockRate
    this.isVideo = options.isVideo
    this.canRepair = options.canRepair
    this.feedback = options.feedback
    this.ring = new PacketRing(options.isVideo ? 512 : 64)
  }

  /** The newest extended sequence number, -1 before the first packet. */
  get highestSequence(): number {
    return this.highest
  }

  /** Takes a decrypted packet; `incoming` has the header's fields and gets the rest filled in. */
  receive(
    packet: Buffer,
    payloadAt: number,
    end: number,
    sequence16: number,
    incoming: IncomingPacket,
    nowMs: number,
    isRepair: boolean,
  ): void {
    const sequence = this.extend(sequence16)
    const slot = this.ring.put(sequence, this.highest, packet, payloadAt, end)
    if (slot < 0) return
    incoming.slot = slot
    incoming.sequence = sequence
    incoming.payloadLength = end - payloadAt
    incoming.startsKeyFrame = this.isVideo && startsKeyFrame(this.codec, packet, payloadAt, end - payloadAt)
    this.count(sequence, incoming, end, nowMs, isRepair)
    if (incoming.startsKeyFrame) this.keyFrameCame(packet, payloadAt, end)
    for (const sink of this.sinks) sink.onPacket(this, incoming, nowMs)
  }

  /** Counts a packet that is dropped on purpose, so that it is not taken for lost when the stream is let through again. */
  passOver(sequence16: number): void {
    const sequence = this.extend(sequence16)
    this.packets++
    if (this.highest < 0) this.first = sequence
    this.highest = Math.max(this.highest, sequence)
  }

  private extend(sequence16: number): number {
    // One cycle up, so that packets from just before the first one have numbers too.
    if (this.highest < 0) return sequence16 + 65_536
    return this.highest + sequenceDelta(sequence16, this.highest & 0xffff)
  }

  private count(sequence: number, incoming: IncomingPacket, size: number, nowMs: number, isRepair: boolean): void {
    this.packets++
    this.bytes += size
    this.rate.add(size, nowMs)
    this.lastPacketAt = nowMs
    if (this.highest < 0) {
      this.first = sequence
      this.highest = sequence
    } else if (sequence > this.highest) {
      if (sequence > this.highest + 1 && this.canRepair) {
        this.nackTracker.gap(this.highest, sequence)
        this.askForMissing(nowMs, Infinity)
      }
      this.highest = sequence
    } else if (this.canRepair) {
      this.nackTracker.arrived(sequence)
    }
    if (isRepair) return
    const transit = (nowMs * this.clockRate) / 1000 - incoming.timestamp
    if (this.lastTransit !== null) {
      const difference = Math.abs(transit - this.lastTransit)
      // A leap (a new timeline, a wrap) is no jitter.
      if (difference < this.clockRate) this.jitterTicks += (difference - this.jitterTicks) / 16
    }
    this.lastTransit = transit
  }

  private keyFrameCame(packet: Buffer, payloadAt: number, end: number): void {
    this.keyFrameWanted = false
    if (this.codec !== 'vp8') return
    const size = vp8FrameSize(packet, payloadAt, end - payloadAt)
    if (size) ({ width: this.width, height: this.height } = size)
  }

  /** Asks again for what is missing and for key frames that did not come; to be called a few times a second. */
  tick(nowMs: number, rttMs: number): void {
    if (!this.nackTracker.isEmpty) this.askForMissing(nowMs, Math.max(30, rttMs * 1.2))
    if (this.nackTracker.gaveUp) {
      this.nackTracker.gaveUp = false
      if (this.isVideo && this.sinks.length > 0) this.keyFrameWanted = true
    }
    if (this.keyFrameWanted && nowMs - this.keyFrameAskedAt >= KEY_FRAME_INTERVAL_MS) this.askForKeyFrame(nowMs)
  }

  private askForMissing(nowMs: number, intervalMs: number): void {
    const sequences = this.nackTracker.due(this.highest, nowMs, intervalMs)
    if (sequences.length === 0) return
    this.nacks += sequences.length
    this.feedback.sendNack(this, sequences)
  }

  /** Wants a key frame: asked for at once, or after the throttling interval, and repeated until one comes. */
  requestKeyFrame(nowMs: number): void {
    if (!this.isVideo) return
    this.keyFrameWanted = true
    if (nowMs - this.keyFrameAskedAt >= KEY_FRAME_INTERVAL_MS) this.askForKeyFrame(nowMs)
  }

  private askForKeyFrame(nowMs: number): void {
    this.keyFrameAskedAt = nowMs
    this.keyFrameRequests++
    this.feedback.sendKeyFrameRequest(this)
  }

  /** Packets lost since the beginning, as RFC 3550 counts them. */
  get packetsLost(): number {
    return this.highest < 0 ? 0 : Math.max(0, this.highest - this.first + 1 - this.packets)
  }

  /** The report block for the next receiver report; begins a new interval. */
  takeReport(nowMs: number): ReceptionReport {
    const expected = this.highest - this.first + 1
    const interval = expected - this.reported.expected
    const lost = Math.max(0, interval - (this.packets - this.reported.received))
    this.reported = { expected, received: this.packets }
    this.lossRate = interval > 0 ? lost / interval : 0
    const report = this.senderReport
    return {
      ssrc: this.ssrc,
      fractionLost: this.lossRate,
      packetsLost: this.packetsLost,
      highestSequence: (this.highest - 65_536) % 4_294_967_296,
      jitter: Math.round(this.jitterTicks),
      lastReport: report ? report.ntpMiddle : 0,
      delaySinceLastReport: report ? Math.round(((nowMs - report.arrivedAt) * 65_536) / 1000) : 0,
    }
  }
}
