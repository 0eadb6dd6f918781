import type { Denoiser, Loadable } from '#domains/ai/ports.ts'
import type { Denoised } from '#workers/inference/protocol.ts'
import { ModelProcess } from '#workers/inference/host.ts'
import type { ModelProcessOptions } from '#workers/inference/host.ts'

const DENOISE_MS = 60 * 60_000
const PING_MS = 10_000

/** RNNoise in a process of its own. */
export function createRnnoiseProcess(options: ModelProcessOptions): Loadable & Denoiser {
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
    denoise: async (work) => (await child.ask({ do: 'denoise', ...work }, DENOISE_MS)) as Denoised,
  }
}
