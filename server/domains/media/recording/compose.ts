import { CANVAS } from './recording.ts'
import type { RecordingWishes } from './recording.ts'
import { codecsFor, constantQuality, effort, encoderFor } from '../conversions/codecs.ts'
import { containerOptions } from '../conversions/plans.ts'
import { layOut } from './layout.ts'

/** A track made even: sound without gaps, picture of one size and frame rate; both begin at 0. */
export interface EvenTrack {
  readonly path: string
  readonly kind: 'audio' | 'video'
  readonly isScreen: boolean
  /** Seconds from the start of the recording. */
  readonly offset: number
  readonly duration: number
}

const FRAME_RATE = 25
const SPARE_SECONDS = 0.2
const BACKGROUND = '0x17181a'

/** Makes a picture even: the size of the canvas whatever it changes to, frames that stand still where none came. */
export function evenPicture(wishes: RecordingWishes): string[] {
  const { width, height } = CANVAS[wishes.quality]
  const filters = [
    `scale=${width}:${height}:force_original_aspect_ratio=decrease`,
    `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2:color=${BACKGROUND}`,
    `setsar=1,fps=${FRAME_RATE}:start_time=0`,
  ]
  const codec = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '20', '-pix_fmt', 'yuv420p']
  return ['-map', '0:v:0', '-vf', filters.join(','), ...codec]
}

/** Makes sound even: gaps become silence, and what the clocks drift apart is taken up. */
export function evenSound(): string[] {
  return [
    '-map',
    '0:a:0',
    '-af',
    'aresample=48000:async=1:min_hard_comp=0.04:first_pts=0',
    '-c:a',
    'libopus',
    '-b:a',
    '96k',
  ]
}

/** ffmpeg's options that make one film of even tracks, and how long it will be. */
export function composition(
  tracks: readonly EvenTrack[],
  wishes: RecordingWishes,
  encoders: ReadonlySet<string>,
): { options: string[]; duration: number } {
  const canvas = CANVAS[wishes.quality]
  const duration = Math.max(...tracks.map((one) => one.offset + one.duration))
  const video = encoderFor(
    codecsFor(wishes.format, { video: wishes.format === 'webm' ? 'vp8' : 'h264' }).video,
    encoders,
  )
  const audio = encoderFor(codecsFor(wishes.format, {}).audio, encoders)
  const sounds = tracks.flatMap((one, i) => (one.kind === 'audio' ? [i] : []))
  const graph = [...pictureGraph(tracks, wishes, duration), ...soundGraph(sounds)]
  return {
    duration,
    options: [
      '-filter_complex',
      graph.join(';'),
      '-map',
      '[picture]',
      '-c:v',
      video,
      ...effort(video, 'superfast'),
      ...constantQuality(video, 25),
      '-r',
      String(FRAME_RATE),
      '-s',
      `${canvas.width}x${canvas.height}`,
      ...(sounds.length === 0 ? ['-an'] : ['-map', '[sound]', '-c:a', audio, '-b:a', '128k']),
      '-t',
      duration.toFixed(3),
      ...containerOptions(wishes.format),
    ],
  }
}

function pictureGraph(tracks: readonly EvenTrack[], wishes: RecordingWishes, duration: number): string[] {
  const canvas = CANVAS[wishes.quality]
  const showings = tracks.flatMap((one, track) =>
    one.kind === 'audio' ? [] : [{ track, isScreen: one.isScreen, from: one.offset, until: one.offset + one.duration }],
  )
  const placements = layOut(showings, canvas, wishes.layout)
  const graph = [`color=c=${BACKGROUND}:s=${canvas.width}x${canvas.height}:r=${FRAME_RATE}:d=${duration}[under0]`]
  for (const { track } of showings) {
    const uses = placements.flatMap((one, i) => (one.track === track ? [`[in${i}]`] : []))
    if (uses.length > 0) graph.push(`[${track}:v]split=${uses.length}${uses.join('')}`)
  }
  for (const [i, { from, until, x, y, width, height }] of placements.entries()) {
    const fit = `scale=${width}:${height}:force_original_aspect_ratio=decrease`
    const pad = `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2:color=${BACKGROUND}`
    // A little more than is shown, so that no frame is missing where tiles are laid out anew.
    const [start, end] = [Math.max(0, from - SPARE_SECONDS), until + SPARE_SECONDS]
    graph.push(`[in${i}]trim=start=${start}:end=${end},${fit},${pad},setsar=1[tile${i}]`)
    const next = i === placements.length - 1 ? 'picture' : `under${i + 1}`
    graph.push(
      `[under${i}][tile${i}]overlay=${x}:${y}:eof_action=pass:repeatlast=0:enable='gte(t,${from})*lt(t,${until})'[${next}]`,
    )
  }
  if (placements.length === 0) graph.push('[under0]null[picture]')
  return graph
}

function soundGraph(sounds: readonly number[]): string[] {
  if (sounds.length === 0) return []
  const heard = sounds.map((track) => `[${track}:a]aresample=48000:async=1:first_pts=0[s${track}]`)
  const inputs = sounds.map((track) => `[s${track}]`).join('')
  return [
    ...heard,
    `${inputs}amix=inputs=${sounds.length}:duration=longest:normalize=0:dropout_transition=0,alimiter=limit=0.95[sound]`,
  ]
}
