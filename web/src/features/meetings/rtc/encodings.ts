import type { MediaSource } from './track-types.ts'

/** Bits per second a layer may take at most. */
const cameraRates = { l: 150_000, m: 500_000, h: 1_700_000 }
const screenRate = 2_500_000

/**
 * What a source is sent as. A camera goes in up to three sizes (RFC 8853 rids, smallest first), of which the server
 * forwards to each viewer the one that fits; Chromium itself sends no more than one below 480 pixels of width and two
 * below 960, and drops the largest ones, so only as many are asked for as it will send.
 */
export function encodingsOf(source: MediaSource, track: MediaStreamTrack): RTCRtpEncodingParameters[] {
  if (source === 'screen') return [{ maxBitrate: screenRate, maxFramerate: 15 }]
  if (source !== 'camera') return [{ maxBitrate: source === 'screen-audio' ? 96_000 : 40_000 }]
  const width = track.getSettings().width ?? 1280
  if (width >= 960) {
    return [
      { rid: 'l', scaleResolutionDownBy: 4, maxBitrate: cameraRates.l },
      { rid: 'm', scaleResolutionDownBy: 2, maxBitrate: cameraRates.m },
      { rid: 'h', scaleResolutionDownBy: 1, maxBitrate: cameraRates.h },
    ]
  }
  if (width >= 480) {
    return [
      { rid: 'l', scaleResolutionDownBy: 2, maxBitrate: cameraRates.l },
      { rid: 'h', scaleResolutionDownBy: 1, maxBitrate: 700_000 },
    ]
  }
  return [{ maxBitrate: 300_000 }]
}
