import { join } from 'node:path'
import type { SpeechRecognition } from '#contracts/schemas/model-contract.ts'
import { SPEECH_RATE } from '../protocol.ts'

/** Where the model is and how it is run. */
export interface RecogniserOptions {
  readonly folder: string
  readonly contract: SpeechRecognition
  readonly threads: number
  /** ISO 639, as asked for; undefined where the model is to find out. */
  readonly language: string | undefined
}

/** The languages of Whisper's tokenizer; it ends its process on any other. */
const WHISPER = new Set(
  (
    'en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml ' +
    'cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am ' +
    'yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su yue'
  ).split(' '),
)
const SENSE_VOICE = new Set(['zh', 'en', 'ja', 'ko', 'yue'])

/** sherpa-onnx's configuration of a recogniser. */
export function recogniserConfig({ folder, contract, threads, language }: RecogniserOptions): object {
  const at = (path: string): string => join(folder, path)
  const known = (languages: ReadonlySet<string>, otherwise: string): string =>
    language !== undefined && languages.has(language) ? language : otherwise
  const model = (): object => {
    switch (contract.family) {
      case 'whisper':
        return {
          whisper: {
            encoder: at(contract.encoder),
            decoder: at(contract.decoder),
            language: known(WHISPER, ''),
            task: 'transcribe',
          },
        }
      case 'sense-voice':
        return {
          senseVoice: {
            model: at(contract.model),
            language: known(SENSE_VOICE, 'auto'),
            useInverseTextNormalization: contract.inverse_text_normalisation === false ? 0 : 1,
          },
        }
      case 'paraformer':
        return { paraformer: { model: at(contract.model) } }
      case 'zipformer-ctc':
        return { zipformerCtc: { model: at(contract.model) } }
      case 'nemo-ctc':
        return { nemoCtc: { model: at(contract.model) } }
      case 'wenet-ctc':
        return { wenetCtc: { model: at(contract.model) } }
      case 'transducer':
      case 'nemo-transducer':
        return {
          transducer: { encoder: at(contract.encoder), decoder: at(contract.decoder), joiner: at(contract.joiner) },
          modelType: contract.family === 'transducer' ? 'transducer' : 'nemo_transducer',
        }
    }
  }
  return {
    featConfig: { sampleRate: SPEECH_RATE, featureDim: contract.feature_dim ?? 80 },
    modelConfig: { ...model(), tokens: at(contract.tokens), numThreads: threads, provider: 'cpu', debug: 0 },
    decodingMethod: ('decoding' in contract ? contract.decoding : undefined) ?? 'greedy_search',
  }
}

/** Whether the model is told the language, and has to be told anew when it changes. */
export const isTold = ({ family }: SpeechRecognition): boolean => family === 'whisper' || family === 'sense-voice'
