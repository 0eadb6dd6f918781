import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { promisify } from 'node:util'
import { silentLog } from '#kernel/log.ts'
import { GAIN, gainFilter } from '#test/support/tiny-models.ts'
import { ModelProcess } from '#workers/inference/host.ts'
import type { ModelSource } from '#workers/inference/protocol.ts'
import type { Measurement } from '../measurement.ts'

const RATE = 48_000
const MINUTES = 10
const LIMIT_MS = 600_000
const LOADS = 50
const MOST_DELAY_MS = 10
const RESOLUTION_MS = 1
const MIB = 1024 * 1024

/** Denoising beside the bare library, what the parent feels of it, and what fifty loads leave behind. */
export async function measureModels(): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), 'confab-bench-ai-'))
  try {
    const sound = join(folder, 'sound.raw')
    await writeNoise(sound)
    return [...(await denoising(folder, sound)), ...(await loading(folder))]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const processOf = (model: ModelSource): ModelProcess =>
  new ModelProcess({ model, log: silentLog, idleMs: LIMIT_MS, mostWaiting: 1, mostMemory: 0 })

/** A tone that comes and goes, in noise. */
async function writeNoise(path: string): Promise<void> {
  const file = await open(path, 'w')
  const minute = Int16Array.from({ length: RATE * 60 }, (_, at) => {
    const tone = Math.sin((2 * Math.PI * 220 * at) / RATE) * Math.max(0, Math.sin((2 * Math.PI * 2 * at) / RATE))
    return 8000 * tone + (Math.random() - 0.5) * 4000
  })
  for (let i = 0; i < MINUTES; i++) await file.write(new Uint8Array(minute.buffer))
  await file.close()
}

async function denoising(folder: string, input: string): Promise<Measurement[]> {
  const program = join(import.meta.dirname, 'bare-rnnoise.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [program, input])
  const bare = JSON.parse(stdout) as { seconds: number; bytes: number }

  const one = processOf({ engine: 'rnnoise' })
  await one.load()
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  const began = performance.now()
  await one.ask({ do: 'denoise', input, output: join(folder, 'clean.wav'), level: 'medium' }, LIMIT_MS)
  const seconds = (performance.now() - began) / 1000
  delay.disable()
  const bytes = await peakOf(one.pid)
  await one.unload()

  const factor = (spent: number): string => `${(spent / (MINUTES * 60)).toFixed(4)} of real time`
  const size = (value: number): string => `${Math.round(value / MIB)} MiB`
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS)
  const usual = late(delay.percentile(99))
  return [
    {
      name: `denoise ${MINUTES} minutes, noise measured and mixed`,
      measured: factor(seconds),
      beside: `bare library: ${factor(bare.seconds)}`,
      ratio: seconds / bare.seconds,
    },
    {
      name: 'memory at its peak',
      measured: size(bytes),
      beside: `bare library: ${size(bare.bytes)}`,
      ratio: bytes / bare.bytes,
    },
    {
      name: 'event-loop delay of the parent meanwhile, 99th percentile',
      measured: `${usual.toFixed(2)} ms`,
      beside: `worst: ${late(delay.max).toFixed(2)} ms`,
      asked: `under ${MOST_DELAY_MS} ms`,
      holds: usual < MOST_DELAY_MS,
    },
  ]
}

async function loading(folder: string): Promise<Measurement[]> {
  const at = join(folder, 'model')
  await mkdir(at)
  await writeFile(join(at, 'model.onnx'), gainFilter(0.5))
  const one = processOf({ engine: 'onnx', folder: at, contract: GAIN, threads: 1 })
  const rounds = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      await one.load()
      await one.ask({ do: 'ping' }, LIMIT_MS)
      await one.unload()
    }
  }
  // What a program grows by once, it does not grow by again.
  await rounds(10)
  const before = await treeOf(process.pid)
  const began = performance.now()
  await rounds(LOADS)
  const seconds = (performance.now() - began) / 1000
  const after = await treeOf(process.pid)
  const ratio = after / before
  return [
    {
      name: `an ONNX model loaded, asked and unloaded ${LOADS} times: memory of the whole tree`,
      measured: `${Math.round(after / MIB)} MiB`,
      beside: `before: ${Math.round(before / MIB)} MiB`,
      ratio,
      asked: 'within 5 %',
      holds: ratio < 1.05,
    },
    { name: 'one such load and unload', measured: `${Math.round((seconds * 1000) / LOADS)} ms` },
  ]
}

/** Bytes a process took at most (Linux). */
async function peakOf(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1]) * 1024
}

/** Bytes a process and all its descendants take (Linux). */
async function treeOf(pid: number): Promise<number> {
  const [status, children] = await Promise.all([
    readFile(`/proc/${pid}/status`, 'utf8'),
    readFile(`/proc/${pid}/task/${pid}/children`, 'utf8'),
  ])
  let sum = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) * 1024
  for (const child of children.trim().split(/\s+/).filter(Boolean)) sum += await treeOf(Number(child)).catch(() => 0)
  return sum
}
