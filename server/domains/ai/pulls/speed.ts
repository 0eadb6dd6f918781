/** How far back speed is looked at, in milliseconds. */
const WINDOW_MS = 5_000

/** Measures bytes a second over the last seconds. */
export function createSpeedometer(now: () => number): { note(bytes: number): void; speed(): number } {
  let samples: { at: number; bytes: number }[] = []
  return {
    note: (bytes) => {
      const at = now()
      const last = samples.at(-1)
      // Less than before: another file, or one begun anew.
      if (last !== undefined && bytes < last.bytes) samples = []
      if (last === undefined || bytes < last.bytes || at - last.at >= 100) samples.push({ at, bytes })
      else samples[samples.length - 1] = { at: last.at, bytes }
      while (samples.length > 2 && at - (samples[0]?.at ?? at) > WINDOW_MS) samples.shift()
    },
    speed: () => {
      const [first] = samples
      const last = samples.at(-1)
      const at = now()
      if (first === undefined || last === undefined || at - last.at > WINDOW_MS || at <= first.at) return 0
      return Math.round(((last.bytes - first.bytes) * 1000) / (at - first.at))
    },
  }
}
