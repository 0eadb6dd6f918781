import { detectEmotion, detectSynthesis, recogniseSpeech } from '#contracts/speech.ts'
import type { Speech } from '#domains/ai/speech.ts'
import { withSpeech } from './audio-video-input.ts'
import type { SoundInput } from './audio-video-input.ts'
import { untilHungUp } from './hung-up.ts'
import { aiSpeech } from './models-words.ts'
import type { Mount } from './mount.ts'

/** What is made of speech. */
export function mountSpeech(mount: Mount, { speech, input }: { speech: Speech; input: SoundInput }): void {
  mount(
    recogniseSpeech,
    async ({ account, request, reply }) =>
      withSpeech(request, input, async ({ language, model }, source) => {
        const said = await speech.recognise(account.accountId, { source, language, model, signal: untilHungUp(reply) })
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
    async ({ account, request, reply }) =>
      withSpeech(request, input, async ({ model }, source) => {
        const heard = await speech.emotion(account.accountId, { source, model, signal: untilHungUp(reply) })
        return {
          emotion: heard.emotion,
          confidence: rounded(heard.confidence),
          details: Object.fromEntries(heard.scores.map(({ label, score }) => [label, rounded(score)])),
          processing_time: heard.seconds,
          model: heard.model,
        }
      }),
    aiSpeech,
  )
  mount(
    detectSynthesis,
    async ({ account, request, reply }) =>
      withSpeech(request, input, async ({ model }, source) => {
        const found = await speech.synthesis(account.accountId, { source, model, signal: untilHungUp(reply) })
        return {
          is_synthetic: found.isSynthetic,
          confidence: rounded(found.confidence),
          score: rounded(found.score),
          threshold: found.threshold,
          processing_time: found.seconds,
          model: found.model,
        }
      }),
    aiSpeech,
  )
}

/** A score without the digits that mean nothing. */
const rounded = (score: number): number => Math.round(score * 1e6) / 1e6
