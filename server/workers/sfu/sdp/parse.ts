import { MediaRequestError } from '../protocol.ts'

/** A payload type of an m-line. */
export interface SdpCodec {
  payloadType: number
  /** Lower-case encoding name. */
  name: string
  clockRate: number
  channels: number
  /** Format parameters, keys in lower case. */
  parameters: Record<string, string>
}

/** What the SFU reads of one m-line. */
export interface SdpMedia {
  kind: string
  port: number
  protocol: string
  mid: string
  direction: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'
  codecs: SdpCodec[]
  extensions: { id: number; uri: string }[]
  /** RIDs the sender offers to send, in the order of its simulcast line. */
  sendRids: string[]
  ssrcs: number[]
  /** Primary SSRC to its RTX SSRC. */
  rtxOf: Map<number, number>
}

/** A session description, with what ICE and DTLS need gathered from wherever it stands. */
export interface SdpSession {
  media: SdpMedia[]
  iceUfrag: string
  fingerprints: { algorithm: string; value: string }[]
  setup: string
}

const MAX_LENGTH = 256 * 1024
const MAX_LINES = 8000
const MAX_MEDIA = 128
const MAX_CODECS = 64
const MAX_RIDS = 3
const MAX_SSRCS = 16
const TOKEN = /^[A-Za-z0-9!#$%&'*+\-.^_`{|}~]{1,32}$/

/** Reads a description (RFC 8866 as RFC 8829 uses it); throws `media.bad-sdp` or `media.limit`. */
export function parseSdp(text: unknown): SdpSession {
  if (typeof text !== 'string') throw new MediaRequestError('media.bad-sdp', 'the description is no text')
  if (text.length > MAX_LENGTH) throw new MediaRequestError('media.limit', 'the description is too long')
  const lines = text.split(/\r?\n/, MAX_LINES + 1)
  if (lines.length > MAX_LINES) throw new MediaRequestError('media.limit', 'the description has too many lines')
  if (!lines[0]?.startsWith('v=0'))
    throw new MediaRequestError('media.bad-sdp', 'the description does not begin with v=0')
  const session: SdpSession = { media: [], iceUfrag: '', fingerprints: [], setup: '' }
  let media: SdpMedia | null = null
  for (const line of lines) {
    if (line.startsWith('m=')) {
      if (session.media.length >= MAX_MEDIA) throw new MediaRequestError('media.limit', 'too many m-lines')
      media = parseMediaLine(line.slice(2))
      session.media.push(media)
    } else if (line.startsWith('a=')) {
      const colon = line.indexOf(':')
      const name = colon < 0 ? line.slice(2) : line.slice(2, colon)
      const value = colon < 0 ? '' : line.slice(colon + 1).trim()
      if (!readSessionAttribute(session, name, value) && media) readMediaAttribute(media, name, value)
    }
  }
  const mids = new Set(session.media.map((each) => each.mid))
  if (mids.size !== session.media.length || mids.has('')) {
    throw new MediaRequestError('media.bad-sdp', 'every m-line needs a mid of its own')
  }
  return session
}

function parseMediaLine(value: string): SdpMedia {
  const [kind = '', port = '', protocol = '', ...formats] = value.split(' ')
  const media: SdpMedia = {
    kind,
    port: Number.parseInt(port, 10) || 0,
    protocol,
    mid: '',
    direction: 'sendrecv',
    codecs: [],
    extensions: [],
    sendRids: [],
    ssrcs: [],
    rtxOf: new Map(),
  }
  for (const format of formats.slice(0, MAX_CODECS)) {
    const payloadType = Number(format)
    if (!Number.isInteger(payloadType) || payloadType < 0 || payloadType > 127) continue
    media.codecs.push({ payloadType, name: '', clockRate: 0, channels: 1, parameters: {} })
  }
  return media
}

function readSessionAttribute(session: SdpSession, name: string, value: string): boolean {
  switch (name) {
    case 'ice-ufrag':
      session.iceUfrag ||= value.slice(0, 256)
      return true
    case 'fingerprint': {
      const [algorithm = '', digest = ''] = value.split(' ')
      const known = session.fingerprints.some((each) => each.value === digest)
      if (!known && session.fingerprints.length < 8) session.fingerprints.push({ algorithm, value: digest })
      return true
    }
    case 'setup':
      session.setup ||= value
      return true
    default:
      return false
  }
}

function readMediaAttribute(media: SdpMedia, name: string, value: string): void {
  switch (name) {
    case 'mid':
      if (TOKEN.test(value)) media.mid = value
      break
    case 'sendrecv':
    case 'sendonly':
    case 'recvonly':
    case 'inactive':
      media.direction = name
      break
    case 'rtpmap': {
      const [payloadType, encoding = ''] = value.split(' ')
      const codec = media.codecs.find((each) => each.payloadType === Number(payloadType))
      const [encodingName = '', clockRate, channels] = encoding.split('/')
      if (codec) {
        codec.name = encodingName.toLowerCase().slice(0, 32)
        codec.clockRate = Number(clockRate) || 0
        codec.channels = Number(channels) || 1
      }
      break
    }
    case 'fmtp': {
      const space = value.indexOf(' ')
      const codec = media.codecs.find((each) => each.payloadType === Number(value.slice(0, space)))
      if (!codec || space < 0) break
      for (const part of value
        .slice(space + 1)
        .split(';')
        .slice(0, 32)) {
        const [key = '', setting = ''] = part.trim().split('=')
        if (key !== '__proto__') codec.parameters[key.toLowerCase()] = setting
      }
      break
    }
    case 'extmap': {
      const [id = '', uri = ''] = value.split(' ')
      const number = Number.parseInt(id, 10)
      if (number >= 1 && number <= 255 && media.extensions.length < 32) media.extensions.push({ id: number, uri })
      break
    }
    case 'simulcast':
      readSimulcast(media, value)
      break
    case 'ssrc': {
      const ssrc = Number(value.split(' ', 1)[0])
      if (isSsrc(ssrc) && !media.ssrcs.includes(ssrc) && media.ssrcs.length < MAX_SSRCS) media.ssrcs.push(ssrc)
      break
    }
    case 'ssrc-group': {
      const [semantics, first, second] = value.split(' ')
      if (semantics === 'FID' && isSsrc(Number(first)) && isSsrc(Number(second)) && media.rtxOf.size < MAX_SSRCS) {
        media.rtxOf.set(Number(first), Number(second))
      }
      break
    }
    default:
  }
}

/** `send a;b,b2;~c`: the first of alternatives, a paused one (`~`) like any other. */
function readSimulcast(media: SdpMedia, value: string): void {
  const words = value.split(' ')
  const list = words[words.indexOf('send') + 1]
  if (!words.includes('send') || !list) return
  const rids = list.split(';').map((each) => each.split(',', 1)[0]!.replace(/^~/, ''))
  media.sendRids = [...new Set(rids.filter((rid) => /^[A-Za-z0-9_-]{1,16}$/.test(rid)))].slice(0, MAX_RIDS)
}

function isSsrc(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value <= 0xffffffff
}
