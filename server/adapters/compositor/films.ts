import { stat } from 'node:fs/promises'
import { inputArguments } from '#adapters/ffmpeg/arguments.ts'
import { failure, tooLarge } from '#adapters/ffmpeg/failures.ts'
import type { ToolFinder } from '#adapters/ffmpeg/tools.ts'
import type { Films, FilmWork } from '#domains/media/ports.ts'
import { startCompositor } from '#workers/compositor/host.ts'
import { FRAME_RATE } from '#workers/compositor/protocol.ts'
import type { FilmOptions, FromWorker } from '#workers/compositor/protocol.ts'
import { programOf } from './program.ts'

/** Films, each composed by a process of its own, which ends with the work's signal or with us. */
export function createFilms(tools: ToolFinder): Films {
  return {
    frameRate: FRAME_RATE,
    make: async (work) => {
      const ffmpeg = await programOf(tools, { live: false })
      work.signal.throwIfAborted()
      let last: FromWorker | undefined
      const compositor = startCompositor((message) => {
        if (message.type === 'progress') work.onProgress(Math.floor((message.frames * 99) / work.frames))
        else last = message
      })
      const kill = (): void => compositor.kill()
      work.signal.addEventListener('abort', kill, { once: true })
      try {
        const { width, height, frames, pictures, scenes } = work
        const options = { ffmpeg, width, height, frames, pictures, scenes, encode: encodeOf(work) }
        compositor.send({ type: 'film', options: options satisfies FilmOptions })
        const { code, signal } = await compositor.ended
        work.signal.throwIfAborted()
        const { size } = await stat(work.output).catch(() => ({ size: 0 }))
        if (size >= work.mostBytes * 0.99) throw tooLarge(work.mostBytes)
        if (last?.type === 'film-failed') throw failure(last.code, last.signal, last.said)
        if (last?.type !== 'film-done') throw failure(code, signal ?? 'SIGKILL', '')
      } finally {
        work.signal.removeEventListener('abort', kill)
        kill()
      }
    },
  }
}

function encodeOf({ sounds, options, mostBytes, output }: FilmWork): string[] {
  const inputs = sounds.flatMap((one) => [...one.options, ...inputArguments(one.path)])
  return [...inputs, ...options, '-map_metadata', '-1', '-fs', String(mostBytes), `file:${output}`]
}
