/** One measured number, beside the peer measured in the same run or the limit it is held to. */
export interface Measurement {
  /** What was measured: `GET /api/auth/me`. */
  readonly name: string
  /** With its unit: `8,120 requests/s`. */
  readonly measured: string
  /** What stands beside it: `raw node:http 9,010 requests/s`. */
  readonly beside?: string
  /** measured ÷ peer, where both are numbers of one kind. */
  readonly ratio?: number
  /** What was asked: `at least 0.85`. */
  readonly asked?: string
  /** Whether it holds; undefined where nothing was asked. */
  readonly holds?: boolean
}

/** A benchmark: `bench/<area>/main.ts` exports one as `benchmark`. */
export interface Benchmark {
  readonly title: string
  run(options?: { minutes?: string | undefined }): Promise<Measurement[]>
}

/** The value below which `part` (0 to 1) of the samples lie. */
export function percentile(samples: readonly number[], part: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN
}

/** A measurement of two rates of one kind, with their ratio. */
export function ratioOf(options: {
  name: string
  unit: string
  ours: number
  peer: number
  peerName: string
  /** The least ratio asked for. */
  atLeast?: number
}): Measurement {
  const { name, unit, ours, peer, peerName, atLeast } = options
  const ratio = ours / peer
  const shown = (value: number): string => `${value.toLocaleString('en', { maximumSignificantDigits: 4 })} ${unit}`
  return {
    name,
    measured: shown(ours),
    beside: `${peerName}: ${shown(peer)}`,
    ratio,
    ...(atLeast !== undefined && { asked: `at least ${atLeast}`, holds: ratio >= atLeast }),
  }
}
