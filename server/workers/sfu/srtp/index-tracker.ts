const WINDOW = 1024

/** The packet index of one SSRC (RFC 3711 section 3.3.1) with a replay window of 1024 packets. */
export class IndexTracker {
  private highest = -1
  private readonly seen = new Uint32Array(WINDOW / 32)

  /** The index (roll-over counter times 65536 plus sequence) this sequence number most probably has. */
  estimate(sequence: number): number {
    if (this.highest < 0) return sequence
    const roc = Math.floor(this.highest / 65536)
    const last = this.highest % 65536
    if (last < 32768) return sequence - last > 32768 ? Math.max(0, roc - 1) * 65536 + sequence : roc * 65536 + sequence
    return last - 32768 > sequence ? (roc + 1) * 65536 + sequence : roc * 65536 + sequence
  }

  /** Whether a packet with this index was taken before, or is too old to know. */
  isReplay(index: number): boolean {
    if (index > this.highest) return false
    if (this.highest - index >= WINDOW) return true
    return (this.seen[(index % WINDOW) >> 5]! & (1 << (index & 31))) !== 0
  }

  /** Remembers an index whose packet was authentic. */
  accept(index: number): void {
    if (index > this.highest) {
      if (index - this.highest >= WINDOW) this.seen.fill(0)
      else for (let i = this.highest + 1; i < index; i++) this.seen[(i % WINDOW) >> 5]! &= ~(1 << (i & 31))
      this.highest = index
    }
    this.seen[(index % WINDOW) >> 5]! |= 1 << (index & 31)
  }
}
