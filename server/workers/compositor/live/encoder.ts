import { createInterface } from 'node:readline'
import type { Writable } from 'node:stream'
import { startFfmpeg } from '../ffmpeg.ts'
import { FRAME_RATE } from '../protocol.ts'
import type { LiveOptions } from '../protocol.ts'
import { SAMPLE_RATE } from './decoder.ts'

/** Frames that may wait for the encoder; what comes beyond is dropped. */
const MOST_WAITING = 12
/** Between pictures that stand for themselves: what a viewer who comes waits for, and an HLS segment's length. */
const KEY_FRAME_SECONDS = 2
const LISTED_SEGMENTS = 8

/** Nothing has to be found out about the inputs: probing one would wait for what comes only with the other. */
const KNOWN = '-probesize 32 -analyzeduration 0'

/** Composed pictures and sound going into one ffmpeg, which sends them on. */
export interface Encoder {
  /** Takes one picture and its sound; false when it is behind and nothing was taken. `free` when the picture may be reused. */
  push(picture: Uint8Array, sound: Buffer, free: () => void): boolean
  /** Pictures it has encoded. */
  encoded(): number
  /** Resolves with its last words when it is gone. */
  readonly ended: Promise<string>
  /** Lets it write what it has. */
  finish(): Promise<void>
}

/** Starts an encoder; `destination` is what stands behind its codecs. */
export function startEncoder(options: LiveOptions, destination: readonly string[]): Encoder {
  const { ffmpeg, width, height, videoBitrate } = options
  const rate = String(videoBitrate)
  const keyFrames = String(FRAME_RATE * KEY_FRAME_SECONDS)
  const args = [
    ...`-progress pipe:1 -stats_period 0.5 ${KNOWN} -f rawvideo -pix_fmt yuv420p -video_size ${width}x${height}`.split(
      ' ',
    ),
    ...`-framerate ${FRAME_RATE} -thread_queue_size 8 -i pipe:3`.split(' '),
    ...`${KNOWN} -f s16le -ar ${SAMPLE_RATE} -ac 2 -thread_queue_size 64 -i pipe:4 -map 0:v -map 1:a`.split(' '),
    ...`-c:v libx264 -preset superfast -tune zerolatency -pix_fmt yuv420p -b:v ${rate} -maxrate ${rate}`.split(' '),
    ...`-bufsize ${videoBitrate * 2} -g ${keyFrames} -keyint_min ${keyFrames} -sc_threshold 0`.split(' '),
    ...`-c:a aac -b:a 128k -ar ${SAMPLE_RATE} -map_metadata -1`.split(' '),
    ...destination,
  ]
  const running = startFfmpeg(ffmpeg, args, ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'])
  const [, stdout, , pictures, sounds] = running.child.stdio as unknown as [
    null,
    NodeJS.ReadableStream,
    NodeJS.ReadableStream,
    Writable,
    Writable,
  ]
  let encoded = 0
  createInterface({ input: stdout }).on('line', (line) => {
    const frame = /^frame=(\d+)/.exec(line)?.[1]
    if (frame !== undefined) encoded = Number(frame)
  })
  let waiting = 0
  let isOver = false
  const ended = running.ended.then(() => {
    isOver = true
    return running.said()
  })
  return {
    ended,
    encoded: () => encoded,
    push: (picture, sound, free) => {
      if (isOver || waiting >= MOST_WAITING) return false
      waiting++
      pictures.write(picture, () => {
        waiting--
        free()
      })
      sounds.write(sound)
      return true
    },
    finish: async () => {
      pictures.end()
      sounds.end()
      const timer = setTimeout(() => running.finish(), 2_000)
      await ended
      clearTimeout(timer)
    },
  }
}

/** Segments and a playlist in `folder`; what an encoder before this one wrote is continued. */
export function hlsDestination(folder: string): string[] {
  const flags = 'delete_segments+append_list+independent_segments+temp_file+program_date_time'
  const files = ['-hls_flags', flags, '-hls_segment_filename', `${folder}/%d.ts`, `${folder}/index.m3u8`]
  return [
    ...`-f hls -hls_time ${KEY_FRAME_SECONDS} -hls_list_size ${LISTED_SEGMENTS} -hls_delete_threshold 3`.split(' '),
    ...files,
  ]
}

/** An RTMP server behind a relay, called by its own name. */
export function rtmpDestination(url: URL, relayPort: number): string[] {
  const { app, key } = partsOf(url)
  const target = ['-rtmp_tcurl', `${url.protocol}//${url.host}/${app}`, '-rtmp_app', app, '-rtmp_playpath', key]
  return ['-f', 'flv', '-flvflags', 'no_duration_filesize', ...target, `rtmp://127.0.0.1:${relayPort}`]
}

/** `rtmp://host/app/instance/key?token`: the last part is the stream's key. */
function partsOf(url: URL): { app: string; key: string } {
  const path = url.pathname.replace(/^\//, '')
  const slash = path.lastIndexOf('/')
  return { app: path.slice(0, Math.max(0, slash)), key: path.slice(slash + 1) + url.search }
}
