const WINDOW = 20
const SMOOTHING = 0.9
const GAIN = 4
const MAX_DELTAS = 60
const OVERUSE_MS = 10
const BURST_MS = 5

export type LineUse = 'normal' | 'over' | 'under'

interface Group {
  firstSent: number
  lastSent: number
  lastArrived: number
}

/**
 * Tells from how packets spread on their way whether a queue is building up (the delay-based part of Google congestion control,
 * draft-ietf-rmcat-gcc-02 section 5, with the trendline filter of libwebrtc).
 */
export class Trendline {
  use: LineUse = 'normal'
  private current: Group | null = null
  private previous: Group | null = null
  private readonly points: { x: number; y: number }[] = []
  private accumulated = 0
  private smoothed = 0
  private deltas = 0
  private firstArrival = -1
  private threshold = 12.5
  private lastThresholdAt = -1
  private overMs = -1
  private lastTrend = 0

  /** Takes one packet that arrived; times in milliseconds, each on its own side's clock. In order of sending. */
  add(sentMs: number, arrivedMs: number): void {
    const group = this.current
    if (!group) {
      this.current = { firstSent: sentMs, lastSent: sentMs, lastArrived: arrivedMs }
      return
    }
    if (sentMs < group.firstSent) return
    const sentTogether = sentMs - group.firstSent <= BURST_MS
    // Packets held up together come out together: one burst, whatever was between them when they were sent.
    const burst =
      arrivedMs - group.lastArrived - (sentMs - group.lastSent) < 0 && arrivedMs - group.lastArrived <= BURST_MS
    if (sentTogether || burst) {
      group.lastSent = Math.max(group.lastSent, sentMs)
      group.lastArrived = Math.max(group.lastArrived, arrivedMs)
      return
    }
    if (this.previous) {
      this.update(
        group.lastArrived - this.previous.lastArrived,
        group.lastSent - this.previous.lastSent,
        group.lastArrived,
      )
    }
    this.previous = group
    this.current = { firstSent: sentMs, lastSent: sentMs, lastArrived: arrivedMs }
  }

  private update(arrivalDelta: number, sendDelta: number, arrivedMs: number): void {
    if (Math.abs(arrivalDelta) > 3000) {
      this.points.length = 0
      this.previous = null
      return
    }
    if (this.firstArrival < 0) this.firstArrival = arrivedMs
    this.deltas = Math.min(this.deltas + 1, 1000)
    this.accumulated += arrivalDelta - sendDelta
    this.smoothed = SMOOTHING * this.smoothed + (1 - SMOOTHING) * this.accumulated
    this.points.push({ x: arrivedMs - this.firstArrival, y: this.smoothed })
    if (this.points.length > WINDOW) this.points.shift()
    const trend = this.points.length === WINDOW ? slope(this.points) : this.lastTrend
    this.detect(trend, sendDelta, arrivedMs)
    this.lastTrend = trend
  }

  private detect(trend: number, sendDelta: number, nowMs: number): void {
    const modified = Math.min(this.deltas, MAX_DELTAS) * trend * GAIN
    if (modified > this.threshold) {
      this.overMs = this.overMs < 0 ? sendDelta / 2 : this.overMs + sendDelta
      if (this.overMs > OVERUSE_MS && trend >= this.lastTrend) {
        this.overMs = 0
        this.use = 'over'
      }
    } else {
      this.overMs = -1
      this.use = modified < -this.threshold ? 'under' : 'normal'
    }
    this.adaptThreshold(modified, nowMs)
  }

  private adaptThreshold(modified: number, nowMs: number): void {
    const elapsed = this.lastThresholdAt < 0 ? 0 : Math.min(100, nowMs - this.lastThresholdAt)
    this.lastThresholdAt = nowMs
    const size = Math.abs(modified)
    if (size > this.threshold + 15) return
    const rate = size < this.threshold ? 0.039 : 0.0087
    this.threshold = Math.min(600, Math.max(6, this.threshold + rate * (size - this.threshold) * elapsed))
  }
}

function slope(points: readonly { x: number; y: number }[]): number {
  let sumX = 0
  let sumY = 0
  for (const { x, y } of points) {
    sumX += x
    sumY += y
  }
  const meanX = sumX / points.length
  const meanY = sumY / points.length
  let numerator = 0
  let denominator = 0
  for (const { x, y } of points) {
    numerator += (x - meanX) * (y - meanY)
    denominator += (x - meanX) ** 2
  }
  return denominator === 0 ? 0 : numerator / denominator
}
