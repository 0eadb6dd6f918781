import type { Scene } from '#domains/media/scene/scene.ts'
import type { Writable } from 'node:stream'
import { startFfmpeg } from '../ffmpeg.ts'
import { createLetters } from '../picture/lettering.ts'
import { bytesOf } from '../picture/planes.ts'
import type { Frame } from '../picture/planes.ts'
import { drawScene } from '../picture/stage.ts'
import { FRAME_RATE } from '../protocol.ts'
import type { FilmOptions, FromWorker } from '../protocol.ts'
import { readFrames } from './reader.ts'
import type { FrameReader } from './reader.ts'

/** Two are drawn in turn: while one goes to the encoder the next is made. */
const BUFFERS = 3
const TELL_EVERY_FRAMES = FRAME_RATE * 2

interface Reading {
  readonly reader: FrameReader
  frame: Frame | undefined
  isOver: boolean
}

/** Makes one picture of several tracks that lie in files, as fast as it goes, and hands it to an encoder. */
export async function makeFilm(options: FilmOptions, tell: (message: FromWorker) => void): Promise<void> {
  const { ffmpeg, width, height, frames } = options
  const input = `-f rawvideo -pix_fmt yuv420p -video_size ${width}x${height} -framerate ${FRAME_RATE} -i pipe:3`
  const running = startFfmpeg(
    ffmpeg,
    ['-y', ...input.split(' '), ...options.encode],
    ['ignore', 'ignore', 'pipe', 'pipe'],
  )
  const pipe = running.child.stdio[3] as Writable
  const encoder = { isOver: false }
  const ended = running.ended.then((end) => {
    encoder.isOver = true
    return end
  })
  const readings = new Map<string, Reading>()
  try {
    const letters = createLetters()
    const buffers = Array.from({ length: BUFFERS }, () => new Uint8Array(bytesOf(width, height)))
    const written: Promise<void>[] = []
    let next = 0
    let scene: Scene = []
    for (let n = 0; n < frames && !encoder.isOver; n++) {
      for (; (options.scenes[next]?.fromFrame ?? Infinity) <= n; next++) scene = options.scenes[next]?.scene ?? []
      await advance(options, readings, n)
      const target = { data: buffers[n % BUFFERS] as Uint8Array, width, height }
      await written[n % BUFFERS]
      const frameOf = (id: string): Frame | undefined => readings.get(id)?.frame
      drawScene(target, scene, frameOf, letters)
      if (await letters.settle()) drawScene(target, scene, frameOf, letters)
      written[n % BUFFERS] = put(pipe, target.data)
      if (n % TELL_EVERY_FRAMES === 0) tell({ type: 'progress', frames: n })
    }
    if (!encoder.isOver) pipe.end()
    const { code, signal } = await ended
    if (code === 0) tell({ type: 'film-done' })
    else tell({ type: 'film-failed', code, signal, said: running.said() })
  } finally {
    for (const { reader } of readings.values()) reader.close()
    running.kill()
  }
}

/** Moves every track that has begun on to frame `n`; after its end its last frame is forgotten. */
async function advance(options: FilmOptions, readings: Map<string, Reading>, n: number): Promise<void> {
  const begun = options.pictures.filter((picture) => picture.firstFrame <= n)
  const moving = begun.map(async (picture) => {
    let reading = readings.get(picture.input)
    if (reading === undefined) {
      reading = { reader: readFrames(options.ffmpeg, picture), frame: undefined, isOver: false }
      readings.set(picture.input, reading)
    }
    if (reading.isOver) return
    const frame = await reading.reader.next()
    reading.frame = frame ?? undefined
    reading.isOver = frame === null
  })
  await Promise.all(moving)
}

function put(pipe: Writable, data: Uint8Array): Promise<void> {
  return new Promise((resolve) => void pipe.write(data, () => resolve()))
}
