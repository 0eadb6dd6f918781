import type { SendSideEstimator } from './send-side-estimator.ts'

const STEP_MS = 10
const STEPS = 10
const FIRST_INTERVAL_MS = 800
const MAX_INTERVAL_MS = 15_000

/** Sends up to so many bytes of repeated packets; returns how many it could. */
export type ProbeSender = (bytes: number) => number

/**
 * Finds out whether a line bears more than is being sent: a tenth of a second at a higher rate, made of packets sent again over
 * RTX, now and then while somebody has to do with less than they want.
 */
export class Prober {
  private readonly estimator: SendSideEstimator
  private readonly send: ProbeSender
  private timer: NodeJS.Timeout | null = null
  private nextAt = -Infinity
  private interval = FIRST_INTERVAL_MS
  private lastEstimate = 0

  constructor(estimator: SendSideEstimator, send: ProbeSender) {
    this.estimator = estimator
    this.send = send
  }

  /** Probes where it is time to; `wanted` is the bitrate that would satisfy everybody, `sending` what is being sent. */
  consider(wanted: number, sending: number, nowMs: number): void {
    const estimate = this.estimator.available(nowMs)
    if (this.timer || estimate === null || wanted <= estimate || sending < 20_000) return
    if (nowMs < this.nextAt || this.estimator.isStrained(nowMs)) return
    // Probes that changed nothing become rarer; one that did is followed up soon.
    this.interval =
      estimate > this.lastEstimate * 1.1 ? FIRST_INTERVAL_MS : Math.min(MAX_INTERVAL_MS, this.interval * 1.7)
    this.lastEstimate = estimate
    this.nextAt = nowMs + this.interval
    this.run(Math.min(wanted * 1.25, estimate * 2), sending)
  }

  private run(rate: number, sending: number): void {
    const bytesPerStep = Math.max(0, ((rate - sending) * STEP_MS) / 8000)
    let steps = 0
    let owed = 0
    this.estimator.beginProbe(rate, performance.now())
    this.timer = setInterval(() => {
      owed += bytesPerStep
      owed -= this.send(owed)
      if (++steps < STEPS) return
      this.stop()
      // What was queued last leaves at the end of this turn and still belongs to the cluster.
      setImmediate(() => this.estimator.endProbe())
    }, STEP_MS)
  }

  /** Frees the timer. */
  stop(): void {
    if (this.timer) clearInterval(this.timer)
    this.timer = null
  }
}
