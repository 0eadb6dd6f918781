import { join } from 'node:path'
import { denoiseFile } from './denoise.ts'
import { openClassifier } from './onnx/classifier.ts'
import { openSoundFilter } from './onnx/sound-filter.ts'
import { enlargeFile, openUpscaler } from './onnx/upscaler.ts'
import type { Begun, ModelSource, Span, Work } from './protocol.ts'
import { cutSpans, findLoudSpans } from './speech-spans.ts'

/** A model that is loaded: does what it can. @throws Error with the reason, also for what it cannot */
export type OpenModel = (work: Begun) => Promise<unknown>

/** Loads a model. Each engine's library is read only by the process that needs it. @throws Error with the reason */
export async function openModel(source: ModelSource): Promise<OpenModel> {
  if (source.engine === 'rnnoise') return await openRnnoiseModel()
  const { contract, folder, threads } = source
  switch (contract.kind) {
    case 'audio-classification':
    case 'audio-to-audio':
    case 'image-to-image': {
      const { openOnnxRuntime } = await import('./onnx/runtime.ts')
      const openSession = await openOnnxRuntime()
      const session = openSession(join(folder, contract.file), threads)
      return openDeclared(session, contract)
    }
    case 'speech-recognition': {
      const { openRecogniser } = await import('./sherpa/recogniser.ts')
      const recognise = openRecogniser({ folder, contract, threads })
      return doing({ recognise, 'find-speech': (work) => loudSpans(work) })
    }
    case 'voice-activity': {
      const { openVoiceActivity } = await import('./sherpa/voice-activity.ts')
      const find = openVoiceActivity({ folder, contract, threads })
      return doing({ 'find-speech': async (work) => cutSpans(work.input, await find(work), work.mostSeconds) })
    }
    case 'speech-denoising': {
      const { openDenoiser } = await import('./sherpa/denoiser.ts')
      return doing({ denoise: openDenoiser({ folder, contract, threads }) })
    }
  }
}

type Session = Parameters<typeof openClassifier>[0]
type Declared = Extract<Exclude<ModelSource, { engine: 'rnnoise' }>['contract'], { file: string }>

function openDeclared(session: Session, contract: Declared): OpenModel {
  switch (contract.kind) {
    case 'audio-classification': {
      const classify = openClassifier(session, contract)
      return doing({ classify })
    }
    case 'audio-to-audio':
      return doing({ denoise: openSoundFilter(session, contract) })
    case 'image-to-image': {
      const enlarge = openUpscaler(session, contract)
      return doing({ enlarge: (work) => enlargeFile(enlarge, work) })
    }
  }
}

async function openRnnoiseModel(): Promise<OpenModel> {
  const { openRnnoise } = await import('./rnnoise.ts')
  const rnnoiseFor = await openRnnoise()
  return doing({
    denoise: async (work) => {
      const rnnoise = rnnoiseFor()
      try {
        return await denoiseFile(rnnoise, work)
      } finally {
        rnnoise.close()
      }
    },
  })
}

const loudSpans = async (work: Begun<{ input: string; mostSeconds: number }>): Promise<Span[]> =>
  await cutSpans(work.input, await findLoudSpans(work.input, work.signal), work.mostSeconds)

type Doing = { [K in Work['do']]?: (work: Begun<Extract<Work, { do: K }>>) => Promise<unknown> }

/** Picks what is asked for. */
function doing(able: Doing): OpenModel {
  return async (work) => {
    if (work.do === 'ping') return null
    const act = able[work.do] as OpenModel | undefined
    if (act === undefined) throw new Error(`this model cannot ${work.do}`)
    return await act(work)
  }
}
