import { CONTAINERS, PRESETS } from '#contracts/schemas/conversion.ts'
import type { AudioCodec, AudioFormat, Preset, VideoCodec, VideoFormat } from '#contracts/schemas/conversion.ts'
import { Fault } from '#kernel/fault.ts'

/** ffmpeg's encoders for each codec, best first. */
const ENCODERS: Readonly<Record<VideoCodec | AudioCodec | 'pcm', readonly string[]>> = {
  h264: ['libx264', 'libopenh264'],
  h265: ['libx265'],
  vp8: ['libvpx'],
  vp9: ['libvpx-vp9'],
  av1: ['libsvtav1', 'libaom-av1'],
  aac: ['aac'],
  mp3: ['libmp3lame'],
  opus: ['libopus'],
  vorbis: ['libvorbis'],
  flac: ['flac'],
  pcm: ['pcm_s16le'],
}

const AUDIO_CODECS: Readonly<Record<AudioFormat, AudioCodec | 'pcm'>> = {
  mp3: 'mp3',
  aac: 'aac',
  m4a: 'aac',
  wav: 'pcm',
  flac: 'flac',
  ogg: 'vorbis',
  opus: 'opus',
}

/** The codecs of an output; those that were not chosen are the container's usual ones. @throws Fault `media.impossible` */
export function codecsFor(
  format: VideoFormat,
  chosen: { video?: VideoCodec | undefined; audio?: AudioCodec | undefined },
): { video: VideoCodec; audio: AudioCodec } {
  const able: { video: readonly VideoCodec[]; audio: readonly AudioCodec[] } = CONTAINERS[format]
  return {
    video: held(format, chosen.video, able.video),
    audio: held(format, chosen.audio, able.audio),
  }
}

function held<Codec extends string>(format: string, chosen: Codec | undefined, able: readonly Codec[]): Codec {
  if (chosen !== undefined && !able.includes(chosen)) {
    throw new Fault('invalid', 'media.impossible', `${format} does not hold ${chosen}; it holds ${able.join(', ')}`, {
      data: { format, codec: chosen, able },
    })
  }
  return chosen ?? (able[0] as Codec)
}

/** ffmpeg's encoder for a codec. @throws Fault `media.encoder-missing` */
export function encoderFor(codec: VideoCodec | AudioCodec | 'pcm', installed: ReadonlySet<string>): string {
  const encoder = ENCODERS[codec].find((one) => installed.has(one))
  if (encoder === undefined) {
    const can = Object.entries(ENCODERS).filter(([, names]) => names.some((name) => installed.has(name)))
    const able = can.map(([name]) => name)
    throw new Fault('invalid', 'media.encoder-missing', `This server’s ffmpeg cannot make ${codec}`, {
      data: { codec, able },
    })
  }
  return encoder
}

/** The codec of a format of sound. */
export const audioCodecOf = (format: AudioFormat): AudioCodec | 'pcm' => AUDIO_CODECS[format]

/** What makes an encoder fast or thorough, in its own words. */
export function effort(encoder: string, preset: Preset): string[] {
  // 0 fastest … 8 most thorough.
  const rank = PRESETS.indexOf(preset)
  switch (encoder) {
    case 'libx264':
    case 'libx265':
      return ['-preset', preset]
    case 'libvpx':
    case 'libvpx-vp9': {
      const speed = String(Math.max(0, 8 - rank))
      return [
        '-deadline',
        rank < 4 ? 'realtime' : 'good',
        '-cpu-used',
        rank < 4 ? speed : String(Math.min(5, Number(speed))),
        '-row-mt',
        '1',
      ]
    }
    case 'libsvtav1':
      return ['-preset', String(Math.max(3, 12 - rank))]
    case 'libaom-av1':
      return ['-cpu-used', String(Math.max(2, 8 - rank)), '-row-mt', '1']
    default:
      return []
  }
}

/** Constant quality in an encoder's own scale; `level` as x264's CRF (18 very good, 23 usual, 32 small). */
export function constantQuality(encoder: string, level: number): string[] {
  switch (encoder) {
    case 'libx264':
      return ['-crf', String(level)]
    case 'libx265':
      return ['-crf', String(level + 4)]
    case 'libopenh264':
      return ['-b:v', '2M']
    case 'libvpx':
      return ['-crf', String(Math.min(63, level - 10)), '-b:v', '2M']
    default:
      return ['-crf', String(level + 9), '-b:v', '0']
  }
}
