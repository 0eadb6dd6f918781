import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import { isIP } from 'node:net'
import type { Egress as EgressInfo, EgressTarget } from '#domains/meetings/media-engine.ts'
import { MediaRequestError } from '../protocol.ts'
import { writeSourceDescription } from '../rtp/rtcp-write.ts'
import type { OutgoingPacket } from '../srtp/outbound.ts'
import { LAYERS } from './publication.ts'
import type { Publication } from './publication.ts'
import { Subscription } from './subscription.ts'
import type { PacketOutput } from './subscription.ts'

/** Asked for while no key frame was seen for so long, so that a recorder can start a new segment. */
const KEY_FRAME_EVERY_MS = 10_000

/** One publication sent as plain RTP with sender reports to a process on this machine (recording, streaming, captions). */
export class Egress {
  readonly info: EgressInfo
  readonly publication: Publication
  private readonly subscription: Subscription
  private readonly socket: Socket
  private readonly target: EgressTarget
  private keyFrameAskedAt: number

  /** Throws `media.bad-target` for anything but a port of a loopback address. */
  constructor(id: string, publication: Publication, target: EgressTarget) {
    checkTarget(target)
    this.publication = publication
    this.target = target
    const family = isIP(target.address)
    this.socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      lookup: (host, _options, done) => done(null, host, family),
    })
    // Nobody may be listening yet; what is sent meanwhile is lost, as with any datagram.
    this.socket.on('error', () => {})
    this.socket.unref()
    this.subscription = new Subscription(publication)
    this.subscription.output = new PlainOutput((packet) => this.send(packet, target.port))
    this.info = describe(id, publication, target, this.subscription.ssrc)
    this.keyFrameAskedAt = performance.now()
    this.chooseLayer(performance.now())
  }

  /** Takes the wished layer, or the best below it that arrives. */
  chooseLayer(nowMs: number): void {
    const wanted = LAYERS.indexOf(this.target.layer ?? 'high')
    const live = this.publication.liveStreams()
    const best = live.findLast(({ layer }) => layer <= wanted) ?? live[0]
    this.subscription.setTarget(this.publication.blocked ? null : (best?.stream ?? null), nowMs)
  }

  /** Sends a sender report; once a second. */
  report(unixMs: number, nowMs: number): void {
    const report = this.subscription.senderReport(unixMs, nowMs)
    if (report) {
      const description = writeSourceDescription(this.info.ssrc, this.publication.peerId)
      this.send(Buffer.concat([report, description]), this.target.rtcpPort ?? this.target.port + 1)
    }
    if (this.publication.kind === 'video' && nowMs - this.keyFrameAskedAt > KEY_FRAME_EVERY_MS) {
      this.keyFrameAskedAt = nowMs
      this.subscription.requestKeyFrame(nowMs)
    }
  }

  private send(packet: Buffer, port: number): void {
    this.socket.send(packet, port, this.target.address, () => {})
  }

  /** Ends it. */
  close(): void {
    this.subscription.close()
    this.socket.close()
  }
}

class PlainOutput implements PacketOutput {
  private readonly send: (packet: Buffer) => void

  constructor(send: (packet: Buffer) => void) {
    this.send = send
  }

  push(packet: OutgoingPacket): boolean {
    const { ring, slot } = packet
    if (packet.originalSequence >= 0) return false
    const from = ring.payloadOffset(slot)
    const length = ring.payloadLength(slot)
    const datagram = Buffer.allocUnsafe(12 + length)
    datagram[0] = 0x80
    datagram[1] = packet.payloadType | (packet.marker ? 0x80 : 0)
    datagram.writeUInt16BE(packet.sequence & 0xffff, 2)
    datagram.writeUInt32BE(packet.timestamp, 4)
    datagram.writeUInt32BE(packet.ssrc, 8)
    ring.data.copy(datagram, 12, from, from + length)
    for (let p = 0; p < packet.patches.length && packet.patches[p]! >= 0; p += 2) {
      datagram[12 + packet.patches[p]!] = packet.patches[p + 1]!
    }
    this.send(datagram)
    return true
  }

  flush(): void {
    // Nothing is held back: there is no encryption to do for many at once.
  }
}

function checkTarget(target: EgressTarget): void {
  const isLoopback = /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(target.address) || target.address === '::1'
  const ports = [target.port, target.rtcpPort ?? target.port + 1]
  if (
    !isLoopback ||
    isIP(target.address) === 0 ||
    ports.some((port) => !Number.isInteger(port) || port < 1 || port > 65_535)
  ) {
    throw new MediaRequestError('media.bad-target', 'an egress goes to a port of a loopback address')
  }
}

function describe(id: string, publication: Publication, target: EgressTarget, ssrc: number): EgressInfo {
  const { codec } = publication
  const channels = codec.name === 'opus' ? 2 : undefined
  const family = isIP(target.address) === 6 ? 'IP6' : 'IP4'
  const lines = [
    'v=0',
    `o=- 0 0 IN ${family} ${target.address}`,
    `s=${id}`,
    `c=IN ${family} ${target.address}`,
    't=0 0',
    `m=${codec.kind} ${target.port} RTP/AVP ${codec.payloadType}`,
    `a=rtcp:${target.rtcpPort ?? target.port + 1}`,
    `a=rtpmap:${codec.payloadType} ${codec.rtpmap}`,
    ...(codec.parameters ? [`a=fmtp:${codec.payloadType} ${codec.parameters}`] : []),
    'a=recvonly',
  ]
  return {
    egressId: id,
    publicationId: publication.id,
    kind: codec.kind,
    codec: codec.name,
    payloadType: codec.payloadType,
    clockRate: codec.clockRate,
    ...(channels ? { channels } : {}),
    ssrc,
    sdp: `${lines.join('\r\n')}\r\n`,
  }
}
