import type { ReportBlock } from './rtcp.ts'
import { middleNtp } from './rtcp.ts'

/** Counts what came in from one source (RFC 3550, appendix A). */
export class Reception {
  readonly ssrc: number
  received = 0
  private base: number
  private cycles = 0
  private highest: number
  private jitter = 0
  private lastTransit: number | undefined
  private expectedBefore = 0
  private receivedBefore = 0

  constructor(ssrc: number, sequence: number) {
    this.ssrc = ssrc
    this.base = sequence
    this.highest = sequence
  }

  /** `arrivalMs` by any steady clock; `rate` ticks a second. */
  take(packet: { sequence: number; timestamp: number }, arrivalMs: number, rate: number): void {
    this.received++
    const ahead = (packet.sequence - this.highest) & 0xffff
    if (ahead > 0 && ahead < 0x8000) {
      if (packet.sequence < this.highest) this.cycles += 0x1_0000
      this.highest = packet.sequence
    }
    const transit = Math.round((arrivalMs * rate) / 1000) - packet.timestamp
    if (this.lastTransit !== undefined) this.jitter += (Math.abs(transit - this.lastTransit) - this.jitter) / 16
    this.lastTransit = transit
  }

  /** Packets that never came, as far as can be told. */
  get lost(): number {
    return Math.max(0, this.expected - this.received)
  }

  private get expected(): number {
    return this.cycles + this.highest - this.base + 1
  }

  /** What to report now; `senderReport` and when it came, if one did. */
  report(nowMs: number, last: { ntp: number; atMs: number } | undefined): ReportBlock {
    const expected = this.expected - this.expectedBefore
    const lost = expected - (this.received - this.receivedBefore)
    this.expectedBefore = this.expected
    this.receivedBefore = this.received
    return {
      ssrc: this.ssrc,
      fractionLost: expected <= 0 || lost <= 0 ? 0 : Math.min(255, Math.floor((lost * 256) / expected)),
      lost: Math.min(0x7f_ffff, this.lost),
      highestSequence: this.cycles + this.highest,
      jitter: Math.round(this.jitter),
      lastReport: last?.ntp ?? 0,
      delay: last === undefined ? 0 : Math.round(((nowMs - last.atMs) / 1000) * 65_536),
    }
  }
}

/** The round trip that a report about us shows, in ms; undefined where it answers none of ours. */
export function roundTripOf(block: ReportBlock, nowMs: number): number | undefined {
  if (block.lastReport === 0) return undefined
  const trip = (middleNtp(nowMs) - block.lastReport - block.delay) >>> 0
  return trip < 0x8000_0000 ? (trip / 65_536) * 1000 : undefined
}
