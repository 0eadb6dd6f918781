import { detectEmotion, detectSynthesis, recogniseSpeech } from '#contracts/speech.ts'
import type { Speech } from '#domains/ai/speech.ts'
import { withSpeech } from './audio-video-input.ts'
import type { SoundInput } from './audio-video-input.ts'
import { aiSpeech } from './models-words.ts'
import type { Mount } from './mount.ts'

/** What is made of speech. */
export function mountSpeech(mount: Mount, { speech, input }: { speech: Speech; input: SoundInput }): void {
  mount(
    recogniseSpeech,
    async ({ account, request }) =>
      withSpeech(request, input, async ({ language, model }, source) => {
        const said = await speech.recognise(account.accountId, { source, language, model })
        return {
          text: said.text,
          confidence: said.confidence,
          language: said.language,
          duration: said.duration,
          segments: said.segments.map((one) => ({ ...one })),
          processing_time: said.seconds,
          model: said.model,
        }
      }),
    aiSpeech,
  )
  mount(
    detectEmotion,
    async ({ account, request }) =>
      withSpeech(request, input, ({ model }, source) =>
        speech.unavailable(account.accountId, 'emotion', { source, model }),
      ),
    aiSpeech,
  )
  mount(
    detectSynthesis,
    async ({ account, request }) =>
      withSpeech(request, input, ({ model }, source) =>
        speech.unavailable(account.accountId, 'synthesis-detection', { source, model }),
      ),
    aiSpeech,
  )
}
