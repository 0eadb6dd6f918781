import type { Readable } from 'node:stream'
import { startFfmpeg } from '../ffmpeg.ts'
import { bytesOf } from '../picture/planes.ts'
import type { Frame } from '../picture/planes.ts'
import { FRAME_RATE } from '../protocol.ts'
import type { FilmPicture, Program } from '../protocol.ts'

const BACKGROUND = '0x17181a'

/** The frames of a track in a file, one after another at the film's rate. */
export interface FrameReader {
  /** The next frame, good until the next call; null after the last one. */
  next(): Promise<Frame | null>
  close(): void
}

/** Reads a track as fast as it is asked: gaps in it become a picture that stands still. */
export function readFrames(ffmpeg: Program, picture: FilmPicture): FrameReader {
  const { width, height, path } = picture
  const filters = [
    `scale=${width}:${height}:force_original_aspect_ratio=decrease:force_divisible_by=2`,
    `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2:color=${BACKGROUND}`,
    `setsar=1,fps=${FRAME_RATE}:start_time=0`,
  ]
  const input = ['-protocol_whitelist', 'file', '-format_whitelist', 'matroska', '-i', `file:${path}`]
  const output = ['-map', '0:v:0', '-vf', filters.join(','), '-pix_fmt', 'yuv420p', '-f', 'rawvideo', 'pipe:1']
  const running = startFfmpeg(ffmpeg, [...input, ...output], ['ignore', 'pipe', 'pipe'])
  const source = running.child.stdout as Readable
  const frame = { data: new Uint8Array(bytesOf(width, height)), width, height }
  let filled = 0
  let isOver = false
  let wake = (): void => {}
  const over = (): void => {
    isOver = true
    wake()
  }
  source
    .on('readable', () => wake())
    .once('end', over)
    .once('close', over)
  return {
    next: async () => {
      for (;;) {
        // No more than what is missing, so that the rest stays with the pipe.
        const missing = frame.data.length - filled
        const chunk = (source.read(Math.min(missing, source.readableLength || missing)) ?? null) as Buffer | null
        if (chunk !== null) {
          frame.data.set(chunk, filled)
          filled += chunk.length
          if (filled < frame.data.length) continue
          filled = 0
          return frame
        }
        if (isOver) return null
        await new Promise<void>((resolve) => (wake = resolve))
      }
    },
    close: () => running.kill(),
  }
}
