import type { ModelType } from '#contracts/schemas/ai.ts'
import type { ModelAbout } from './model.ts'

const SHERPA = 'https://k2-fsa.github.io/sherpa/onnx'

/** Well-known models: where each is from and under which licence it is given. Nothing here is installed by being named. */
export const catalogue: readonly ModelAbout[] = [
  {
    id: 'whisper-base',
    name: 'Whisper base',
    type: 'speech-recognition',
    version: '1',
    engine: 'sherpa-onnx',
    licence: 'MIT',
    source: 'https://github.com/openai/whisper',
    languages: ['multilingual'],
  },
  {
    id: 'sense-voice-small',
    name: 'SenseVoice Small',
    type: 'speech-recognition',
    version: '2024-07-17',
    engine: 'sherpa-onnx',
    licence: 'FunASR Model License 1.1',
    source: 'https://github.com/FunAudioLLM/SenseVoice',
    languages: ['zh', 'yue', 'en', 'ja', 'ko'],
  },
  {
    id: 'paraformer-zh',
    name: 'Paraformer (Chinese and English)',
    type: 'speech-recognition',
    version: '2023-09-14',
    engine: 'sherpa-onnx',
    licence: 'FunASR Model License 1.1',
    source: `${SHERPA}/pretrained_models/offline-paraformer/index.html`,
    languages: ['zh', 'en'],
  },
  {
    id: 'zipformer-multi-zh',
    name: 'Zipformer (Chinese)',
    type: 'speech-recognition',
    version: '2023-09-02',
    engine: 'sherpa-onnx',
    licence: 'Apache-2.0',
    source: `${SHERPA}/pretrained_models/offline-transducer/zipformer-transducer-models.html`,
    languages: ['zh'],
  },
  {
    id: 'silero-vad',
    name: 'Silero VAD',
    type: 'voice-activity',
    version: '5',
    engine: 'sherpa-onnx',
    licence: 'MIT',
    source: 'https://github.com/snakers4/silero-vad',
    languages: [],
  },
  {
    id: 'gtcrn',
    name: 'GTCRN',
    type: 'denoising',
    version: '1',
    engine: 'sherpa-onnx',
    licence: 'MIT',
    source: 'https://github.com/Xiaobin-Rong/gtcrn',
    languages: [],
  },
  {
    id: 'aasist',
    name: 'AASIST',
    type: 'synthesis-detection',
    version: '1',
    engine: 'onnx',
    licence: 'MIT',
    source: 'https://github.com/clovaai/aasist',
    languages: [],
  },
  {
    id: 'emotion2vec-plus-base',
    name: 'emotion2vec+ base',
    type: 'emotion',
    version: '1',
    engine: 'onnx',
    licence: 'FunASR Model License 1.1',
    source: 'https://github.com/ddlBoJack/emotion2vec',
    languages: [],
  },
  {
    id: 'real-esrgan-x2',
    name: 'Real-ESRGAN ×2',
    type: 'super-resolution',
    version: '1',
    engine: 'onnx',
    licence: 'BSD-3-Clause',
    source: 'https://github.com/xinntao/Real-ESRGAN',
    languages: [],
  },
]

/** The ids a person may install for a task. */
export function suggestionsFor(type: ModelType): string[] {
  return catalogue.filter((model) => model.type === type).map(({ id }) => id)
}
