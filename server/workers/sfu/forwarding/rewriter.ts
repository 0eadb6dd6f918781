import type { FrameNumbers } from '../rtp/payload.ts'
import { timestampDelta } from '../rtp/header.ts'

const GAP_MEMORY = 256

/**
 * Turns packets of changing sources (the layers of a simulcast, a stream paused and resumed) into one continuous RTP stream:
 * sequence numbers without holes of our making, timestamps and frame numbers that run on.
 */
export class RtpRewriter {
  private sequenceOffset = 0
  private timestampOffset = 0
  private firstOfSource = -1
  private highestSource = -1
  /** Offsets that applied to packets which had not come when later ones did. */
  private readonly gapOffsets = new Float64Array(GAP_MEMORY)
  private lastSequence: number
  private lastTimestamp: number
  private lastSentAt = -1
  private pictureIdOffset = 0
  private tl0Offset = 0
  private lastPictureId = -1
  private lastTl0 = -1
  private numbersPending = true

  /** Begins with the given (extended) sequence number and timestamp. */
  constructor(firstSequence: number, firstTimestamp: number) {
    this.lastSequence = firstSequence - 1
    this.lastTimestamp = firstTimestamp
  }

  /**
   * The next packets come from a source whose first one is given. `elapsedTicks` is the media time since the last packet sent,
   * where the two sources' clocks can be compared, or null to go by the wall clock at `clockRate`.
   */
  switchTo(sequence: number, timestamp: number, nowMs: number, clockRate: number, elapsedTicks: number | null): void {
    this.sequenceOffset = sequence - (this.lastSequence + 1)
    let next = this.lastTimestamp
    if (this.lastSentAt >= 0) {
      const byWallClock = Math.round(((nowMs - this.lastSentAt) * clockRate) / 1000)
      next += Math.max(1, elapsedTicks ?? byWallClock)
    }
    this.timestampOffset = timestamp - next
    this.firstOfSource = sequence
    this.highestSource = sequence - 1
    this.numbersPending = true
  }

  /** The outgoing (extended) sequence number, or -1 for a packet from before the switch. */
  sequence(source: number): number {
    if (source < this.firstOfSource) return -1
    let offset = this.sequenceOffset
    if (source > this.highestSource) {
      for (let lost = Math.max(this.highestSource + 1, source - GAP_MEMORY + 1); lost < source; lost++) {
        this.gapOffsets[lost % GAP_MEMORY] = offset
      }
      this.highestSource = source
    } else {
      if (this.highestSource - source >= GAP_MEMORY) return -1
      offset = this.gapOffsets[source % GAP_MEMORY]!
    }
    const sequence = source - offset
    this.gapOffsets[source % GAP_MEMORY] = offset
    if (sequence > this.lastSequence) this.lastSequence = sequence
    return sequence
  }

  /** Leaves a packet out without a hole; it must be the newest of its source. */
  skip(source: number): void {
    if (source <= this.highestSource || source < this.firstOfSource) return
    this.sequence(source)
    this.sequenceOffset++
    this.lastSequence--
  }

  /** The outgoing timestamp, remembered as the newest one sent. */
  timestamp(source: number, nowMs: number): number {
    const timestamp = (source - this.timestampOffset) >>> 0
    if (this.lastSentAt < 0 || timestampDelta(timestamp, this.lastTimestamp) >= 0) {
      this.lastTimestamp = timestamp
      this.lastSentAt = nowMs
    }
    return timestamp
  }

  /** The outgoing timestamp of any source timestamp, nothing remembered. */
  mapTimestamp(source: number): number {
    return (source - this.timestampOffset) >>> 0
  }

  /** The newest timestamp sent, in the outgoing timeline, and when. */
  get last(): { timestamp: number; sentAtMs: number; sequence: number } {
    return { timestamp: this.lastTimestamp >>> 0, sentAtMs: this.lastSentAt, sequence: this.lastSequence }
  }

  /** Writes the byte patches that make a frame's numbers run on; the list ends with -1. */
  patchNumbers(numbers: FrameNumbers, patches: Int16Array): void {
    const mask = numbers.isLong ? 0x7fff : 0x7f
    if (this.numbersPending) {
      this.pictureIdOffset = this.lastPictureId < 0 ? 0 : numbers.pictureId - (this.lastPictureId + 1)
      this.tl0Offset = this.lastTl0 < 0 || numbers.tl0At < 0 ? 0 : numbers.tl0 - (this.lastTl0 + 1)
      this.numbersPending = false
    }
    const pictureId = (numbers.pictureId - this.pictureIdOffset) & mask
    let at = 0
    if (this.lastPictureId < 0 || ((pictureId - this.lastPictureId) & mask) < (mask + 1) / 2)
      this.lastPictureId = pictureId
    patches[at++] = numbers.pictureIdAt
    if (numbers.isLong) {
      patches[at++] = 0x80 | (pictureId >> 8)
      patches[at++] = numbers.pictureIdAt + 1
      patches[at++] = pictureId & 0xff
    } else {
      patches[at++] = pictureId
    }
    if (numbers.tl0At >= 0) {
      const tl0 = (numbers.tl0 - this.tl0Offset) & 0xff
      if (this.lastTl0 < 0 || ((tl0 - this.lastTl0) & 0xff) < 128) this.lastTl0 = tl0
      patches[at++] = numbers.tl0At
      patches[at++] = tl0
    }
    patches[at] = -1
  }
}
