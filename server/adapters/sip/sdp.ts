import { SipSyntaxError } from './message.ts'

/** How sound is coded on a telephone line: G.711, in its two laws. */
export type Codec = 'PCMU' | 'PCMA'

/** Whether sound goes both ways, seen from whoever says it (RFC 3264, section 5.1). */
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive'

/** The static payload types of RFC 3551. */
export const PAYLOAD_TYPES: Readonly<Record<Codec, number>> = { PCMU: 0, PCMA: 8 }
const OUR_EVENT_TYPE = 101

/** What a description says of the one sound stream we care about. */
export interface RemoteSound {
  readonly address: string
  /** 0: the stream is refused. */
  readonly port: number
  /** The codecs we share, in the other side's order, with its payload types. */
  readonly codecs: readonly { readonly codec: Codec; readonly payloadType: number }[]
  /** The payload type of telephone-event (RFC 4733), where the other side takes keys. */
  readonly eventType: number | undefined
  /** Seen from the other side. */
  readonly direction: Direction
  /** How many streams there are and which one is the sound: an answer repeats them all. */
  readonly media: readonly string[]
  readonly index: number
}

const DIRECTIONS: readonly Direction[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive']

/**
 * Reads a session description (RFC 8866), as far as sound by telephone needs it.
 * @throws SipSyntaxError when it is none, or has no sound
 */
export function parseSdp(text: string): RemoteSound {
  const lines = text.split(/\r?\n/).filter((line) => line !== '')
  if (lines[0] !== 'v=0' || lines.length > 500) throw new SipSyntaxError('no session description')
  const starts = lines.flatMap((line, at) => (line.startsWith('m=') ? [at] : []))
  const session = lines.slice(0, starts[0])
  const index = starts.findIndex((at) => /^m=audio \d+(\/\d+)? RTP\/AVPF? /.test(lines[at] ?? ''))
  const start = starts[index]
  if (start === undefined) throw new SipSyntaxError('no sound in the session description')
  const section = lines.slice(start, starts[index + 1])
  const [, portText = '', , ...formats] = (section[0] ?? '').split(' ')
  const connection = find(section, 'c=') ?? find(session, 'c=')
  const address = /^IN IP[46] (\S+?)(?:\/.*)?$/.exec(connection ?? '')?.[1]
  const port = Number.parseInt(portText, 10)
  if (address === undefined || port > 65_535) throw new SipSyntaxError('no address in the session description')

  const names = new Map<number, string>([
    [0, 'PCMU/8000'],
    [8, 'PCMA/8000'],
  ])
  for (const line of section) {
    const found = /^a=rtpmap:(\d{1,3}) ([\w-]+\/\d+)/.exec(line)
    if (found !== null) names.set(Number(found[1]), (found[2] ?? '').toUpperCase())
  }
  const types = formats.map(Number).filter((type) => Number.isInteger(type) && type >= 0 && type <= 127)
  const codecs = types.flatMap((payloadType) => {
    const codec = (['PCMU', 'PCMA'] as const).find((one) => names.get(payloadType) === `${one}/8000`)
    return codec === undefined ? [] : [{ codec, payloadType }]
  })
  return {
    address,
    port,
    codecs,
    eventType: types.find((type) => names.get(type) === 'TELEPHONE-EVENT/8000'),
    // RFC 2543's way to put on hold, still met.
    direction: address === '0.0.0.0' ? 'inactive' : directionOf([...session, ...section]),
    media: starts.map((at) => lines[at] ?? ''),
    index,
  }
}

function find(lines: readonly string[], prefix: string): string | undefined {
  return lines
    .find((line) => line.startsWith(prefix))
    ?.slice(prefix.length)
    .trim()
}

function directionOf(lines: readonly string[]): Direction {
  const named = lines.map((line) => DIRECTIONS.find((one) => line.trim() === `a=${one}`))
  return named.findLast((one) => one !== undefined) ?? 'sendrecv'
}

/** What we answer to a direction (RFC 3264, section 6.1). */
export function answeredDirection(offered: Direction): Direction {
  return offered === 'sendonly' ? 'recvonly' : offered === 'recvonly' ? 'sendonly' : offered
}

/** Our side of the session. */
export interface LocalSound {
  readonly address: string
  readonly port: number
  /** Of the session: the version goes up with every change (RFC 3264, section 8). */
  readonly sessionId: number
  readonly version: number
}

/** An offer: both laws, keys, both ways. */
export function writeOffer(local: LocalSound): string {
  const sound = [
    `m=audio ${local.port} RTP/AVP ${PAYLOAD_TYPES.PCMU} ${PAYLOAD_TYPES.PCMA} ${OUR_EVENT_TYPE}`,
    `a=rtpmap:${PAYLOAD_TYPES.PCMU} PCMU/8000`,
    `a=rtpmap:${PAYLOAD_TYPES.PCMA} PCMA/8000`,
    ...soundLines('sendrecv', OUR_EVENT_TYPE),
  ]
  return describe(local, [sound])
}

/** An answer to `offer` with the codec chosen from it; every other stream is refused. */
export function writeAnswer(local: LocalSound, offer: RemoteSound, payloadType: number): string {
  const { eventType } = offer
  const formats = eventType === undefined ? `${payloadType}` : `${payloadType} ${eventType}`
  const sections = offer.media.map((line, at) => {
    if (at !== offer.index) return [line.replace(/^(m=\S+) \d+(?:\/\d+)?/, '$1 0')]
    const codec = offer.codecs.find((one) => one.payloadType === payloadType)?.codec ?? 'PCMU'
    return [
      `m=audio ${local.port} RTP/AVP ${formats}`,
      `a=rtpmap:${payloadType} ${codec}/8000`,
      ...soundLines(answeredDirection(offer.direction), eventType),
    ]
  })
  return describe(local, sections)
}

function soundLines(direction: Direction, eventType: number | undefined): string[] {
  const events =
    eventType === undefined ? [] : [`a=rtpmap:${eventType} telephone-event/8000`, `a=fmtp:${eventType} 0-15`]
  return [...events, 'a=ptime:20', `a=${direction}`]
}

function describe(local: LocalSound, sections: readonly (readonly string[])[]): string {
  const family = local.address.includes(':') ? 'IP6' : 'IP4'
  const lines = [
    'v=0',
    `o=confab ${local.sessionId} ${local.version} IN ${family} ${local.address}`,
    's=-',
    `c=IN ${family} ${local.address}`,
    't=0 0',
    ...sections.flat(),
  ]
  return lines.join('\r\n') + '\r\n'
}
