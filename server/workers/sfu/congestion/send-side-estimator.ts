import type { TransportFeedback } from '../rtp/transport-feedback.ts'
import type { TransportSequencer } from '../srtp/outbound.ts'
import { Trendline } from './trendline.ts'

const HISTORY = 8192
export const START_BITRATE = 1_000_000
const MIN_BITRATE = 50_000
const MAX_BITRATE = 100_000_000
const ACKED_WINDOW_MS = 500
const HIGH_LOSS = 0.1
const LOW_LOSS = 0.02
/** A client that sends no feedback at all cannot be estimated. */
const SILENT_MS = 4000

interface Cluster {
  rate: number
  first: number
  last: number
  startedAt: number
  bytes: number
  packets: number
  firstSent: number
  lastSent: number
  firstArrived: number
  lastArrived: number
  firstBytes: number
}

/**
 * Estimates what the line to one subscriber bears from its transport-wide feedback: delay-gradient and loss based like Google
 * congestion control, with probe clusters because a forwarder cannot send more than there is.
 */
export class SendSideEstimator implements TransportSequencer {
  private bitrate = START_BITRATE
  private readonly trendline = new Trendline()
  private readonly sentAt = new Float64Array(HISTORY)
  private readonly sizes = new Uint16Array(HISTORY)
  private readonly sequences = new Int32Array(HISTORY).fill(-1)
  private nextSequence = 1
  private firstSentAt = -1
  private lastFeedbackAt = -1
  private lastUpdateAt = -1
  private lastDecreaseAt = -Infinity
  private lastLossDecreaseAt = -Infinity
  private acked: { atMs: number; bytes: number }[] = []
  private lossWindow = { received: 0, lost: 0, since: 0 }
  private capacity: { mean: number; deviation: number } | null = null
  private cluster: Cluster | null = null
  private remb: number | null = null

  /** Bits per second, or null for a client that tells nothing. */
  available(nowMs: number): number | null {
    const silent = this.firstSentAt >= 0 && nowMs - Math.max(this.firstSentAt, this.lastFeedbackAt) > SILENT_MS
    if (this.lastFeedbackAt < 0 && silent) return this.remb
    return this.bitrate
  }

  /** Whether a queue was seen building up lately: no time to probe. */
  isStrained(nowMs: number): boolean {
    return nowMs - Math.max(this.lastDecreaseAt, this.lastLossDecreaseAt) < 2000
  }

  next(bytes: number): number {
    const sequence = this.nextSequence & 0xffff
    this.nextSequence++
    const at = sequence % HISTORY
    const now = performance.now()
    if (this.firstSentAt < 0) this.firstSentAt = now
    this.record(at, sequence, bytes, now)
    return sequence
  }

  private record(at: number, sequence: number, bytes: number, nowMs: number): void {
    this.sequences[at] = sequence
    this.sizes[at] = bytes
    this.sentAt[at] = nowMs
    if (this.cluster) this.cluster.last = sequence
  }

  /** From now until `endProbe` everything sent belongs to a cluster at `rate`. */
  beginProbe(rate: number, nowMs: number): void {
    this.cluster = {
      rate,
      first: this.nextSequence & 0xffff,
      last: this.nextSequence & 0xffff,
      startedAt: nowMs,
      bytes: 0,
      packets: 0,
      firstSent: Infinity,
      lastSent: -Infinity,
      firstArrived: Infinity,
      lastArrived: -Infinity,
      firstBytes: 0,
    }
    this.probing = true
  }

  private probing = false

  /** Everything of the cluster has been sent. */
  endProbe(): void {
    this.probing = false
  }

  /** What an old-fashioned client says it can receive (REMB). */
  onRemb(bitsPerSecond: number): void {
    this.remb = Math.max(MIN_BITRATE, bitsPerSecond)
  }

  /** Takes the client's feedback. */
  onFeedback(feedback: TransportFeedback, nowMs: number): void {
    this.lastFeedbackAt = nowMs
    for (const { sequence, arrivalMs } of feedback.packets) {
      const at = sequence % HISTORY
      if (this.sequences[at] !== sequence) continue
      if (arrivalMs === null) {
        this.lossWindow.lost++
        continue
      }
      this.sequences[at] = -1
      this.lossWindow.received++
      this.trendline.add(this.sentAt[at]!, arrivalMs)
      this.acked.push({ atMs: arrivalMs, bytes: this.sizes[at]! })
      if (this.cluster) this.countInCluster(this.cluster, sequence, at, arrivalMs)
    }
    const newest = this.acked.at(-1)?.atMs ?? 0
    while (this.acked.length > 0 && newest - this.acked[0]!.atMs > ACKED_WINDOW_MS) this.acked.shift()
    this.adapt(nowMs)
    this.adaptToLoss(nowMs)
    if (this.cluster && !this.probing) this.finishCluster(this.cluster, nowMs)
  }

  /** What arrives, in bits per second. */
  get ackedBitrate(): number {
    const first = this.acked[0]
    if (!first || this.acked.length < 2) return 0
    const bytes = this.acked.reduce((sum, each) => sum + each.bytes, 0)
    return (bytes * 8000) / Math.max(ACKED_WINDOW_MS / 2, this.acked.at(-1)!.atMs - first.atMs)
  }

  private adapt(nowMs: number): void {
    const elapsed = this.lastUpdateAt < 0 ? 0 : Math.min(1000, nowMs - this.lastUpdateAt)
    this.lastUpdateAt = nowMs
    const acked = this.ackedBitrate
    if (this.trendline.use === 'over') {
      // Once per response time, and by half at most: a forwarder is often short of packets, and little getting through then
      // says little of the line. Where it is the line, the next step follows at once.
      if (nowMs - this.lastDecreaseAt < 300) return
      this.lastDecreaseAt = nowMs
      this.noteCapacity(acked)
      this.set(Math.min(this.bitrate, Math.max(0.85 * acked, 0.5 * this.bitrate)))
      return
    }
    if (this.trendline.use === 'under') return
    const ceiling = Math.max(this.bitrate, 1.5 * acked + 10_000)
    const near = this.capacity && Math.abs(acked - this.capacity.mean) < 3 * this.capacity.deviation
    const next = near ? this.bitrate + (80_000 * elapsed) / 1000 : this.bitrate * 1.08 ** (elapsed / 1000)
    this.set(Math.min(next, ceiling))
  }

  private noteCapacity(acked: number): void {
    if (!this.capacity || Math.abs(acked - this.capacity.mean) > 3 * this.capacity.deviation) {
      this.capacity = { mean: acked, deviation: 0.1 * acked }
    } else {
      this.capacity.mean += 0.05 * (acked - this.capacity.mean)
    }
  }

  private adaptToLoss(nowMs: number): void {
    const { received, lost, since } = this.lossWindow
    if (received + lost < 20 || nowMs - since < 500) return
    const loss = lost / (received + lost)
    this.lossWindow = { received: 0, lost: 0, since: nowMs }
    if (loss > HIGH_LOSS) {
      this.lastLossDecreaseAt = nowMs
      this.set(Math.min(this.bitrate, Math.max(this.ackedBitrate, this.bitrate * 0.5)) * (1 - 0.5 * loss))
    } else if (loss > LOW_LOSS) {
      // Lossy but not failing: no more than what gets through now and then some.
      this.set(Math.min(this.bitrate, Math.max(1.5 * this.ackedBitrate, 0.9 * this.bitrate)))
    }
  }

  private countInCluster(cluster: Cluster, sequence: number, at: number, arrivalMs: number): void {
    const offset = (sequence - cluster.first) & 0xffff
    if (offset > ((cluster.last - cluster.first) & 0xffff)) return
    const bytes = this.sizes[at]!
    cluster.bytes += bytes
    cluster.packets++
    if (arrivalMs < cluster.firstArrived) {
      cluster.firstArrived = arrivalMs
      cluster.firstBytes = bytes
    }
    cluster.lastArrived = Math.max(cluster.lastArrived, arrivalMs)
    cluster.firstSent = Math.min(cluster.firstSent, this.sentAt[at]!)
    cluster.lastSent = Math.max(cluster.lastSent, this.sentAt[at]!)
  }

  private finishCluster(cluster: Cluster, nowMs: number): void {
    const total = ((cluster.last - cluster.first) & 0xffff) + 1
    const complete = cluster.packets >= total * 0.8
    if (!complete && nowMs - cluster.startedAt < 1500) return
    this.cluster = null
    if (!complete || cluster.packets < 5) return
    const bits = (cluster.bytes - cluster.firstBytes) * 8000
    const sendRate = bits / Math.max(1, cluster.lastSent - cluster.firstSent)
    const receiveRate = bits / Math.max(1, cluster.lastArrived - cluster.firstArrived)
    if (receiveRate > 2 * sendRate) return
    // Where packets came slower than they were sent, the line's limit was found.
    const found = receiveRate < 0.9 * sendRate ? receiveRate * 0.95 : Math.min(receiveRate, sendRate)
    if (found > this.bitrate) this.set(Math.min(found, cluster.rate * 1.2))
  }

  private set(bitrate: number): void {
    this.bitrate = Math.min(MAX_BITRATE, Math.max(MIN_BITRATE, bitrate))
  }
}
