import type { MediaSource } from '#domains/meetings/media-engine.ts'

export type RecordingStatus = 'recording' | 'processing' | 'completed' | 'failed'

/** How a recording is to look. */
export interface RecordingWishes {
  readonly format: 'mp4' | 'webm' | 'mkv'
  readonly layout: 'grid' | 'speaker'
  readonly quality: 'low' | 'medium' | 'high'
}

/** A recording of a meeting. */
export interface Recording extends RecordingWishes {
  readonly id: string
  readonly meetingId: number
  readonly accountId: number
  readonly status: RecordingStatus
  readonly fileId: string | null
  readonly jobId: number | null
  readonly error: string | null
  readonly startedAt: Date
  readonly stoppedAt: Date | null
  /** The moment its film begins with; null before there is one. */
  readonly filmStartedAt: Date | null
  /** Of the composed file; null before there is one. */
  readonly duration: number | null
  readonly size: number | null
}

/** One track as it was handed on by the media engine. */
export interface RecordedTrack {
  readonly number: number
  readonly accountId: number
  readonly kind: 'audio' | 'video'
  readonly source: MediaSource
  readonly codec: string
  /** Somebody's sound as a file of its own, once it was made. */
  readonly fileId: string | null
}

/** The most pixels of the composed picture, by quality. */
export const CANVAS = {
  low: { width: 640, height: 360 },
  medium: { width: 1280, height: 720 },
  high: { width: 1920, height: 1080 },
} as const
