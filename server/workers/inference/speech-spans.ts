import { FrameEnergies } from './noise.ts'
import { countSamples, readSamples, withFile } from './pcm.ts'
import { SPEECH_RATE } from './protocol.ts'
import type { Span } from './protocol.ts'

/** 30 ms. */
const FRAME = 480
const FRAMES_AT_ONCE = 1000
/** Dwelling times in frames: a pause that ends a stretch, the shortest stretch, and what is kept around one. */
const PAUSE = 17
const SHORTEST = 4
const AROUND = 7
/** dB of 16-bit full scale: quieter than this is never speech. */
const QUIETEST = -55
const FULL_SCALE = 20 * Math.log10(32_768)

/**
 * Where somebody may be speaking, told by loudness alone: what stands out from the quietest tenth of the sound. Two
 * passes over the file, in memory that does not grow with it.
 */
export async function findLoudSpans(path: string, signal: AbortSignal): Promise<Span[]> {
  return await withFile(path, 'r', async (file) => {
    const samples = await countSamples(file)
    const powers = async function* (): AsyncGenerator<number> {
      for (let start = 0; start < samples; start += FRAME * FRAMES_AT_ONCE) {
        signal.throwIfAborted()
        const block = await readSamples(file, start, Math.min(FRAME * FRAMES_AT_ONCE, samples - start))
        for (let at = 0; at < block.length; at += FRAME) yield powerOf(block.subarray(at, at + FRAME))
      }
    }
    const energies = new FrameEnergies()
    for await (const power of powers()) energies.add(power)
    const least = 10 ** (thresholdOf(energies) / 10)
    const spans: Span[] = []
    let frame = 0
    let from: number | undefined
    let last = 0
    const close = (): void => {
      if (from === undefined) return
      if (last - from + 1 >= SHORTEST) {
        const start = Math.max(spans.at(-1)?.end ?? 0, (from - AROUND) * FRAME, 0)
        spans.push({ start, end: Math.min(samples, (last + 1 + AROUND) * FRAME) })
      }
      from = undefined
    }
    for await (const power of powers()) {
      if (power >= least) {
        from ??= frame
        last = frame
      } else if (from !== undefined && frame - last > PAUSE) close()
      frame++
    }
    close()
    return spans
  })
}

/** In dB of a 16-bit value: over the floor, but never so high that speech without a pause is missed. */
function thresholdOf(energies: FrameEnergies): number {
  const decibels = (share: number): number => 10 * Math.log10(energies.quantile(share) + 1e-9)
  return Math.max(QUIETEST + FULL_SCALE, Math.min(decibels(0.1) + 9, decibels(0.95) - 15))
}

/** Cuts spans that are longer than the model takes, each time where the sound is quietest in the last third. */
export async function cutSpans(path: string, spans: readonly Span[], mostSeconds: number): Promise<Span[]> {
  const most = Math.floor(mostSeconds * SPEECH_RATE)
  return await withFile(path, 'r', async (file) => {
    const short: Span[] = []
    for (const { start, end } of spans) {
      let from = start
      while (end - from > most) {
        const search = from + Math.floor((most * 2) / 3)
        const block = await readSamples(file, search, from + most - search)
        const cut = search + quietestFrame(block)
        short.push({ start: from, end: cut })
        from = cut
      }
      short.push({ start: from, end })
    }
    return short
  })
}

/** The middle of the quietest frame. */
function quietestFrame(block: Int16Array): number {
  let least = Number.POSITIVE_INFINITY
  let found = 0
  for (let at = 0; at + FRAME <= block.length; at += FRAME) {
    const power = powerOf(block.subarray(at, at + FRAME))
    if (power < least) {
      least = power
      found = at
    }
  }
  return found + FRAME / 2
}

function powerOf(samples: Int16Array): number {
  let sum = 0
  for (const value of samples) sum += value * value
  return samples.length === 0 ? 0 : sum / samples.length
}
