import type { Level } from './protocol.ts'

const BINS = 500
const BINS_PER_DB = 4

/** The energies of frames, counted in quarter decibels: quantiles of any length of sound in constant memory. */
export class FrameEnergies {
  readonly #counts = new Uint32Array(BINS)
  #frames = 0

  /** Adds a frame by its mean square. */
  add(power: number): void {
    const bin = Math.max(0, Math.min(BINS - 1, Math.round(10 * Math.log10(power + 1e-9) * BINS_PER_DB)))
    this.#counts[bin] = (this.#counts[bin] ?? 0) + 1
    this.#frames++
  }

  /** The mean square that `share` of the frames stay at or under. */
  quantile(share: number): number {
    let seen = 0
    for (let bin = 0; bin < BINS; bin++) {
      seen += this.#counts[bin] ?? 0
      if (seen >= this.#frames * share && seen > 0) return bin === 0 ? 0 : 10 ** ((bin + 0.5) / BINS_PER_DB / 10)
    }
    return 0
  }
}

/** Mean squares of a sound and of what RNNoise makes of it. */
export interface Powers {
  readonly dry: number
  readonly wet: number
  /** Of what RNNoise took away. */
  readonly taken: number
  /** Of the quietest tenth of the dry sound. */
  readonly floor: number
}

/**
 * Signal over noise in dB; null in silence. Two estimates, each wrong in one direction: what was taken away includes
 * some of a clean voice, and a floor is only noise where the voice pauses. So the larger one counts.
 */
export function signalOverNoise({ dry, wet, taken, floor }: Powers): number | null {
  if (dry < 1e-3) return null
  const byTaken = 10 * Math.log10((wet + 1e-9) / (taken + 1e-9))
  const byFloor = floor >= dry ? byTaken : 10 * Math.log10((dry - floor) / (floor + 1e-9))
  return Math.max(-40, Math.min(60, Math.max(byTaken, byFloor)))
}

/** Signal over noise, and the share of filtered sound that came nearest to the clean voice in trials with white and dull noise. */
const SHARES: readonly (readonly [snr: number, share: number])[] = [
  [8, 1],
  [10, 0.85],
  [15, 0.5],
  [20, 0.35],
  [30, 0.1],
]
const SHIFT: Readonly<Record<Level, number>> = { low: 0, medium: 0, high: -6 }
const MOST: Readonly<Record<Level, number>> = { low: 0.6, medium: 1, high: 1 }

/** How much of the result is filtered: all where noise is loud, little where filtering would do more harm than noise does. */
export function wetShareFor(snr: number | null, level: Level): number {
  const at = (snr ?? 0) + SHIFT[level]
  return Math.min(MOST[level], interpolate(at))
}

function interpolate(at: number): number {
  let [from, low] = SHARES[0] as readonly [number, number]
  if (at <= from) return low
  for (const [to, high] of SHARES) {
    if (at <= to && to > from) return low + ((high - low) * (at - from)) / (to - from)
    from = to
    low = high
  }
  return low
}
