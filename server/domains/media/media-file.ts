/** What a file is to people; told by its content. */
export type FileKind = 'video' | 'audio' | 'image' | 'document'

/** One stream of a container, as probed. */
export interface StreamInfo {
  readonly kind: 'video' | 'audio' | 'subtitle' | 'data'
  readonly codec: string
  readonly width?: number
  readonly height?: number
  /** Frames a second. */
  readonly frameRate?: number
  readonly channels?: number
  readonly sampleRate?: number
  /** Bits a second. */
  readonly bitrate?: number
}

/** What is in a file of sound or pictures. */
export interface MediaInfo {
  readonly format: string
  /** Seconds at which its first packet stands; 0 for nearly all files. */
  readonly start?: number
  /** Seconds; null where the container does not tell. */
  readonly duration: number | null
  /** Bits a second. */
  readonly bitrate: number | null
  readonly streams: readonly StreamInfo[]
}

/** A file of the library. */
export interface MediaFile {
  readonly id: string
  readonly accountId: number
  readonly meetingId: number | null
  readonly name: string
  readonly description: string
  readonly kind: FileKind
  readonly mime: string
  /** Bytes. */
  readonly size: number
  /** Seconds. */
  readonly duration: number | null
  readonly width: number | null
  readonly height: number | null
  readonly info: MediaInfo | null
  readonly storageKey: string
  readonly previewKey: string | null
  readonly sourceId: string | null
  readonly jobId: number | null
  readonly createdAt: Date
}

/** The first stream of a kind, if there is one. */
export function streamOf(info: MediaInfo | null, kind: StreamInfo['kind']): StreamInfo | undefined {
  return info?.streams.find((stream) => stream.kind === kind)
}
