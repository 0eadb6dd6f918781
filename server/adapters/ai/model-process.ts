import type { LocalModel } from '#domains/ai/ports.ts'
import { ModelProcess } from '#workers/inference/host.ts'
import type { ModelProcessOptions } from '#workers/inference/host.ts'
import type { Classified, Denoised, Recognised, Span } from '#workers/inference/protocol.ts'

/** Hours of sound take a small machine a while. */
const SOUND_MS = 60 * 60_000
/** A minute of speech, or one picture. */
const PIECE_MS = 10 * 60_000
const PING_MS = 10_000

/** A model in a process of its own; it does what its contract is for, and fails with a reason for the rest. */
export function createModelProcess(options: ModelProcessOptions): LocalModel {
  const child = new ModelProcess(options)
  return {
    get state() {
      return child.state
    },
    get reason() {
      return child.reason
    },
    get memory() {
      return child.memory
    },
    get loadTime() {
      return child.loadTime
    },
    get active() {
      return child.active
    },
    load: () => child.load(),
    unload: () => child.unload(),
    ping: async () => void (await child.ask({ do: 'ping' }, PING_MS)),
    denoise: async ({ signal, ...work }) => (await child.ask({ do: 'denoise', ...work }, SOUND_MS, signal)) as Denoised,
    classify: async ({ signal, ...work }) =>
      (await child.ask({ do: 'classify', ...work }, SOUND_MS, signal)) as Classified,
    findSpeech: async ({ signal, ...work }) =>
      (await child.ask({ do: 'find-speech', ...work }, SOUND_MS, signal)) as Span[],
    recognise: async ({ signal, ...work }) =>
      (await child.ask({ do: 'recognise', ...work }, PIECE_MS, signal)) as Recognised,
    enlarge: async ({ signal, ...work }) =>
      (await child.ask({ do: 'enlarge', ...work }, PIECE_MS, signal)) as { width: number; height: number },
  }
}
