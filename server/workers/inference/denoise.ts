import { open, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { wavHeader } from '#kernel/wav.ts'
import { FrameEnergies, signalOverNoise, wetShareFor } from './noise.ts'
import { bytesOf, clamp, countSamples, readSamples } from './pcm.ts'
import { RATE } from './protocol.ts'
import type { Begun, Denoised, Level } from './protocol.ts'
import { FRAME } from './rnnoise.ts'
import type { Rnnoise } from './rnnoise.ts'

/** Samples by which RNNoise's output lies behind its input; left out at the front, fed as silence at the end. */
const DELAY = 960
/** Samples read and written at once. */
const BLOCK = FRAME * 100

/**
 * Frees `input` of noise, in constant memory and two passes: the filtered sound and what is measured of it, then dry
 * and wet mixed in the share that the noise asks for.
 */
export async function denoiseFile(
  rnnoise: Rnnoise,
  { input, output, level, signal }: Begun<{ input: string; output: string; level: Level }>,
): Promise<Denoised> {
  const wetPath = `${output}.wet`
  const dry = await open(input, 'r')
  const wet = await open(wetPath, 'wx+', 0o600)
  try {
    const measured = await filter(rnnoise, { dry, wet, signal })
    const share = wetShareFor(measured.snr, level)
    const reduction = await mix(dry, wet, { output, share, samples: measured.samples, quiet: measured.quiet, signal })
    return { samples: measured.samples, snr: measured.snr, wetShare: share, reduction }
  } finally {
    await Promise.all([dry.close(), wet.close()])
    await rm(wetPath, { force: true })
  }
}

async function filter(
  rnnoise: Rnnoise,
  { dry, wet, signal }: Begun<{ dry: FileHandle; wet: FileHandle }>,
): Promise<{ samples: number; snr: number | null; quiet: number }> {
  const energies = new FrameEnergies()
  const sums = { dry: 0, wet: 0, taken: 0 }
  const frame = new Float32Array(FRAME)
  // The last samples of the input that were filtered and have not come out: two frames of a ring.
  const waiting = new Float32Array(DELAY)
  const samples = await countSamples(dry)
  const all = samples + DELAY
  for (let start = 0; start < all; start += BLOCK) {
    signal.throwIfAborted()
    const read = await readSamples(dry, start, Math.min(BLOCK, Math.max(0, samples - start)))
    const length = Math.min(BLOCK, Math.ceil((all - start) / FRAME) * FRAME)
    const out = new Int16Array(length)
    for (let at = 0; at < length; at += FRAME) {
      let power = 0
      for (let i = 0; i < FRAME; i++) {
        const value = read[at + i] ?? 0
        frame[i] = value
        power += value * value
      }
      if (start + at < samples) energies.add(power / FRAME)
      sums.dry += power
      const turn = (start + at) % DELAY
      const before = waiting.slice(turn, turn + FRAME)
      waiting.set(frame, turn)
      rnnoise.process(frame)
      for (let i = 0; i < FRAME; i++) {
        const value = frame[i] ?? 0
        out[at + i] = clamp(value)
        if (start + at < DELAY) continue
        sums.wet += value * value
        sums.taken += ((before[i] ?? 0) - value) ** 2
      }
    }
    const skip = Math.max(0, DELAY - start)
    await wet.write(bytesOf(out.subarray(skip)), 0, undefined, Math.max(0, start - DELAY) * 2)
  }
  const per = Math.max(1, samples)
  const snr = signalOverNoise({
    dry: sums.dry / per,
    wet: sums.wet / per,
    taken: sums.taken / per,
    floor: energies.quantile(0.1),
  })
  return { samples, snr, quiet: energies.quantile(0.2) }
}

async function mix(
  dry: FileHandle,
  wet: FileHandle,
  how: Begun<{ output: string; share: number; samples: number; quiet: number }>,
): Promise<number> {
  const { output, share, samples, quiet, signal } = how
  const to = await open(output, 'wx', 0o600)
  let before = 0
  let after = 0
  try {
    await to.write(wavHeader(samples, RATE))
    for (let start = 0; start < samples; start += BLOCK) {
      signal.throwIfAborted()
      const length = Math.min(BLOCK, samples - start)
      const [plain, filtered] = await Promise.all([readSamples(dry, start, length), readSamples(wet, start, length)])
      const out = new Int16Array(length)
      for (let at = 0; at < length; at += FRAME) {
        let plainPower = 0
        let outPower = 0
        const end = Math.min(length, at + FRAME)
        for (let i = at; i < end; i++) {
          const value = plain[i] ?? 0
          const mixed = clamp(share * (filtered[i] ?? 0) + (1 - share) * value)
          out[i] = mixed
          plainPower += value * value
          outPower += mixed * mixed
        }
        if (plainPower / (end - at) > quiet) continue
        before += plainPower
        after += outPower
      }
      await to.write(bytesOf(out))
    }
  } finally {
    await to.close()
  }
  // One step of 16 bits a sample is as quiet as a file tells.
  return before < 1 ? 0 : Math.max(0, 10 * Math.log10(before / Math.max(1, after)))
}
