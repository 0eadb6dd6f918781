import { Compile } from 'typebox/compile'
import type { ModelType } from '#contracts/schemas/ai.ts'
import {
  AudioClassification,
  AudioToAudio,
  ImageToImage,
  SpeechDenoising,
  SpeechRecognition,
  VoiceActivity,
} from '#contracts/schemas/model-contract.ts'
import type { ModelContract } from '#contracts/schemas/model-contract.ts'
import { ModelId } from '#contracts/schemas/ai.ts'
import { ModelManifest } from '#contracts/schemas/model-manifest.ts'
import { faults } from './faults.ts'

export type Manifest = ModelManifest

const check = Compile(ModelManifest)
const checkId = Compile(ModelId)

/** Whether a name may be a model's, and so its folder's. */
export const isModelId = (name: string): boolean => checkId.Check(name)

/** Each contract by its kind, so that what is wrong in it is told by its own schema and not by a union of all. */
const KINDS = {
  'audio-classification': Compile(AudioClassification),
  'audio-to-audio': Compile(AudioToAudio),
  'image-to-image': Compile(ImageToImage),
  'speech-recognition': Compile(SpeechRecognition),
  'voice-activity': Compile(VoiceActivity),
  'speech-denoising': Compile(SpeechDenoising),
} as const satisfies Record<ModelContract['kind'], unknown>

/** What a model of a type may declare, by its engine. */
const FITTING: Readonly<Record<ModelType, Readonly<Partial<Record<Manifest['engine'], ModelContract['kind']>>>>> = {
  'speech-recognition': { 'sherpa-onnx': 'speech-recognition' },
  'voice-activity': { 'sherpa-onnx': 'voice-activity' },
  denoising: { 'sherpa-onnx': 'speech-denoising', onnx: 'audio-to-audio' },
  emotion: { onnx: 'audio-classification' },
  'synthesis-detection': { onnx: 'audio-classification' },
  'super-resolution': { onnx: 'image-to-image' },
}

/**
 * Reads a manifest. Its files lie under its own folder: no absolute path, no `..`, no drive, no control character; its
 * contract suits its type and engine and names its files.
 * @throws Fault `ai.manifest`
 */
export function readManifest(text: string): Manifest {
  return readAs(text, check)
}

/** A schema's check, compiled. */
interface Check<T> {
  Check(value: unknown): value is T
  Errors(value: unknown): { instancePath: string; message: string }[]
}

type Checkable = Pick<Manifest, 'type' | 'engine' | 'contract'> & { readonly files: readonly { path: string }[] }

/** Reads what is made like a manifest by a schema of its own. @throws Fault `ai.manifest` */
export function readAs<T extends Checkable>(text: string, schema: Check<T>): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw faults.manifest('it is no JSON')
  }
  checkContractShape(value)
  if (!schema.Check(value)) {
    const [first] = schema.Errors(value)
    throw faults.manifest(`${first?.instancePath || 'the whole'} ${first?.message ?? 'is wrong'}`)
  }
  const paths = new Set<string>()
  for (const { path } of value.files) {
    if (!isInside(path)) throw faults.manifest(`the path ${JSON.stringify(path)} leads out of the model’s folder`)
    if (paths.has(path)) throw faults.manifest(`the path ${JSON.stringify(path)} stands twice`)
    paths.add(path)
  }
  if (value.contract !== undefined) checkContract(value, value.contract, paths)
  return value
}

/** Says what is wrong in a contract by the schema of its kind. */
function checkContractShape(value: unknown): void {
  const contract = (value as { contract?: { kind?: unknown } } | null)?.contract
  if (contract === undefined) return
  const kind = contract?.kind
  if (typeof kind !== 'string' || !Object.hasOwn(KINDS, kind)) {
    throw faults.manifest(`/contract/kind must be one of ${Object.keys(KINDS).join(', ')}`)
  }
  const checker = KINDS[kind as ModelContract['kind']]
  if (checker.Check(contract)) return
  const [first] = checker.Errors(contract)
  throw faults.manifest(`/contract${first?.instancePath ?? ''} ${first?.message ?? 'is wrong'}`)
}

function checkContract({ type, engine }: Checkable, contract: ModelContract, paths: ReadonlySet<string>): void {
  const { kind } = contract
  if (FITTING[type][engine] !== kind) {
    throw faults.manifest(`a model of type ${type} and engine ${engine} cannot declare ${kind}`)
  }
  for (const path of filesOf(contract)) {
    if (!paths.has(path))
      throw faults.manifest(`the contract names ${JSON.stringify(path)}, which is not among its files`)
  }
  if ((kind === 'audio-classification' || kind === 'audio-to-audio') && contract.input.hop > contract.input.window) {
    throw faults.manifest('/contract/input/hop is longer than the window')
  }
  if (kind === 'image-to-image' && contract.input.overlap >= contract.input.tile) {
    throw faults.manifest('/contract/input/overlap is not smaller than the tile')
  }
  if (kind !== 'audio-classification') return
  const { labels, positive_class: positive, threshold } = contract.output
  if (positive !== undefined && !labels.includes(positive)) {
    throw faults.manifest('/contract/output/positive_class is not among the labels')
  }
  if (type === 'synthesis-detection' && (positive === undefined || threshold === undefined)) {
    throw faults.manifest('a detector declares /contract/output/positive_class and /contract/output/threshold')
  }
}

function filesOf(contract: ModelContract): string[] {
  if ('file' in contract) return [contract.file]
  const names = ['model', 'encoder', 'decoder', 'joiner', 'tokens'] as const
  const named: Partial<Record<(typeof names)[number], string>> = contract
  return names.flatMap((name) => named[name] ?? [])
}

function isInside(path: string): boolean {
  // oxlint-disable-next-line no-control-regex -- which is what is looked for
  if (/[\\:\x00-\x1F]/.test(path) || path === 'model.json') return false
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
}
