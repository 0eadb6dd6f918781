import { join } from 'node:path'
import sherpa from 'sherpa-onnx-node'
import type { VoiceActivity } from '#contracts/schemas/model-contract.ts'
import { countSamples, readFloats, withFile } from '../pcm.ts'
import { SPEECH_RATE } from '../protocol.ts'
import type { Begun, Span } from '../protocol.ts'

/** Samples the library takes at once. */
const WINDOW: Readonly<Record<VoiceActivity['family'], number>> = { silero: 512, ten: 256 }
const WINDOWS_AT_ONCE = 500
const BUFFER_SECONDS = 60
/** Longer stretches are cut by whoever asks. */
const MOST_SPEECH = 30

/** A voice activity detector of sherpa-onnx, in constant memory. */
export function openVoiceActivity(options: { folder: string; contract: VoiceActivity; threads: number }) {
  const { family, model, threshold = 0.5, min_silence: silence = 0.5, min_speech: speech = 0.25 } = options.contract
  const window = WINDOW[family]
  const about = {
    model: join(options.folder, model),
    threshold,
    minSilenceDuration: silence,
    minSpeechDuration: speech,
    maxSpeechDuration: MOST_SPEECH,
    windowSize: window,
  }
  const config = {
    [family === 'silero' ? 'sileroVad' : 'tenVad']: about,
    sampleRate: SPEECH_RATE,
    numThreads: 1,
    provider: 'cpu',
    debug: 0,
  }
  // The library's positions are 32 bits wide and run on: each sound has a detector of its own.
  const open = () => new sherpa.Vad(config, BUFFER_SECONDS)
  open()

  return async ({ input, signal }: Begun<{ input: string }>): Promise<Span[]> => {
    const vad = open()
    const spans: Span[] = []
    const take = (most: number): void => {
      while (!vad.isEmpty()) {
        const { start, samples } = vad.front(false)
        spans.push({ start: Math.max(0, start), end: Math.min(most, start + samples.length) })
        vad.pop()
      }
    }
    await withFile(input, 'r', async (file) => {
      const samples = await countSamples(file)
      for (let start = 0; start < samples; start += window * WINDOWS_AT_ONCE) {
        signal.throwIfAborted()
        const block = await readFloats(file, start, window * WINDOWS_AT_ONCE)
        for (let at = 0; at < block.length && start + at < samples; at += window) {
          vad.acceptWaveform(block.subarray(at, at + window))
          take(samples)
        }
      }
      vad.flush()
      take(samples)
    })
    return spans.filter(({ start, end }) => end > start)
  }
}
