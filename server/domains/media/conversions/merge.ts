import { Fault } from '#kernel/fault.ts'
import { streamOf } from '../media-file.ts'
import type { MediaFile } from '../media-file.ts'
import { codecsFor, constantQuality, effort, encoderFor } from './codecs.ts'
import type { Making, Plan } from './request.ts'

const FADE_SECONDS = 0.5
const FRAME_RATE = 30

/**
 * One film after the other, all in the first one's size; silence where one has no sound. A fade goes through black, half
 * a second out and half a second in.
 * @throws Fault `media.no-picture`, `media.no-duration`, `media.impossible`, `media.encoder-missing`
 */
export function planMerge(
  making: Extract<Making, { type: 'merge' }>,
  sources: readonly MediaFile[],
  encoders: ReadonlySet<string>,
): Plan {
  const codecs = codecsFor(making.format, {})
  const video = encoderFor(codecs.video, encoders)
  const audio = encoderFor(codecs.audio, encoders)
  const durations = sources.map((source) => {
    if (streamOf(source.info, 'video') === undefined) {
      throw new Fault('invalid', 'media.no-picture', `There is no moving picture in ${source.name}`)
    }
    if (source.duration === null) throw new Fault('invalid', 'media.no-duration', `${source.name} has no known length`)
    return source.duration
  })
  const width = even(sources[0]?.width ?? 1280)
  const height = even(sources[0]?.height ?? 720)
  const graph = sources.map((source, i) => {
    const duration = durations[i] ?? 0
    const picture = [
      `scale=${width}:${height}:force_original_aspect_ratio=decrease`,
      `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2`,
      `setsar=1,fps=${FRAME_RATE},format=yuv420p`,
      ...(making.transition === 'fade' ? fades('fade', { i, last: sources.length - 1, duration }) : []),
    ]
    const sound = [
      'aresample=48000:async=1,aformat=channel_layouts=stereo',
      `apad=whole_dur=${duration}`,
      `atrim=duration=${duration}`,
      ...(making.transition === 'fade' ? fades('afade', { i, last: sources.length - 1, duration }) : []),
    ]
    const from = streamOf(source.info, 'audio') === undefined ? 'anullsrc=r=48000:cl=stereo,' : `[${i}:a:0]`
    return `[${i}:v:0]${picture.join(',')}[v${i}];${from}${sound.join(',')}[a${i}]`
  })
  const pairs = sources.map((_source, i) => `[v${i}][a${i}]`).join('')
  graph.push(`${pairs}concat=n=${sources.length}:v=1:a=1[v][a]`)
  return {
    options: [
      '-filter_complex',
      graph.join(';'),
      '-map',
      '[v]',
      '-map',
      '[a]',
      '-c:v',
      video,
      '-c:a',
      audio,
      ...effort(video, 'veryfast'),
      ...constantQuality(video, 23),
    ],
    extension: making.format,
    suffix: '-merged',
    duration: durations.reduce((sum, one) => sum + one, 0),
  }
}

/** In at the start but of the first, out at the end but of the last. */
function fades(filter: 'fade' | 'afade', at: { i: number; last: number; duration: number }): string[] {
  const length = Math.min(FADE_SECONDS, at.duration / 2)
  const start = Math.max(0, at.duration - length).toFixed(3)
  return [
    ...(at.i > 0 ? [`${filter}=t=in:st=0:d=${length}`] : []),
    ...(at.i < at.last ? [`${filter}=t=out:st=${start}:d=${length}`] : []),
  ]
}

const even = (pixels: number): number => Math.max(2, pixels - (pixels % 2))
