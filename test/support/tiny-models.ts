import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelContract } from '#contracts/schemas/model-contract.ts'
import type { ModelManifest } from '#contracts/schemas/model-manifest.ts'
import { onnxFile } from './onnx.ts'

/** Files of a model, by their paths. */
export type ModelFiles = Readonly<Record<string, Buffer | string>>

/** A folder with these files and their manifest, as an operator would lay it down. */
export async function layModel(
  folder: string,
  about: Pick<ModelManifest, 'id' | 'type' | 'engine'> & { contract?: ModelContract; languages?: string[] },
  files: ModelFiles,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const listed = Object.entries(files).map(([path, content]) => {
    const bytes = Buffer.from(content)
    return { path, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length }
  })
  for (const [path, content] of Object.entries(files)) await writeFile(join(folder, path), content)
  const manifest = { name: about.id, version: '1', licence: 'MIT', files: listed, ...about }
  await writeFile(join(folder, 'model.json'), JSON.stringify(manifest))
}

/**
 * Tells loud from quiet: the mean square of `sound` (1 × any length) as the logit of the first of two classes, over
 * that of a sound of -20 dB.
 */
export function loudnessClassifier(length: number | string = 'length'): Buffer {
  return onnxFile({
    inputs: [{ name: 'sound', shape: [1, length] }],
    outputs: [{ name: 'logits', shape: [1, 2] }],
    constants: [
      { name: 'weight', shape: [1, 2], values: [1000, -1000] },
      { name: 'bias', shape: [2], values: [-10, 10] },
    ],
    nodes: [
      { op: 'Mul', inputs: ['sound', 'sound'], outputs: ['squares'] },
      { op: 'ReduceMean', inputs: ['squares'], outputs: ['power'], attributes: { axes: [1], keepdims: 1 } },
      { op: 'MatMul', inputs: ['power', 'weight'], outputs: ['weighed'] },
      { op: 'Add', inputs: ['weighed', 'bias'], outputs: ['logits'] },
    ],
  })
}

export const LOUDNESS = {
  kind: 'audio-classification',
  file: 'model.onnx',
  input: {
    name: 'sound',
    sample_rate: 16_000,
    layout: 'batch_samples',
    normalisation: 'none',
    window: 8000,
    hop: 4000,
    pad: 'zeros',
  },
  output: { name: 'logits', labels: ['loud', 'quiet'], activation: 'softmax', aggregation: 'mean' },
} as const satisfies ModelContract

/** Makes sound quieter: `sound` (1 × any length) times `factor`. */
export function gainFilter(factor: number): Buffer {
  return onnxFile({
    inputs: [{ name: 'sound', shape: [1, 'length'] }],
    outputs: [{ name: 'out', shape: [1, 'length'] }],
    constants: [{ name: 'factor', shape: [], values: [factor] }],
    nodes: [{ op: 'Mul', inputs: ['sound', 'factor'], outputs: ['out'] }],
  })
}

export const GAIN = {
  kind: 'audio-to-audio',
  file: 'model.onnx',
  input: {
    name: 'sound',
    sample_rate: 16_000,
    layout: 'batch_samples',
    normalisation: 'none',
    window: 4000,
    hop: 3000,
  },
  output: { name: 'out' },
} as const satisfies ModelContract

/** Each pixel four times: `picture` (1 × 3 × height × width) twice as large. */
export function nearestUpscaler(): Buffer {
  return onnxFile({
    inputs: [{ name: 'picture', shape: [1, 3, 'height', 'width'] }],
    outputs: [{ name: 'large', shape: [1, 3, 'large height', 'large width'] }],
    constants: [{ name: 'ones', shape: [3, 1, 2, 2], values: Array.from({ length: 12 }, () => 1) }],
    nodes: [
      {
        op: 'ConvTranspose',
        inputs: ['picture', 'ones'],
        outputs: ['large'],
        attributes: { group: 3, strides: [2, 2], kernel_shape: [2, 2] },
      },
    ],
  })
}

export const NEAREST = {
  kind: 'image-to-image',
  file: 'model.onnx',
  input: { name: 'picture', layout: 'nchw', channels: 'rgb', range: 1, tile: 32, overlap: 8 },
  output: { name: 'large', scale: 2 },
} as const satisfies ModelContract

/** What the tiny recogniser may write. */
export const RECOGNISER_TOKENS = '啊 0\n嗯 1\n<blk> 2\n'

/**
 * A recogniser in the shape of NeMo's CTC models, as sherpa-onnx loads them. It writes 啊 for each sound that stands out
 * in the lower half of the mel bands, and 嗯 for each in the upper one; silence is blank.
 */
export function tinyRecogniser({ metadata = true } = {}): Buffer {
  const bands = 80
  const low = Array.from({ length: bands }, (_, at) => (at < bands / 2 ? 1 / 40 : -0.5 / 40))
  const high = low.map((_, at) => low[bands - 1 - at] ?? 0)
  return onnxFile({
    metadata: metadata ? { vocab_size: 3, subsampling_factor: 1, normalize_type: '' } : {},
    inputs: [
      { name: 'audio_signal', shape: ['batch', bands, 'time'] },
      { name: 'length', shape: ['batch'], type: 'int64' },
    ],
    outputs: [{ name: 'logprobs', shape: ['batch', 'time', 3] }],
    constants: [
      { name: 'weight', shape: [bands, 3], values: low.flatMap((value, at) => [value, high[at] ?? 0, 0]) },
      { name: 'bias', shape: [3], values: [0, 0, -3] },
    ],
    nodes: [
      { op: 'Transpose', inputs: ['audio_signal'], outputs: ['frames'], attributes: { perm: [0, 2, 1] } },
      { op: 'MatMul', inputs: ['frames', 'weight'], outputs: ['weighed'] },
      { op: 'Add', inputs: ['weighed', 'bias'], outputs: ['logits'] },
      { op: 'LogSoftmax', inputs: ['logits'], outputs: ['logprobs'], attributes: { axis: 2 } },
    ],
  })
}

export const RECOGNISER = {
  kind: 'speech-recognition',
  family: 'nemo-ctc',
  model: 'model.onnx',
  tokens: 'tokens.txt',
} as const satisfies ModelContract

/** A detector in the shape of Silero's fifth version: somebody speaks where the window is louder than -30 dB. */
export function tinyVoiceActivity(): Buffer {
  return onnxFile({
    inputs: [
      { name: 'input', shape: ['batch', 'length'] },
      { name: 'state', shape: [2, 'batch', 128] },
      { name: 'sr', shape: [1], type: 'int64' },
    ],
    outputs: [
      { name: 'output', shape: ['batch', 1] },
      { name: 'stateN', shape: [2, 'batch', 128] },
    ],
    constants: [
      { name: 'steep', shape: [], values: [10_000] },
      { name: 'least', shape: [], values: [-10] },
    ],
    nodes: [
      { op: 'Mul', inputs: ['input', 'input'], outputs: ['squares'] },
      { op: 'ReduceMean', inputs: ['squares'], outputs: ['power'], attributes: { axes: [1], keepdims: 1 } },
      { op: 'Mul', inputs: ['power', 'steep'], outputs: ['steeper'] },
      { op: 'Add', inputs: ['steeper', 'least'], outputs: ['logit'] },
      { op: 'Sigmoid', inputs: ['logit'], outputs: ['output'] },
      { op: 'Identity', inputs: ['state'], outputs: ['stateN'] },
    ],
  })
}

export const VOICE_ACTIVITY = {
  kind: 'voice-activity',
  family: 'silero',
  model: 'model.onnx',
} as const satisfies ModelContract

/** A denoiser in the shape of GTCRN: every frequency times `factor`, the caches as they were. */
export function tinyDenoiser(factor: number): Buffer {
  const caches = ['conv_cache', 'tra_cache', 'inter_cache']
  return onnxFile({
    metadata: {
      model_type: 'gtcrn',
      sample_rate: 16_000,
      n_fft: 512,
      hop_length: 256,
      window_length: 512,
      window_type: 'hann_sqrt',
      version: 1,
      ...Object.fromEntries(caches.map((name) => [`${name}_shape`, '1,2'])),
    },
    inputs: [{ name: 'mix', shape: [1, 257, 1, 2] }, ...caches.map((name) => ({ name, shape: [1, 2] }))],
    outputs: [
      { name: 'enh', shape: [1, 257, 1, 2] },
      ...caches.map((name) => ({ name: `${name}_out`, shape: [1, 2] })),
    ],
    constants: [{ name: 'factor', shape: [], values: [factor] }],
    nodes: [
      { op: 'Mul', inputs: ['mix', 'factor'], outputs: ['enh'] },
      ...caches.map((name) => ({ op: 'Identity', inputs: [name], outputs: [`${name}_out`] })),
    ],
  })
}

export const DENOISER = {
  kind: 'speech-denoising',
  family: 'gtcrn',
  model: 'model.onnx',
  sample_rate: 16_000,
} as const satisfies ModelContract
