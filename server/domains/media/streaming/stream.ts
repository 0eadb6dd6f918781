import type { Layout } from '../scene/scene.ts'

export type StreamType = 'rtmp' | 'hls'
export type StreamStatus = 'starting' | 'live' | 'reconnecting' | 'ended' | 'failed'

/** How a stream is to look, and where it goes. */
export interface StreamWishes {
  readonly type: StreamType
  readonly layout: Layout
  readonly quality: 'low' | 'medium' | 'high'
}

/** What was measured. */
export interface StreamNumbers {
  readonly bitrate: number
  readonly frameRate: number
  readonly droppedFrames: number
  readonly reconnects: number
}

/** A live stream of a meeting. */
export interface Stream extends StreamWishes, StreamNumbers {
  readonly id: string
  readonly meetingId: number
  readonly accountId: number
  readonly status: StreamStatus
  /** Without the key. */
  readonly rtmpTarget: string | null
  readonly error: string | null
  readonly startedAt: Date
  readonly stoppedAt: Date | null
}

/** Bits per second of the picture, by quality. */
export const BITRATES = { low: 800_000, medium: 2_500_000, high: 4_500_000 } as const
