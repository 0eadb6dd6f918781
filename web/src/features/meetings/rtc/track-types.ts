import type { OfferedTrackFrame } from '#contracts/schemas/signaling.ts'

/** Where a track comes from. */
export type MediaSource = OfferedTrackFrame['source']

/** One track of somebody else's with the browser's own objects; `stream` holds just this track and stays the same object. */
export interface RemoteTrack extends OfferedTrackFrame {
  track: MediaStreamTrack
  receiver: RTCRtpReceiver
  stream: MediaStream
}

/** How a peer connection is: `interrupted` may come back by itself, `failed` is given up. */
export type LinkState = 'new' | 'connecting' | 'connected' | 'interrupted' | 'failed'
