import { Fault } from '#kernel/fault.ts'
import { streamOf } from '../media-file.ts'
import type { MediaFile } from '../media-file.ts'
import { audioCodecOf, codecsFor, constantQuality, effort, encoderFor } from './codecs.ts'
import { planMerge } from './merge.ts'
import type { Making, Plan, Size } from './request.ts'

type Making_<Type extends Making['type']> = Extract<Making, { type: Type }>

/** Containers that a film keeps when its sound is taken out. */
const SAME_CONTAINER: Readonly<Record<string, string>> = {
  'video/mp4': 'mp4',
  'video/x-m4v': 'mp4',
  'video/quicktime': 'mov',
  'video/webm': 'webm',
}

/**
 * What ffmpeg is to do, or why it cannot, found before anything runs.
 * @throws Fault `media.impossible`, `media.encoder-missing`, `media.no-picture`, `media.no-sound`, `media.beyond-end`
 */
export function plan(making: Making, sources: readonly MediaFile[], encoders: ReadonlySet<string>): Plan {
  const [source] = sources
  if (source === undefined) throw new Error('a conversion without a source')
  switch (making.type) {
    case 'transcode':
      return planTranscode(making, source, encoders)
    case 'extract_audio':
      return planSound(making, source, encoders)
    case 'extract_video':
      demandPicture(source)
      return {
        options: ['-map', '0:v:0', '-c', 'copy', '-an'],
        extension: SAME_CONTAINER[source.mime] ?? 'mkv',
        suffix: '-video',
        duration: source.duration,
      }
    case 'merge':
      return planMerge(making, sources, encoders)
    case 'thumbnail':
      return planThumbnail(making, source, encoders)
  }
}

function planTranscode(making: Making_<'transcode'>, source: MediaFile, encoders: ReadonlySet<string>): Plan {
  const codecs = codecsFor(making.format, making)
  demandPicture(source)
  const encoder = encoderFor(codecs.video, encoders)
  const hasSound = streamOf(source.info, 'audio') !== undefined
  const rate =
    making.bitrate === undefined
      ? constantQuality(encoder, making.quality ?? 23)
      : [
          '-b:v',
          String(making.bitrate),
          '-maxrate',
          String(making.bitrate * 1.5),
          '-bufsize',
          String(making.bitrate * 2),
        ]
  return {
    options: [
      '-map',
      '0:v:0',
      '-c:v',
      encoder,
      '-pix_fmt',
      'yuv420p',
      ...effort(encoder, making.preset ?? 'veryfast'),
      ...rate,
      '-vf',
      scaleOf(making.size),
      ...(making.frameRate === undefined ? [] : ['-r', String(making.frameRate)]),
      ...(hasSound ? ['-map', '0:a:0', '-c:a', encoderFor(codecs.audio, encoders), '-ac', '2'] : ['-an']),
      ...containerOptions(making.format),
    ],
    extension: making.format,
    suffix: '',
    duration: source.duration,
  }
}

function planSound(making: Making_<'extract_audio'>, source: MediaFile, encoders: ReadonlySet<string>): Plan {
  if (streamOf(source.info, 'audio') === undefined) {
    throw new Fault('invalid', 'media.no-sound', 'There is no sound in this file')
  }
  const codec = audioCodecOf(making.format)
  const isLossless = codec === 'pcm' || codec === 'flac'
  return {
    options: [
      '-map',
      '0:a:0',
      '-vn',
      '-c:a',
      encoderFor(codec, encoders),
      ...(isLossless ? [] : ['-b:a', String(making.bitrate ?? 128_000)]),
    ],
    extension: making.format === 'aac' ? 'm4a' : making.format,
    suffix: '',
    duration: source.duration,
  }
}

function planThumbnail(making: Making_<'thumbnail'>, source: MediaFile, encoders: ReadonlySet<string>): Plan {
  demandPicture(source)
  const at = making.at ?? Math.min(1, (source.duration ?? 0) / 2)
  if (source.duration !== null && at >= source.duration) {
    throw new Fault('invalid', 'media.beyond-end', `The film is over after ${source.duration} s`, {
      data: { duration: source.duration },
    })
  }
  const encoder = { jpg: 'mjpeg', png: 'png', webp: 'libwebp' }[making.format]
  if (!encoders.has(encoder)) {
    throw new Fault('invalid', 'media.encoder-missing', `This server’s ffmpeg cannot make ${making.format}`, {
      data: { codec: making.format, able: ['jpg', 'png'] },
    })
  }
  return {
    inputOptions: ['-ss', at.toFixed(3)],
    options: ['-map', '0:v:0', '-frames:v', '1', '-vf', scaleOf(making.size), '-c:v', encoder],
    extension: making.format,
    suffix: `-${Math.round(at)}s`,
    duration: null,
  }
}

/** Fits into the size, keeps the shape, and comes out even, as most encoders ask. */
function scaleOf(size: Size | undefined): string {
  if (size?.width !== undefined && size.height !== undefined) {
    return `scale=${size.width}:${size.height}:force_original_aspect_ratio=decrease:force_divisible_by=2,setsar=1`
  }
  if (size?.width !== undefined) return `scale=${size.width}:-2,setsar=1`
  if (size?.height !== undefined) return `scale=-2:${size.height},setsar=1`
  return 'scale=trunc(iw/2)*2:trunc(ih/2)*2,setsar=1'
}

/** Films that begin to play before they are loaded whole. */
export function containerOptions(format: string): string[] {
  return format === 'mp4' || format === 'mov' ? ['-movflags', '+faststart'] : []
}

function demandPicture(source: MediaFile): void {
  if (streamOf(source.info, 'video') === undefined) {
    throw new Fault('invalid', 'media.no-picture', 'There is no moving picture in this file')
  }
}
