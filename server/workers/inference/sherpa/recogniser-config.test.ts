import { expect, test } from 'vitest'
import type { SpeechRecognition } from '#contracts/schemas/model-contract.ts'
import { recogniserConfig } from './recogniser-config.ts'

const about = { kind: 'speech-recognition', tokens: 'tokens.txt' } as const
const configOf = (contract: SpeechRecognition, language?: string) =>
  recogniserConfig({ folder: '/m', contract, threads: 2, language })

test.each<[SpeechRecognition, object]>([
  [
    { ...about, family: 'whisper', encoder: 'e', decoder: 'd' },
    { whisper: { encoder: '/m/e', decoder: '/m/d', language: '', task: 'transcribe' } },
  ],
  [
    { ...about, family: 'sense-voice', model: 'x' },
    { senseVoice: { model: '/m/x', language: 'auto', useInverseTextNormalization: 1 } },
  ],
  [{ ...about, family: 'paraformer', model: 'x' }, { paraformer: { model: '/m/x' } }],
  [{ ...about, family: 'zipformer-ctc', model: 'x' }, { zipformerCtc: { model: '/m/x' } }],
  [{ ...about, family: 'nemo-ctc', model: 'x' }, { nemoCtc: { model: '/m/x' } }],
  [{ ...about, family: 'wenet-ctc', model: 'x' }, { wenetCtc: { model: '/m/x' } }],
  [
    { ...about, family: 'transducer', encoder: 'e', decoder: 'd', joiner: 'j' },
    { transducer: { encoder: '/m/e', decoder: '/m/d', joiner: '/m/j' }, modelType: 'transducer' },
  ],
  [
    { ...about, family: 'nemo-transducer', encoder: 'e', decoder: 'd', joiner: 'j' },
    { transducer: { encoder: '/m/e', decoder: '/m/d', joiner: '/m/j' }, modelType: 'nemo_transducer' },
  ],
])('a recogniser is told where its files are: %j', (contract, model) => {
  expect(configOf(contract)).toEqual({
    featConfig: { sampleRate: 16_000, featureDim: 80 },
    modelConfig: { ...model, tokens: '/m/tokens.txt', numThreads: 2, provider: 'cpu', debug: 0 },
    decodingMethod: 'greedy_search',
  })
})

test('languages a model does not know are left to it, because it would end its process over them', () => {
  const languageOf = (contract: SpeechRecognition, language: string): unknown => {
    const { modelConfig } = configOf(contract, language) as { modelConfig: Record<string, { language?: string }> }
    return (modelConfig['whisper'] ?? modelConfig['senseVoice'])?.language
  }
  const whisper = { ...about, family: 'whisper', encoder: 'e', decoder: 'd' } as const
  const senseVoice = { ...about, family: 'sense-voice', model: 'x' } as const
  expect(['zh', 'yue', 'tlh'].map((language) => languageOf(whisper, language))).toEqual(['zh', 'yue', ''])
  expect(['zh', 'yue', 'de'].map((language) => languageOf(senseVoice, language))).toEqual(['zh', 'yue', 'auto'])
})
