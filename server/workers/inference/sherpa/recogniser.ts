import sherpa from 'sherpa-onnx-node'
import type { SpeechRecognition } from '#contracts/schemas/model-contract.ts'
import { readFloats, withFile } from '../pcm.ts'
import { SPEECH_RATE } from '../protocol.ts'
import type { Begun, Recognised, Span } from '../protocol.ts'
import { isTold, recogniserConfig } from './recogniser-config.ts'

/** sherpa-onnx wants a little sound: shorter stretches are filled up with silence. */
const LEAST_SAMPLES = SPEECH_RATE / 10

/** A recogniser of sherpa-onnx. A file that is not as the library wants it ends the process, with a reason on stderr. */
export function openRecogniser(options: { folder: string; contract: SpeechRecognition; threads: number }) {
  let language: string | undefined
  const recogniser = new sherpa.OfflineRecognizer(recogniserConfig({ ...options, language }))

  function speak(asked: string | undefined): void {
    if (asked === language || !isTold(options.contract)) return
    recogniser.setConfig(recogniserConfig({ ...options, language: asked }))
    language = asked
  }

  return async (
    work: Begun<{ input: string; spans: readonly Span[]; language: string | undefined }>,
  ): Promise<Recognised> => {
    speak(work.language)
    return await withFile(work.input, 'r', async (file) => {
      const segments: Recognised['segments'][number][] = []
      let heard: string | null = null
      for (const { start, end } of work.spans) {
        work.signal.throwIfAborted()
        const samples = await readFloats(file, start, Math.max(LEAST_SAMPLES, end - start))
        const stream = recogniser.createStream()
        stream.acceptWaveform({ samples, sampleRate: SPEECH_RATE })
        recogniser.decode(stream)
        const { text, lang, ys_log_probs: logs } = recogniser.getResult(stream)
        const said = text.trim()
        if (said === '') continue
        // SenseVoice writes <|zh|>.
        const told = (lang ?? '').replaceAll(/[<|>]/g, '')
        if (told !== '' && told !== 'auto') heard ??= told
        segments.push({ start: start / SPEECH_RATE, end: end / SPEECH_RATE, text: said, confidence: certainty(logs) })
      }
      return { segments, language: heard }
    })
  }
}

/** The mean of the tokens' logarithms as a probability; null where the model tells none. */
function certainty(logs: readonly number[] | undefined): number | null {
  if (logs === undefined || logs.length === 0) return null
  return Math.min(1, Math.exp(logs.reduce((sum, value) => sum + value, 0) / logs.length))
}
