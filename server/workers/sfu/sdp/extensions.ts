/** URIs of the header extensions the SFU understands. */
export const EXTENSION_URIS = {
  mid: 'urn:ietf:params:rtp-hdrext:sdes:mid',
  rid: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  repairedRid: 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
  audioLevel: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  transportSequence: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  orientation: 'urn:3gpp:video-orientation',
  contentType: 'http://www.webrtc.org/experiments/rtp-hdrext/video-content-type',
} as const

export type ExtensionName = keyof typeof EXTENSION_URIS

const NAMES = new Map(Object.entries(EXTENSION_URIS).map(([name, uri]) => [uri as string, name as ExtensionName]))

/** The extension a URI means, or null for one that is not understood. */
export function extensionName(uri: string): ExtensionName | null {
  return NAMES.get(uri) ?? null
}
