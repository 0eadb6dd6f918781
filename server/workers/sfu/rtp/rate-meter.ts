const BUCKETS = 10
const BUCKET_MS = 100

/** Bits per second over the last second. */
export class RateMeter {
  private readonly bytes = new Float64Array(BUCKETS)
  private bucket = -1
  private first = -1

  /** Counts a packet. */
  add(bytes: number, nowMs: number): void {
    this.advance(nowMs)
    this.bytes[this.bucket % BUCKETS]! += bytes
  }

  /** The rate at present; over a shorter time while there is no full second yet. */
  bitsPerSecond(nowMs: number): number {
    if (this.bucket < 0) return 0
    this.advance(nowMs)
    let sum = 0
    for (const bytes of this.bytes) sum += bytes
    const span = Math.min(BUCKETS * BUCKET_MS, Math.max(BUCKET_MS * 3, (this.bucket - this.first + 1) * BUCKET_MS))
    return (sum * 8000) / span
  }

  private advance(nowMs: number): void {
    const bucket = Math.floor(nowMs / BUCKET_MS)
    if (this.bucket < 0 || bucket - this.bucket >= BUCKETS) {
      this.bytes.fill(0)
      if (this.bucket < 0 || bucket - this.bucket > 5 * BUCKETS) this.first = bucket
      this.bucket = bucket
      return
    }
    while (this.bucket < bucket) this.bytes[++this.bucket % BUCKETS] = 0
  }
}
