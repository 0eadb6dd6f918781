/** What each container can hold so that players in use play it; its first codec is the usual one. */
export const CONTAINERS = {
  mp4: { video: ['h264', 'h265', 'av1', 'vp9'], audio: ['aac', 'mp3', 'opus', 'flac'] },
  mov: { video: ['h264', 'h265'], audio: ['aac', 'mp3'] },
  webm: { video: ['vp9', 'vp8', 'av1'], audio: ['opus', 'vorbis'] },
  mkv: { video: ['h264', 'h265', 'vp8', 'vp9', 'av1'], audio: ['aac', 'mp3', 'opus', 'vorbis', 'flac'] },
} as const

export type VideoFormat = keyof typeof CONTAINERS
export type VideoCodec = (typeof CONTAINERS)[VideoFormat]['video'][number]
export type AudioCodec = (typeof CONTAINERS)[VideoFormat]['audio'][number]

/** What sound alone can be kept as. */
export const AUDIO_FORMATS = ['mp3', 'm4a', 'aac', 'ogg', 'opus', 'flac', 'wav'] as const
export type AudioFormat = (typeof AUDIO_FORMATS)[number]

/** How hard an encoder tries, in x264's words, fastest first. */
export const PRESETS = [
  'ultrafast',
  'superfast',
  'veryfast',
  'faster',
  'fast',
  'medium',
  'slow',
  'slower',
  'veryslow',
] as const
export type Preset = (typeof PRESETS)[number]
