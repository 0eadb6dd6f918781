import { freeUdpPair, keepReceiverAlive } from '#kernel/udp-ports.ts'
import { startFfmpeg } from '../ffmpeg.ts'
import type { Running } from '../ffmpeg.ts'
import { bytesOf } from '../picture/planes.ts'
import type { Frame } from '../picture/planes.ts'
import type { Program } from '../protocol.ts'

const RECEIVE =
  '-fflags nobuffer -flags low_delay -protocol_whitelist pipe,udp,rtp -analyzeduration 1000000 -probesize 100000 -max_delay 100000'
const BACKGROUND = '0x17181a'
/** Frames kept for the stage; a ring, so that nothing is allocated per frame. */
const RING = 10

/** One track of plain RTP being decoded by an ffmpeg of its own. */
export interface Decoder {
  /** On loopback; its reports one above. */
  readonly port: number
  /** Begins to receive what `sdp` describes. */
  begin(sdp: string): void
  close(): void
}

/** A decoder of a picture, in one size whatever is sent. `onEnd` only when nobody closed it. */
export async function openPictureDecoder(
  ffmpeg: Program,
  size: { width: number; height: number },
  on: { frame(frame: Frame): void; end(said: string): void },
): Promise<Decoder> {
  const { width, height } = size
  const filters = [
    `scale=${width}:${height}:force_original_aspect_ratio=decrease:force_divisible_by=2`,
    `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2:color=${BACKGROUND}`,
    'setsar=1',
  ]
  const ring = Array.from({ length: RING }, () => ({ data: new Uint8Array(bytesOf(width, height)), width, height }))
  let turn = 0
  let filled = 0
  const take = (chunk: Buffer): void => {
    for (let at = 0; at < chunk.length;) {
      const frame = ring[turn] as (typeof ring)[0]
      const part = chunk.subarray(at, at + frame.data.length - filled)
      frame.data.set(part, filled)
      filled += part.length
      at += part.length
      if (filled < frame.data.length) continue
      filled = 0
      turn = (turn + 1) % RING
      on.frame(frame)
    }
  }
  const output = ['-vf', filters.join(','), '-pix_fmt', 'yuv420p', ...ffmpeg.asTheyCome, '-f', 'rawvideo']
  return await open(ffmpeg, ['-an', ...output], take, on.end)
}

/** Samples per second of whatever is heard; two channels of 16 bits. */
export const SAMPLE_RATE = 48_000

/** A decoder of sound. */
export async function openSoundDecoder(
  ffmpeg: Program,
  on: { samples(chunk: Buffer): void; end(said: string): void },
): Promise<Decoder> {
  const output = ['-ar', String(SAMPLE_RATE), '-ac', '2', '-f', 's16le']
  return await open(ffmpeg, ['-vn', ...output], on.samples, on.end)
}

async function open(
  ffmpeg: Program,
  output: readonly string[],
  onData: (chunk: Buffer) => void,
  onEnd: (said: string) => void,
): Promise<Decoder> {
  const port = await freeUdpPair()
  let running: Running | undefined
  let stopKeeping = (): void => {}
  let isClosed = false
  return {
    port,
    begin: (sdp) => {
      if (isClosed || running !== undefined) return
      const input = [...RECEIVE.split(' '), '-threads', '1', '-f', 'sdp', '-i', 'pipe:0']
      const args = [...input, ...output, '-flush_packets', '1', 'pipe:1']
      running = startFfmpeg(ffmpeg, args, ['pipe', 'pipe', 'pipe'])
      const { child, ended, said } = running
      child.stdout?.on('data', (chunk: Buffer) => isClosed || onData(chunk))
      child.stdin?.end(sdp)
      stopKeeping = keepReceiverAlive(port + 1)
      void ended.then(() => {
        stopKeeping()
        if (!isClosed) onEnd(said())
      })
    },
    close: () => {
      isClosed = true
      stopKeeping()
      running?.kill()
    },
  }
}
