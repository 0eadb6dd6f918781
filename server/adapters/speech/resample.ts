import { setImmediate } from 'node:timers/promises'
import type { Pcm } from '#domains/calls/ports.ts'

/** Zero crossings of the filter on each side: enough that nothing audible folds back. */
const CROSSINGS = 16
/** A part of the band is given up so that the filter can fall within it. */
const PASS = 0.92

/** After this many samples others get a turn: ten seconds of speech take some ten milliseconds. */
const SLICE = 80_000

/** The same sound at another rate, by a windowed sinc (Hann); what the new rate cannot hold is taken out first. */
export async function resample(sound: Pcm, rate: number): Promise<Pcm> {
  if (sound.rate === rate) return sound
  const { samples } = sound
  const common = greatestCommon(sound.rate, rate)
  const up = rate / common
  const down = sound.rate / common
  const { kernels, reach } = kernelsFor(up, Math.min(1, rate / sound.rate) * PASS)
  const out = new Int16Array(Math.floor((samples.length * up) / down))
  for (let at = 0; at < out.length; at++) {
    if (at % SLICE === SLICE - 1) await setImmediate()
    const place = at * down
    const first = Math.floor(place / up) - reach + 1
    const kernel = kernels[place % up] as Float64Array
    let sum = 0
    for (let tap = 0; tap < kernel.length; tap++) sum += (samples[first + tap] ?? 0) * (kernel[tap] as number)
    out[at] = Math.max(-32_768, Math.min(32_767, Math.round(sum)))
  }
  return { samples: out, rate }
}

/** The filter's taps for each of the places between two samples that come round. */
function kernelsFor(phases: number, cutoff: number): { kernels: Float64Array[]; reach: number } {
  const reach = Math.ceil(CROSSINGS / cutoff)
  const kernels = Array.from({ length: phases }, (_, phase) =>
    Float64Array.from({ length: 2 * reach }, (__, tap) => {
      const distance = tap - reach + 1 - phase / phases
      if (Math.abs(distance) >= reach) return 0
      const x = Math.PI * distance * cutoff
      return cutoff * (x === 0 ? 1 : Math.sin(x) / x) * (0.5 + 0.5 * Math.cos((Math.PI * distance) / reach))
    }),
  )
  return { kernels, reach }
}

function greatestCommon(a: number, b: number): number {
  return b === 0 ? a : greatestCommon(b, a % b)
}

/** As loud as a telephone wants it, without clipping: voices come at all levels. */
export function normalise(sound: Pcm): Pcm {
  let peak = 0
  for (const sample of sound.samples) peak = Math.max(peak, Math.abs(sample))
  if (peak === 0) return sound
  // -3 dB of full scale; a whisper is not blown up to noise.
  const gain = Math.min(4, 23_000 / peak)
  return { rate: sound.rate, samples: sound.samples.map((sample) => Math.round(sample * gain)) }
}
