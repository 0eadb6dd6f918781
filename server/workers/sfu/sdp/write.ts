import { EXTENSION_IDS } from '../srtp/outbound.ts'
import type { ChosenCodec, ForwardedCodec } from './codecs.ts'
import { EXTENSION_URIS, extensionName } from './extensions.ts'
import type { SdpMedia } from './parse.ts'

/** Our end of a connection, as a description tells of it. */
export interface TransportDescription {
  ufrag: string
  password: string
  fingerprint: string
  candidates: readonly string[]
}

/** How one offered m-line is answered: null rejects it. */
export type MediaAnswer = { chosen: ChosenCodec; receive: boolean } | null

/** The answer to a client's publish offer. */
export function writePublishAnswer(
  transport: TransportDescription,
  version: number,
  media: readonly { offered: SdpMedia; answer: MediaAnswer }[],
): string {
  const accepted = media.filter((each) => each.answer !== null).map((each) => each.offered.mid)
  const lines = sessionLines(transport, version, accepted, 'passive')
  let first = true
  for (const { offered, answer } of media) {
    if (answer === null) {
      const format = offered.kind === 'application' ? 'webrtc-datachannel' : (offered.codecs[0]?.payloadType ?? 0)
      lines.push(
        `m=${offered.kind} 0 ${offered.protocol} ${format}`,
        'c=IN IP4 0.0.0.0',
        `a=mid:${offered.mid}`,
        'a=inactive',
      )
      continue
    }
    const { chosen } = answer
    const rtx = chosen.rtxPayloadType
    lines.push(
      `m=${offered.kind} 9 UDP/TLS/RTP/SAVPF ${chosen.payloadType}${rtx >= 0 ? ` ${rtx}` : ''}`,
      'c=IN IP4 0.0.0.0',
      `a=mid:${offered.mid}`,
      answer.receive ? 'a=recvonly' : 'a=inactive',
      ...transportLines(transport, first),
      'a=setup:passive',
      'a=rtcp-mux',
      'a=rtcp-rsize',
      ...codecLines(chosen.codec, chosen.payloadType, rtx),
    )
    for (const { id, uri } of offered.extensions) if (extensionName(uri)) lines.push(`a=extmap:${id} ${uri}`)
    if (answer.receive && offered.sendRids.length > 1) {
      for (const rid of offered.sendRids) lines.push(`a=rid:${rid} recv`)
      lines.push(`a=simulcast:recv ${offered.sendRids.join(';')}`)
    }
    first = false
  }
  return finish(lines)
}

/** One m-line of an offer to a subscriber; without a track it is inactive until the next one takes it over. */
export interface OfferedMedia {
  mid: string
  codec: ForwardedCodec
  track: { ssrc: number; rtxSsrc: number; streamId: string; trackId: string; cname: string } | null
}

/** The offer of a subscribe connection. */
export function writeSubscribeOffer(
  transport: TransportDescription,
  version: number,
  media: readonly OfferedMedia[],
): string {
  const lines = sessionLines(
    transport,
    version,
    media.map((each) => each.mid),
    'actpass',
  )
  media.forEach(({ mid, codec, track }, i) => {
    const rtx = codec.rtxPayloadType > 0 ? codec.rtxPayloadType : -1
    lines.push(
      `m=${codec.kind} 9 UDP/TLS/RTP/SAVPF ${codec.payloadType}${rtx >= 0 ? ` ${rtx}` : ''}`,
      'c=IN IP4 0.0.0.0',
      `a=mid:${mid}`,
      track ? 'a=sendonly' : 'a=inactive',
      ...transportLines(transport, i === 0),
      'a=setup:actpass',
      'a=rtcp-mux',
      'a=rtcp-rsize',
      ...codecLines(codec, codec.payloadType, rtx),
      `a=extmap:${EXTENSION_IDS.mid} ${EXTENSION_URIS.mid}`,
      `a=extmap:${EXTENSION_IDS.transportSequence} ${EXTENSION_URIS.transportSequence}`,
    )
    if (codec.kind === 'audio') lines.push(`a=extmap:${EXTENSION_IDS.audioLevel} ${EXTENSION_URIS.audioLevel}`)
    else {
      lines.push(`a=extmap:${EXTENSION_IDS.orientation} ${EXTENSION_URIS.orientation}`)
      lines.push(`a=extmap:${EXTENSION_IDS.contentType} ${EXTENSION_URIS.contentType}`)
    }
    if (!track) return
    lines.push(`a=msid:${track.streamId} ${track.trackId}`)
    if (rtx >= 0) lines.push(`a=ssrc-group:FID ${track.ssrc} ${track.rtxSsrc}`)
    lines.push(`a=ssrc:${track.ssrc} cname:${track.cname}`)
    if (rtx >= 0) lines.push(`a=ssrc:${track.rtxSsrc} cname:${track.cname}`)
  })
  return finish(lines)
}

function sessionLines(
  transport: TransportDescription,
  version: number,
  mids: readonly string[],
  setup: string,
): string[] {
  return [
    'v=0',
    `o=confab ${Number.parseInt(transport.fingerprint.replaceAll(':', '').slice(0, 12), 16)} ${version} IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    'a=ice-lite',
    `a=group:BUNDLE${mids.map((mid) => ` ${mid}`).join('')}`,
    'a=msid-semantic: WMS *',
    `a=fingerprint:sha-256 ${transport.fingerprint}`,
    `a=setup:${setup}`,
  ]
}

function transportLines(transport: TransportDescription, withCandidates: boolean): string[] {
  const lines = [`a=ice-ufrag:${transport.ufrag}`, `a=ice-pwd:${transport.password}`]
  if (!withCandidates) return lines
  return [...lines, ...transport.candidates.map((candidate) => `a=candidate:${candidate}`), 'a=end-of-candidates']
}

function codecLines(codec: ForwardedCodec, payloadType: number, rtx: number): string[] {
  const lines = [`a=rtpmap:${payloadType} ${codec.rtpmap}`, `a=rtcp-fb:${payloadType} transport-cc`]
  if (codec.parameters) lines.push(`a=fmtp:${payloadType} ${codec.parameters}`)
  if (codec.kind === 'video') {
    for (const feedback of ['nack', 'nack pli', 'ccm fir']) lines.push(`a=rtcp-fb:${payloadType} ${feedback}`)
  }
  if (rtx >= 0) lines.push(`a=rtpmap:${rtx} rtx/90000`, `a=fmtp:${rtx} apt=${payloadType}`)
  return lines
}

function finish(lines: string[]): string {
  return `${lines.join('\r\n')}\r\n`
}
