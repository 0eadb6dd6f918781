import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { Ffmpeg, FfmpegWork } from '#domains/media/ports.ts'
import { Fault } from '#kernel/fault.ts'
import { inputArguments } from './arguments.ts'
import { failed, failure, tooLarge } from './failures.ts'
import { commandOf } from './tools.ts'
import type { ToolFinder, Tools } from './tools.ts'

/** Kept of what ffmpeg says: the end of it tells why. */
const STDERR_CHARS = 16_384
/** No single allocation of ffmpeg's is larger: what a header asks for is not believed. */
const MOST_ALLOCATION = 1024 * 1024 * 1024

const QUIETLY: readonly string[] =
  `-hide_banner -nostdin -y -loglevel error -max_alloc ${MOST_ALLOCATION} -progress pipe:1 -stats_period 0.5`.split(' ')

/** ffmpeg in child processes: no shell, no stdin, low priority, bounded, and ended with the work's signal or with us. */
export function createFfmpeg(tools: ToolFinder): Ffmpeg {
  return {
    features: () => tools.find(),
    run: async (work) => {
      const found = await tools.find()
      work.signal.throwIfAborted()
      const child = start(found, work)
      const kill = (): void => void child.kill('SIGKILL')
      work.signal.addEventListener('abort', kill, { once: true })
      try {
        const said = keepEnd(child)
        followProgress(child, work)
        const [code, signal] = await ended(child)
        work.signal.throwIfAborted()
        const { size } = await stat(work.output).catch(() => ({ size: 0 }))
        if (size >= work.mostBytes * 0.99) throw tooLarge(work.mostBytes)
        if (code !== 0) throw failure(code, signal, said())
        if (size === 0) throw failed('nothing came out of it')
      } finally {
        work.signal.removeEventListener('abort', kill)
        kill()
      }
    },
  }
}

function start(found: Tools, work: FfmpegWork): ChildProcess {
  const { program, before } = commandOf(found, found.ffmpeg, { live: work.isAwaited === true })
  const inputs = work.inputs.flatMap(({ path, options = [] }) => [...options, ...inputArguments(path)])
  const args = [
    ...before,
    ...QUIETLY,
    ...inputs,
    ...work.options,
    '-map_metadata',
    '-1',
    '-fs',
    String(work.mostBytes),
    `file:${work.output}`,
  ]
  return spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
}

async function ended(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  try {
    return (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  } catch (cause) {
    throw new Fault('unavailable', 'media.conversion-killed', `ffmpeg did not start: ${(cause as Error).message}`, {
      cause,
    })
  }
}

/** The end of what a run says, as far as it has come. */
export function keepEnd(child: ChildProcess): () => string {
  let text = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (text = (text + chunk).slice(-STDERR_CHARS)))
  return () => text
}

/** `out_time_us` of `-progress`, as a part of what is expected; 100 is said by whoever sees the output. */
function followProgress(child: ChildProcess, { duration, onProgress }: FfmpegWork): void {
  if (child.stdout === null) return
  if (duration === null || duration <= 0 || onProgress === undefined) {
    child.stdout.resume()
    return
  }
  createInterface({ input: child.stdout }).on('line', (line) => {
    const micros = /^out_time_us=(\d+)/.exec(line)?.[1]
    if (micros !== undefined) onProgress(Math.min(99, Math.floor(Number(micros) / 10_000 / duration)))
  })
}
