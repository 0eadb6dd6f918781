import type { MediaKind } from '#domains/meetings/media-engine.ts'
import type { SdpCodec, SdpMedia } from './parse.ts'

/** A codec the SFU forwards: how it is offered to subscribers. */
export interface ForwardedCodec {
  name: string
  kind: MediaKind
  rtpmap: string
  clockRate: number
  payloadType: number
  /** 0 where lost packets are not repeated (sound). */
  rtxPayloadType: number
  parameters: string
}

/** Every codec that is forwarded, the preferred first. The payload types are those of all subscribe connections. */
export const FORWARDED_CODECS: readonly ForwardedCodec[] = [
  {
    name: 'opus',
    kind: 'audio',
    rtpmap: 'opus/48000/2',
    clockRate: 48_000,
    payloadType: 111,
    rtxPayloadType: 0,
    parameters: 'minptime=10;useinbandfec=1;usedtx=1',
  },
  video('vp8', 'VP8', 96, ''),
  video('h264', 'H264', 102, 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f'),
  video('vp9', 'VP9', 98, 'profile-id=0'),
  video('av1', 'AV1', 104, ''),
]

function video(name: string, encoding: string, payloadType: number, parameters: string): ForwardedCodec {
  return {
    name,
    kind: 'video',
    rtpmap: `${encoding}/90000`,
    clockRate: 90_000,
    payloadType,
    rtxPayloadType: payloadType + 1,
    parameters,
  }
}

/** The codec chosen of an offer's m-line, with the payload types the client will use. */
export interface ChosenCodec {
  codec: ForwardedCodec
  payloadType: number
  /** -1 where the client does not offer RTX for it. */
  rtxPayloadType: number
}

/** The codec to receive on an offered m-line, or null where it has none that can be forwarded. */
export function chooseCodec(media: SdpMedia): ChosenCodec | null {
  for (const codec of FORWARDED_CODECS) {
    if (codec.kind !== media.kind) continue
    const offered = media.codecs.find((each) => isSame(codec, each))
    if (!offered) continue
    const rtx = media.codecs.find((each) => each.name === 'rtx' && Number(each.parameters.apt) === offered.payloadType)
    return { codec, payloadType: offered.payloadType, rtxPayloadType: rtx?.payloadType ?? -1 }
  }
  return null
}

function isSame(codec: ForwardedCodec, offered: SdpCodec): boolean {
  if (offered.name !== codec.name || offered.clockRate !== codec.clockRate) return false
  const profile = offered.parameters['profile-level-id']?.toLowerCase() ?? ''
  if (codec.name === 'h264') return offered.parameters['packetization-mode'] === '1' && /^42[0-9a-f]{4}$/.test(profile)
  if (codec.name === 'vp9') return (offered.parameters['profile-id'] ?? '0') === '0'
  if (codec.name === 'av1') return (offered.parameters.profile ?? '0') === '0'
  return true
}
