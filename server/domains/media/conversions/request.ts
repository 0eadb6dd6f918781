import type { AudioCodec, AudioFormat, Preset, VideoCodec, VideoFormat } from '#contracts/schemas/conversion.ts'

/** Width and height; one of them may follow from the other. */
export interface Size {
  readonly width?: number | undefined
  readonly height?: number | undefined
}

/** One thing to be made, as it is asked for and as it is written down in a job. */
export type Making =
  | {
      readonly type: 'transcode'
      readonly format: VideoFormat
      readonly video?: VideoCodec | undefined
      readonly audio?: AudioCodec | undefined
      readonly size?: Size | undefined
      /** Bits a second. */
      readonly bitrate?: number | undefined
      readonly frameRate?: number | undefined
      readonly preset?: Preset | undefined
      /** As x264's CRF. */
      readonly quality?: number | undefined
    }
  | { readonly type: 'extract_audio'; readonly format: AudioFormat; readonly bitrate?: number | undefined }
  | { readonly type: 'extract_video' }
  | { readonly type: 'merge'; readonly format: VideoFormat; readonly transition: 'none' | 'fade' }
  | {
      readonly type: 'thumbnail'
      readonly format: 'jpg' | 'png' | 'webp'
      /** Seconds. */
      readonly at?: number | undefined
      readonly size?: Size | undefined
    }

/** What a job is given. */
export interface ConversionInput {
  /** As document 5 calls it. */
  readonly type: 'transcode' | 'extract_audio' | 'extract_video' | 'merge' | 'thumbnail' | 'process'
  readonly fileIds: readonly string[]
  readonly makings: readonly Making[]
}

/** One run of ffmpeg over the job's files, in their order. */
export interface Plan {
  readonly inputOptions?: readonly string[]
  readonly options: readonly string[]
  readonly extension: string
  /** Added to the name of the source. */
  readonly suffix: string
  /** Seconds of output; null: not known. */
  readonly duration: number | null
}
