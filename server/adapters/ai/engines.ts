import { availableParallelism } from 'node:os'
import { createRequire } from 'node:module'
import { basename } from 'node:path'
import type { Engines } from '#domains/ai/ports.ts'
import type { Log } from '#kernel/log.ts'
import { createModelProcess } from './model-process.ts'

const require = createRequire(import.meta.url)

/** npm packages without which an engine does not run; optional, so they may be missing. */
const PACKAGES = { onnx: ['sherpa-onnx-node', 'koffi'], 'sherpa-onnx': ['sherpa-onnx-node'] } as const

/** The engines of this installation, each model in a process of its own. */
export function createEngines(options: {
  log: Log
  idleMs: number
  mostWaiting: number
  mostMemory: number
  /** Threads of one model; 0 leaves one core to everything else. */
  threads: number
  /** Called after each change of a model's state. */
  onState?(model: string): void
}): Engines {
  const { threads: wanted, onState, ...rest } = options
  const telling = (id: string) => onState && { onState: () => onState(id) }
  const threads = wanted > 0 ? wanted : Math.max(1, Math.min(4, availableParallelism() - 1))
  return {
    isThere: (engine) => PACKAGES[engine].every(isInstalled),
    missing: () => PACKAGES.onnx.filter((name) => !isInstalled(name)),
    open: ({ engine, folder, contract }) =>
      createModelProcess({ ...rest, ...telling(basename(folder)), model: { engine, folder, contract, threads } }),
    openRnnoise: () => createModelProcess({ ...rest, ...telling('rnnoise'), model: { engine: 'rnnoise' } }),
  }
}

function isInstalled(name: string): boolean {
  try {
    require.resolve(name)
    return true
  } catch {
    return false
  }
}
