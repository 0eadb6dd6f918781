import { extractAudio, extractVideo, processMedia, thumbnail, transcode } from '#contracts/ffmpeg.ts'
import type { BodyOf } from '#contracts/route.ts'
import { CONTAINERS } from '#contracts/schemas/conversion.ts'
import type { AudioCodec, AudioFormat, Preset, VideoCodec, VideoFormat } from '#contracts/schemas/conversion.ts'
import type { FileType } from '#contracts/schemas/media.ts'
import { callApi } from '@/lib/api.ts'
import type { MediaJob } from '../api/jobs.ts'

/** What can be made of one file. */
export type ConversionType = 'transcode' | 'extract_audio' | 'extract_video' | 'thumbnail' | 'process'
/** One of several things made in one job. */
export type Operation = BodyOf<typeof processMedia>['operations'][number]

/** A conversion as it is being put together; an empty choice leaves it to the server. */
export interface Draft {
  type: ConversionType
  format: VideoFormat
  video: VideoCodec | ''
  audio: AudioCodec | ''
  /** `720p`, `custom` for the two numbers below it, or as it is. */
  size: string
  width: string
  height: string
  /** `2500k`, or by quality. */
  bitrate: string
  frameRate: string
  preset: Preset | ''
  soundFormat: AudioFormat
  soundBitrate: string
  /** Seconds. */
  at: number
  pictureFormat: 'jpg' | 'png' | 'webp'
  pictureWidth: string
  operations: readonly Operation[]
  convertTo: VideoFormat | AudioFormat
  quality: 'low' | 'medium' | 'high'
}

/** What can be made of a kind of file; nothing of pictures and documents. */
export function conversionsOf(kind: FileType): readonly ConversionType[] {
  if (kind === 'video') return ['transcode', 'extract_audio', 'extract_video', 'thumbnail', 'process']
  return kind === 'audio' ? ['extract_audio'] : []
}

/** Where one begins. */
export function newDraft(kind: FileType, duration: number): Draft {
  return {
    type: conversionsOf(kind)[0] ?? 'transcode',
    format: 'mp4',
    video: '',
    audio: '',
    size: '',
    width: '1280',
    height: '720',
    bitrate: '',
    frameRate: '',
    preset: '',
    soundFormat: 'mp3',
    soundBitrate: '128k',
    at: Math.min(1, duration / 2),
    pictureFormat: 'jpg',
    pictureWidth: '',
    operations: ['compress', 'extract_audio'],
    convertTo: 'webm',
    quality: 'medium',
  }
}

/** The draft with another container; codecs it cannot hold are let go. */
export function inFormat(draft: Draft, format: VideoFormat): Draft {
  const able: { video: readonly VideoCodec[]; audio: readonly AudioCodec[] } = CONTAINERS[format]
  return {
    ...draft,
    format,
    video: draft.video !== '' && able.video.includes(draft.video) ? draft.video : '',
    audio: draft.audio !== '' && able.audio.includes(draft.audio) ? draft.audio : '',
  }
}

/** Whether a format of sound has a bit rate to choose. */
export function hasBitrate(format: AudioFormat): boolean {
  return format !== 'wav' && format !== 'flac'
}

/** Asks for it; the answer is the job. */
export async function convert(fileId: string, draft: Draft): Promise<MediaJob> {
  const file = { file_id: fileId }
  switch (draft.type) {
    case 'transcode':
      return await callApi(transcode, { body: { ...file, ...transcoding(draft) } })
    case 'extract_audio': {
      const bitrate = hasBitrate(draft.soundFormat) && { audio_bitrate: draft.soundBitrate }
      return await callApi(extractAudio, { body: { ...file, audio_format: draft.soundFormat, ...bitrate } })
    }
    case 'extract_video':
      return await callApi(extractVideo, { body: file })
    case 'thumbnail': {
      const width = draft.pictureWidth !== '' && { width: Number(draft.pictureWidth) }
      const timestamp = Math.round(draft.at * 10) / 10
      return await callApi(thumbnail, { body: { ...file, timestamp, format: draft.pictureFormat, ...width } })
    }
    case 'process': {
      const { operations, quality } = draft
      const to = operations.includes('convert_format') && { output_format: draft.convertTo }
      return await callApi(processMedia, { body: { ...file, operations: [...operations], quality, ...to } })
    }
  }
}

/** The choices that were made, as the route takes them. */
export function transcoding(draft: Draft): Omit<BodyOf<typeof transcode>, 'file_id'> {
  const resolution = draft.size === 'custom' ? `${draft.width}x${draft.height}` : draft.size
  return {
    output_format: draft.format,
    ...(draft.video !== '' && { video_codec: draft.video }),
    ...(draft.audio !== '' && { audio_codec: draft.audio }),
    ...(resolution !== '' && { resolution }),
    ...(draft.bitrate !== '' && { bitrate: draft.bitrate }),
    ...(draft.frameRate !== '' && { frame_rate: Number(draft.frameRate) }),
    ...(draft.preset !== '' && { preset: draft.preset }),
  }
}
