import { WAV_HEADER } from '#kernel/wav.ts'
import { FrameEnergies } from './noise.ts'
import { countSamples, readSamples, withFile } from './pcm.ts'

/** Frames are so long in seconds. */
const FRAME = 0.01
const FRAMES_AT_ONCE = 500

/** How much quieter the quietest fifth of `dry` (samples without a header) is in `wet` (a WAV file as long), in dB. */
export async function measureReduction(dry: string, wet: string, rate: number): Promise<number> {
  const frame = Math.round(rate * FRAME)
  return await withFile(dry, 'r', (before) =>
    withFile(wet, 'r', async (after) => {
      const samples = await countSamples(before)
      const energies = new FrameEnergies()
      const powers = async function* (): AsyncGenerator<[dry: number, wet: number]> {
        for (let start = 0; start < samples; start += frame * FRAMES_AT_ONCE) {
          const length = Math.min(frame * FRAMES_AT_ONCE, samples - start)
          const [plain, clean] = await Promise.all([
            readSamples(before, start, length),
            readSamples(after, start, length, WAV_HEADER),
          ])
          for (let at = 0; at + frame <= length; at += frame) {
            yield [powerOf(plain.subarray(at, at + frame)), powerOf(clean.subarray(at, at + frame))]
          }
        }
      }
      for await (const [power] of powers()) energies.add(power)
      const quiet = energies.quantile(0.2)
      let plain = 0
      let clean = 0
      for await (const [power, left] of powers()) {
        if (power > quiet) continue
        plain += power
        clean += left
      }
      // One step of 16 bits a sample is as quiet as a file tells.
      return plain * frame < 1 ? 0 : Math.max(0, 10 * Math.log10(plain / Math.max(1 / frame, clean)))
    }),
  )
}

function powerOf(samples: Int16Array): number {
  let sum = 0
  for (const value of samples) sum += value * value
  return sum / samples.length
}
