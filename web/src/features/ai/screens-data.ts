/** Models, nodes and results as the pretended server tells of them. */
const model = (model_id: string, name: string, type: string, more: object = {}) => ({
  model_id,
  name,
  type,
  version: '1',
  status: 'unloaded',
  state: 'available',
  reason: null,
  progress: null,
  bytes: null,
  obstacle: null,
  pullable: true,
  verified_against: null,
  memory_usage: 0,
  node_id: null,
  engine: 'sherpa-onnx',
  licence: 'MIT',
  source: 'https://github.com/openai/whisper',
  languages: [],
  ...more,
})
const rnnoise = model('rnnoise', 'RNNoise', 'denoising', {
  state: 'loaded',
  status: 'loaded',
  engine: 'rnnoise-wasm',
  licence: 'BSD-3-Clause',
  pullable: false,
  node_id: 'local',
  memory_usage: 61_341_696,
})
const sense = model('sense-voice-small', 'SenseVoice Small (int8)', 'speech-recognition', {
  bytes: 239_549_735,
  licence: 'FunASR Model License 1.1',
  languages: ['zh', 'yue', 'en', 'ja', 'ko'],
})
const whisper = model('whisper-small', 'Whisper small (int8)', 'speech-recognition', {
  bytes: 375_485_327,
  languages: ['multilingual'],
})
const paraformer = model('paraformer-zh', 'Paraformer large (Chinese and English, int8)', 'speech-recognition', {
  bytes: 243_446_974,
  languages: ['zh', 'en'],
  licence: 'FunASR Model License 1.1',
})
const tiny = model('whisper-tiny', 'Whisper tiny (int8)', 'speech-recognition', {
  bytes: 103_609_903,
  languages: ['multilingual'],
})
const emotion = model('speech-emotion-wav2vec2', 'Speech Emotion Classification (wav2vec2 base, int8)', 'emotion', {
  engine: 'onnx',
  licence: 'Apache-2.0',
  languages: ['en'],
})
const aasist = model('aasist', 'AASIST', 'synthesis-detection', { engine: 'onnx' })
const swin = model('swin2sr-x2', 'Swin2SR classical ×2', 'super-resolution', { engine: 'onnx', bytes: 54_428_699 })

/** Nothing but what came with the program. */
export const bare = [rnnoise, sense, whisper, paraformer, tiny, emotion, aasist, swin]

/** Something in every state. */
export const mixed = [
  { ...sense, state: 'loaded', status: 'loaded', memory_usage: 412_090_368, verified_against: 'published' },
  {
    ...whisper,
    state: 'downloading',
    progress: { bytes: 142_606_336, total: 375_485_327, speed: 4_718_592, file: 'small-decoder.int8.onnx' },
  },
  {
    ...tiny,
    reason: 'The download was cancelled',
    progress: { bytes: 39_370_000, total: 103_609_903, speed: 0, file: null },
  },
  {
    ...paraformer,
    state: 'error',
    reason: 'model.int8.onnx is not what its manifest says: another size or hash came',
    progress: { bytes: 243_000_000, total: 243_446_974, speed: 0, file: null },
  },
  rnnoise,
  model('gtcrn', 'GTCRN', 'denoising', { state: 'installed', bytes: 535_638, verified_against: 'recorded' }),
  emotion,
  { ...aasist, pullable: false },
  model('words', '語音模型', 'speech-recognition', { state: 'installed', bytes: 5_356_380, obstacle: 'no-engine' }),
  {
    ...swin,
    state: 'error',
    status: 'error',
    reason: 'The process ended with signal SIGABRT while it read the model',
  },
]

const node = (node_id: string, name: string, more: object = {}) => ({
  node_id,
  name,
  address: 'http://10.0.0.12:8000',
  kind: 'confab',
  status: 'online',
  cpu_usage: 23.4,
  memory_usage: 41.2,
  memory_total: 33_524_469_760,
  loaded_models: ['sense-voice-small'],
  models: ['sense-voice-small', 'rnnoise'],
  active_requests: 2,
  queue_limit: 16,
  version: '0.1.0',
  reason: null,
  removable: false,
  checked_at: '2026-11-20T01:41:50Z',
  ...more,
})

/** One of every kind, in every state. */
export const nodes = [
  node('local', 'confab-taipei', {
    kind: 'local',
    address: 'https://meet.example.com.tw',
    loaded_models: ['rnnoise', 'sense-voice-small'],
  }),
  node('gpu-1', '機房二樓的工作站', {
    status: 'busy',
    cpu_usage: 97.1,
    memory_usage: 81.6,
    active_requests: 16,
    loaded_models: ['sense-voice-small', 'whisper-small', 'speech-emotion-wav2vec2'],
    models: ['sense-voice-small', 'whisper-small', 'speech-emotion-wav2vec2', 'aasist', 'swin2sr-x2'],
  }),
  node('speaches', 'speaches', {
    kind: 'openai',
    address: 'http://10.0.0.5:8000/v1',
    status: 'offline',
    cpu_usage: null,
    memory_usage: null,
    memory_total: null,
    loaded_models: [],
    models: ['Systran/faster-whisper-small'],
    active_requests: 0,
    queue_limit: null,
    version: null,
    reason: 'connect ECONNREFUSED 10.0.0.5:8000',
    removable: true,
  }),
]

/** What a health check of the local one says. */
export const checked = {
  ...nodes[0],
  healthy: false,
  checks: [
    { name: 'ffmpeg', ok: true, latency_ms: 41.2, reason: null },
    { name: 'rnnoise', ok: true, latency_ms: 8.1, reason: null },
    { name: 'sense-voice-small', ok: false, latency_ms: 5_000, reason: 'no answer within 5 s' },
  ],
}

const token = (token_id: number, name: string, more: object = {}) => ({
  token_id,
  name,
  created_at: '2026-11-12T03:00:00Z',
  last_used_at: null,
  nodes: [],
  ...more,
})
/** One that is used, and one that waits. */
export const tokens = [
  token(1, '機房二樓的工作站', { last_used_at: '2026-11-20T01:41:00Z', nodes: ['gpu-1'] }),
  token(2, '新買的 Mac mini'),
]

/** What was said. */
export const said = {
  text: '各位早安，我們開始今天的週會。先請怡君報告上週的進度。好，語音轉文字的部分已經上線了，目前中文的錯字率大概在百分之五左右。',
  confidence: 0.93,
  language: 'zh',
  duration: 8,
  segments: [
    { start: 0, end: 2.4, text: '各位早安，我們開始今天的週會。', confidence: 0.97 },
    { start: 2.4, end: 4.1, text: '先請怡君報告上週的進度。', confidence: 0.95 },
    {
      start: 4.1,
      end: 8,
      text: '好，語音轉文字的部分已經上線了，目前中文的錯字率大概在百分之五左右。',
      confidence: 0.88,
    },
  ],
  processing_time: 0.82,
  model: 'sense-voice-small',
}

/** Eight seconds of something like speech with noise, as a WAV file of 16 bits; `noise` is 0 to 1. */
export function speechLike(noise: number): Buffer {
  const rate = 8_000
  const samples = rate * 8
  const bytes = Buffer.alloc(44 + samples * 2)
  bytes.write('RIFF', 0)
  bytes.writeUInt32LE(36 + samples * 2, 4)
  bytes.write('WAVEfmt ', 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(1, 22)
  bytes.writeUInt32LE(rate, 24)
  bytes.writeUInt32LE(rate * 2, 28)
  bytes.writeUInt16LE(2, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write('data', 36)
  bytes.writeUInt32LE(samples * 2, 40)
  let seed = 7
  for (let i = 0; i < samples; i++) {
    const time = i / rate
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    const words = Math.max(0, Math.sin(time * 4.1) * Math.sin(time * 1.3 + 1)) ** 0.7
    const voice = words * Math.sin(2 * Math.PI * 180 * time) * 0.6
    const hiss = noise * (seed / 1_073_741_824 - 1) * 0.25
    bytes.writeInt16LE(Math.round((voice + hiss) * 32_000), 44 + i * 2)
  }
  return bytes
}
