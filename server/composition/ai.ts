import { basename, join } from 'node:path'
import { createEngines } from '#adapters/ai/engines.ts'
import { createFilmFrames } from '#adapters/ffmpeg/frames.ts'
import { createProber } from '#adapters/ffmpeg/prober.ts'
import { createFfmpeg } from '#adapters/ffmpeg/run.ts'
import { createToolFinder } from '#adapters/ffmpeg/tools.ts'
import { createDenoising, RNNOISE } from '#domains/ai/denoising.ts'
import { createEnhancing } from '#domains/ai/enhancement.ts'
import type { Enhancing } from '#domains/ai/enhancement.ts'
import { createLocalModels } from '#domains/ai/local-models.ts'
import { LOCAL_NODE, STT_NODE } from '#domains/ai/nodes.ts'
import type { Converter, Files } from '#domains/ai/ports.ts'
import { createRegistry } from '#domains/ai/registry.ts'
import type { BuiltIn } from '#domains/ai/registry.ts'
import { createSounds } from '#domains/ai/sounds.ts'
import { createSpeech } from '#domains/ai/speech.ts'
import type { Library } from '#domains/media/library.ts'
import { checkOutbound, fetchOutbound } from '#kernel/outbound-fetch.ts'
import type { Live } from '#surfaces/live.ts'
import { mountAudioVideo } from '#surfaces/audio-video.ts'
import { mountModels } from '#surfaces/models.ts'
import { mountNodes } from '#surfaces/nodes.ts'
import { mountSpeech } from '#surfaces/speech.ts'
import { mountTranscriptions } from '#surfaces/speech-openai.ts'
import { createModelKeeping } from './ai-keeping.ts'
import { composeNodes } from './ai-nodes.ts'
import type { Base, Part } from './part.ts'

const MIB = 1024 * 1024

/** Wires speech, sound and picture, models and nodes. */
export function composeAi(
  base: Base,
  { library, live }: { library: Library; live: Live },
): Part & { enhancing: Enhancing } {
  const { config, bus, jobs, clock, log, mount } = base
  const { core, media, ai } = config
  const tools = createToolFinder({ ffmpeg: media.ffmpeg, ffprobe: media.ffprobe, memoryMiB: media.jobMemoryMiB })
  const ffmpeg = createFfmpeg(tools)
  const converter: Converter = {
    run: ({ input, duration = null, ...work }) => ffmpeg.run({ ...work, duration, inputs: [{ path: input }] }),
  }
  const files = filesOf(library)
  const audioBytes = ai.audioMiB * MIB
  const outbound = { allowPrivate: core.fetchPrivate, mostBytes: audioBytes, timeoutMs: ai.fetchSeconds * 1000 }
  const sounds = createSounds({
    folder: join(core.dataDir, 'ai-work'),
    files,
    outbound: {
      check: (url) => checkOutbound(url, outbound),
      fetch: (url, to, signal) => fetchOutbound(url, to, { ...outbound, signal }),
    },
    converter,
    mostMinutes: ai.audioMinutes,
  })

  const engines = createEngines({
    log,
    idleMs: ai.idleSeconds * 1000,
    mostWaiting: ai.mostWaiting,
    mostMemory: ai.modelMemoryMiB * MIB,
    threads: ai.threads,
    onState: (id) => void tellModel(id),
  })
  const nodesPart = composeNodes(base)
  const { roster, transcribers } = nodesPart
  const rnnoise = nodesPart.spread(RNNOISE, engines.openRnnoise())
  const keeping = createModelKeeping({ core, ai, clock, log, onChange: (id) => void tellModel(id) })
  const { folders } = keeping
  const root = join(core.dataDir, 'models')
  const locals = createLocalModels({
    folders,
    root,
    engines: {
      ...engines,
      open: (model) => nodesPart.spread(basename(model.folder), engines.open(model)),
    },
    builtIn: { [RNNOISE]: rnnoise },
  })
  const registry = createRegistry({
    folders: keeping.folders,
    pulls: keeping.pulls,
    locals,
    builtIn: [
      { about: ABOUT_RNNOISE, nodeId: LOCAL_NODE, process: rnnoise },
      ...(ai.sttUrl === undefined ? [] : [remoteModel(ai.sttModel)]),
    ],
  })
  const nodes = nodesPart.look({ registry, processes: locals.processes, findFfmpeg: () => tools.find() })

  const tellModel = async (id: string): Promise<void> => {
    try {
      const { state, reason, progress, memory } = await registry.view(id)
      bus.publish('ai.model.changed', { model_id: id, state, reason, progress, memory_usage: memory })
    } catch (error) {
      // Removed meanwhile, or its manifest was broken: whoever looks reads the list.
      log.debug({ err: error, model: id }, 'a change of a model was not told')
    }
  }
  live.forward('ai.model.changed', () => 'admins')
  live.forward('ai.node.changed', () => 'admins')

  const input = { workspace: () => sounds.workspace(), mostBytes: audioBytes }
  const mostFilmBytes = media.videoMiB * MIB
  const speech = createSpeech({ sounds, locals, converter, transcribers })
  mountSpeech(mount, { speech, input })
  mountTranscriptions(mount, { speech, input })
  const enhancing = createEnhancing({
    jobs,
    sounds,
    files,
    converter,
    frames: createFilmFrames(tools, createProber(tools)),
    locals,
    mostBytes: mostFilmBytes,
  })
  mountAudioVideo(mount, {
    denoising: createDenoising({ sounds, files, rnnoise, locals }),
    enhancing,
    files,
    input,
    mostFilmBytes,
  })
  mountModels(mount, {
    registry,
    nodes,
    keeping,
    input: { workspace: () => sounds.workspace(), mostBytes: ai.modelMiB * MIB },
  })
  mountNodes(mount, { nodes })
  return {
    enhancing,
    start: async () => {
      await sounds.start()
      await keeping.pulls.start()
      roster.start()
    },
    stop: async () => {
      roster.stop()
      await keeping.pulls.stop()
      await locals.stop()
    },
    notConfigured: [
      ...(ai.sttUrl === undefined
        ? ['speech recognition (CONFAB_STT_URL): it answers 503 until a service is named or a model is installed']
        : []),
      ...(engines.isThere('onnx')
        ? []
        : [
            `models (npm install --include=optional): ${engines.missing().join(' and ')} not installed, so ${
              engines.isThere('sherpa-onnx') ? 'only RNNoise and models of sherpa-onnx run' : 'only RNNoise runs'
            }`,
          ]),
    ],
  }
}

const ABOUT_RNNOISE: BuiltIn['about'] = {
  id: RNNOISE,
  name: 'RNNoise',
  type: 'denoising',
  version: '0.2.1',
  engine: 'rnnoise-wasm',
  licence: 'BSD-3-Clause',
  source: 'https://github.com/xiph/rnnoise',
  languages: [],
}

const remoteModel = (id: string): BuiltIn => ({
  about: {
    id,
    name: id,
    type: 'speech-recognition',
    version: '',
    engine: 'openai',
    licence: '',
    source: null,
    languages: [],
  },
  nodeId: STT_NODE,
})

/** Files of the library, as this area needs them. */
const filesOf = (library: Library): Files => ({
  see: async (accountId, fileId) => {
    const { id, name, kind, size, duration, storageKey } = await library.see(accountId, fileId)
    return { id, name, kind, size, duration, read: async () => (await library.open(storageKey)).stream() }
  },
  keep: async (accountId, { name, description, bytes }) => {
    const arrived = await library.receive(accountId, { name, bytes })
    try {
      return (await arrived.finish({ meetingId: null, description })).id
    } catch (error) {
      await arrived.discard()
      throw error
    }
  },
})
