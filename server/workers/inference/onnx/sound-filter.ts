import { rm } from 'node:fs/promises'
import type { AudioToAudio } from '#contracts/schemas/model-contract.ts'
import { wavHeader } from '#kernel/wav.ts'
import { bytesOf, countSamples, readFloats, toSamples, withFile } from '../pcm.ts'
import type { Begun, Denoised } from '../protocol.ts'
import { measureReduction } from '../reduction.ts'
import { checkDeclared, shapeText } from './declared.ts'
import type { Session } from './runtime.ts'
import { normalise, shapeOf } from './sound-input.ts'

/**
 * A model that makes sound of sound, held against its file. Windows that overlap are faded into each other; the result
 * is exactly as long as the sound, in constant memory.
 * @throws Error that says what in the file is not as declared
 */
export function openSoundFilter(
  session: Session,
  { input, output }: AudioToAudio,
): (work: Begun<{ input: string; output: string }>) => Promise<Denoised> {
  const { name, window, hop, sample_rate: rate } = input
  checkDeclared(session, { input: name, output: output.name, inputShape: shapeOf(input, window) })
  const weights = fades(window, hop)

  function filtered(sound: Float32Array): Float32Array {
    const { data, gain, offset } = normalise(input, sound)
    const answer = session.run({ name, data, shape: shapeOf(input, window) }, output.name)
    if (answer.data.length !== window) {
      throw new Error(`it answered ${shapeText(answer.shape)} for ${window} samples`)
    }
    return answer.data.map((value) => (Number.isFinite(value) ? value * gain + offset : 0))
  }

  return async (work) => {
    const samples = await withFile(work.input, 'r', async (from) => {
      const length = await countSamples(from)
      try {
        await withFile(work.output, 'wx', async (to) => {
          await to.write(wavHeader(length, rate))
          const sums = new Float32Array(window)
          const shares = new Float32Array(window)
          for (let start = 0; start < length; start += hop) {
            work.signal.throwIfAborted()
            const answer = filtered(await readFloats(from, start, window))
            for (let at = 0; at < window; at++) {
              const weight = weights[at] ?? 0
              sums[at] = (sums[at] ?? 0) + weight * (answer[at] ?? 0)
              shares[at] = (shares[at] ?? 0) + weight
            }
            // No later window reaches these.
            const done = sums.subarray(0, Math.min(hop, length - start)).map((sum, at) => sum / (shares[at] ?? 1))
            await to.write(bytesOf(toSamples(done)))
            for (const sliding of [sums, shares]) {
              sliding.copyWithin(0, hop)
              sliding.fill(0, window - hop)
            }
          }
        })
      } catch (error) {
        await rm(work.output, { force: true })
        throw error
      }
      return length
    })
    return { samples, snr: null, wetShare: 1, reduction: await measureReduction(work.input, work.output, rate) }
  }
}

/** How much each sample of a window counts: less towards ends that other windows cover too, and never nothing. */
function fades(window: number, hop: number): Float32Array {
  const overlap = window - hop
  return Float32Array.from({ length: window }, (_, at) =>
    Math.min(1, (at + 1) / (overlap + 1), (window - at) / (overlap + 1)),
  )
}
