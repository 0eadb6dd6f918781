import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelContract } from '#contracts/schemas/model-contract.ts'
import type { ModelManifest } from '#contracts/schemas/model-manifest.ts'
import { onnxFile } from './onnx.ts'
import type { OnnxConstant } from './onnx.ts'

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

/** Mel bands of a frame. */
const BANDS = 80

/** How loud the lower and the upper half of the mel bands are, at the places of [silence, low, high] among the tokens. */
function heard([silence, low, high]: readonly [number, number, number]): OnnxConstant[] {
  const row = (lower: number, upper: number): number[] => {
    const values = [0, 0, 0]
    values[low] = lower / 40
    values[high] = upper / 40
    return values
  }
  const bias = [0, 0, 0]
  bias[silence] = -3
  const rows = Array.from({ length: BANDS }, (_, at) => (at < BANDS / 2 ? row(1, -0.5) : row(-0.5, 1)))
  return [
    { name: 'weight', shape: [BANDS, 3], values: rows.flat() },
    { name: 'bias', shape: [3], values: bias },
  ]
}

/** What the tiny recogniser may write. */
export const RECOGNISER_TOKENS = '啊 0\n嗯 1\n<blk> 2\n'

/**
 * A recogniser in the shape of NeMo's CTC models, as sherpa-onnx loads them. It writes 啊 for each sound that stands out
 * in the lower half of the mel bands, and 嗯 for each in the upper one; silence is blank.
 */
export function tinyRecogniser({ metadata = true } = {}): Buffer {
  return onnxFile({
    metadata: metadata ? { vocab_size: 3, subsampling_factor: 1, normalize_type: '' } : {},
    inputs: [
      { name: 'audio_signal', shape: ['batch', BANDS, 'time'] },
      { name: 'length', shape: ['batch'], type: 'int64' },
    ],
    outputs: [{ name: 'logprobs', shape: ['batch', 'time', 3] }],
    constants: heard([2, 0, 1]),
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

/** The files of a recogniser in the shape of a Zipformer transducer: it writes as `tinyRecogniser` does, once a frame. */
export function tinyTransducer(): ModelFiles {
  const joined = [
    { name: 'encoder_out', shape: ['batch', 3] },
    { name: 'decoder_out', shape: ['batch', 3] },
  ]
  return {
    'encoder.onnx': onnxFile({
      inputs: [
        { name: 'x', shape: ['batch', 'time', BANDS] },
        { name: 'x_lens', shape: ['batch'], type: 'int64' },
      ],
      outputs: [
        { name: 'encoder_out', shape: ['batch', 'time', 3] },
        { name: 'encoder_out_lens', shape: ['batch'], type: 'int64' },
      ],
      constants: heard([0, 1, 2]),
      nodes: [
        { op: 'MatMul', inputs: ['x', 'weight'], outputs: ['weighed'] },
        { op: 'Add', inputs: ['weighed', 'bias'], outputs: ['encoder_out'] },
        { op: 'Identity', inputs: ['x_lens'], outputs: ['encoder_out_lens'] },
      ],
    }),
    'decoder.onnx': onnxFile({
      metadata: { vocab_size: 3, context_size: 2 },
      inputs: [{ name: 'y', shape: ['batch', 2], type: 'int64' }],
      outputs: [{ name: 'decoder_out', shape: ['batch', 3] }],
      constants: [{ name: 'nothing', shape: [2, 3], values: [0, 0, 0, 0, 0, 0] }],
      nodes: [
        { op: 'Cast', inputs: ['y'], outputs: ['before'], attributes: { to: 1 } },
        { op: 'MatMul', inputs: ['before', 'nothing'], outputs: ['decoder_out'] },
      ],
    }),
    'joiner.onnx': onnxFile({
      metadata: { joiner_dim: 3 },
      inputs: joined,
      outputs: [{ name: 'logit', shape: ['batch', 3] }],
      nodes: [{ op: 'Add', inputs: ['encoder_out', 'decoder_out'], outputs: ['logit'] }],
    }),
    'tokens.txt': '<blk> 0\n啊 1\n嗯 2\n',
  }
}

export const TRANSDUCER = {
  kind: 'speech-recognition',
  family: 'transducer',
  encoder: 'encoder.onnx',
  decoder: 'decoder.onnx',
  joiner: 'joiner.onnx',
  tokens: 'tokens.txt',
} as const satisfies ModelContract

/** The files of a recogniser in the shape of SenseVoice: it writes 啊 for what is loud, in the language that it is told. */
export function tinySenseVoice(): ModelFiles {
  const languages = ['auto', 'zh', 'en', 'ja', 'ko', 'yue']
  const words = ['<blk>', '啊', ...languages.map((name) => `<|${name}|>`), '<|calm|>', '<|Speech|>', '<|itn|>']
  const oneHot = (at: number): number[] => words.map((_, word) => (word === at ? 20 : 0))
  const repeated = (text: string, times: number): string => Array.from({ length: times }, () => text).join(',')
  return {
    'model.onnx': onnxFile({
      metadata: {
        comment: '',
        vocab_size: words.length,
        lfr_window_size: 7,
        lfr_window_shift: 6,
        normalize_samples: 1,
        with_itn: 0,
        without_itn: 1,
        ...Object.fromEntries(languages.map((name, at) => [`lang_${name}`, at])),
        neg_mean: repeated('0', 7 * BANDS),
        inv_stddev: repeated('1', 7 * BANDS),
      },
      inputs: [
        { name: 'x', shape: ['batch', 'time', 7 * BANDS] },
        ...['x_length', 'language', 'text_norm'].map((name) => ({ name, shape: ['batch'], type: 'int32' as const })),
      ],
      outputs: [{ name: 'logits', shape: ['batch', 'longer', words.length] }],
      constants: [
        { name: 'told', shape: [6, words.length], values: languages.flatMap((_, at) => oneHot(at + 2)) },
        { name: 'rest', shape: [1, 3, words.length], values: [8, 9, 10].flatMap(oneHot) },
        { name: 'one', shape: [1], values: [1], type: 'int64' },
        {
          name: 'weight',
          shape: [7 * BANDS, words.length],
          values: Array.from({ length: 7 * BANDS }, () =>
            words.map((_, at) => (at === 1 ? 1 / (7 * BANDS) : 0)),
          ).flat(),
        },
        { name: 'bias', shape: [words.length], values: words.map((_, at) => (at === 1 ? 14 : at === 0 ? 0 : -50)) },
      ],
      nodes: [
        { op: 'MatMul', inputs: ['x', 'weight'], outputs: ['weighed'] },
        { op: 'Add', inputs: ['weighed', 'bias'], outputs: ['spoken'] },
        { op: 'Gather', inputs: ['told', 'language'], outputs: ['which'] },
        { op: 'Unsqueeze', inputs: ['which', 'one'], outputs: ['tag'] },
        { op: 'Concat', inputs: ['tag', 'rest', 'spoken'], outputs: ['logits'], attributes: { axis: 1 } },
      ],
    }),
    'tokens.txt': words.map((word, at) => `${word} ${at}\n`).join(''),
  }
}

export const SENSE_VOICE = {
  kind: 'speech-recognition',
  family: 'sense-voice',
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
