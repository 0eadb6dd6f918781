import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import sherpa from 'sherpa-onnx-node'
import type { SpeechDenoising } from '#contracts/schemas/model-contract.ts'
import { wavHeader } from '#kernel/wav.ts'
import { bytesOf, countSamples, readFloats, toSamples, withFile } from '../pcm.ts'
import type { Begun, Denoised } from '../protocol.ts'
import { measureReduction } from '../reduction.ts'

const SECONDS_AT_ONCE = 5

/**
 * A denoiser of sherpa-onnx, frame by frame in constant memory; the result is exactly as long as the sound.
 * @throws Error where the model works at another rate than declared
 */
export function openDenoiser(options: { folder: string; contract: SpeechDenoising; threads: number }) {
  const { family, model, sample_rate: rate } = options.contract
  const denoiser = new sherpa.OnlineSpeechDenoiser({
    model: { [family]: { model: join(options.folder, model) }, numThreads: options.threads, provider: 'cpu', debug: 0 },
  })
  if (denoiser.sampleRate !== rate) {
    throw new Error(`the model works at ${denoiser.sampleRate} samples a second, and the manifest declares ${rate}`)
  }

  return async ({ input, output, signal }: Begun<{ input: string; output: string }>): Promise<Denoised> => {
    denoiser.reset()
    const samples = await withFile(input, 'r', async (from) => {
      const length = await countSamples(from)
      try {
        await withFile(output, 'wx', async (to) => {
          await to.write(wavHeader(length, rate))
          let written = 0
          const write = async (sound: Float32Array): Promise<void> => {
            const kept = sound.subarray(0, Math.max(0, length - written))
            written += kept.length
            await to.write(bytesOf(toSamples(kept)))
          }
          for (let start = 0; start < length; start += rate * SECONDS_AT_ONCE) {
            signal.throwIfAborted()
            const block = await readFloats(from, start, Math.min(rate * SECONDS_AT_ONCE, length - start))
            await write(denoiser.run({ samples: block, sampleRate: rate, enableExternalBuffer: false }).samples)
          }
          await write(denoiser.flush(false).samples)
          await write(new Float32Array(Math.max(0, length - written)))
        })
      } catch (error) {
        await rm(output, { force: true })
        throw error
      }
      return length
    })
    return { samples, snr: null, wetShare: 1, reduction: await measureReduction(input, output, rate) }
  }
}
