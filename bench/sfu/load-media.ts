import { PacketRing } from '../../server/workers/sfu/rtp/packet-ring.ts'
import { SrtpOutbound } from '../../server/workers/sfu/srtp/outbound.ts'
import type { LoadConnection } from './load-connection.ts'

const FEEDBACK = ['a=rtcp-fb:96 nack', 'a=rtcp-fb:96 nack pli']

/** One made-up camera on a connection of its own. */
export class Sender {
  readonly connection: LoadConnection
  /** Packets that are due but not sent yet; whoever paces it counts them here. */
  owed = 0
  private outbound: SrtpOutbound | null = null
  private readonly ring = new PacketRing(64)
  private readonly ssrc = 1000 + Math.floor(Math.random() * 1e9)
  private sequence = 1

  constructor(connection: LoadConnection) {
    this.connection = connection
  }

  /** The offer of the camera. */
  offer(): string {
    const lines = [
      'v=0',
      'o=- 1 1 IN IP4 127.0.0.1',
      's=-',
      't=0 0',
      'a=group:BUNDLE 0',
      'm=video 9 UDP/TLS/RTP/SAVPF 96',
      'c=IN IP4 127.0.0.1',
      'a=mid:0',
      'a=sendonly',
      'a=rtcp-mux',
      ...this.connection.describe('active'),
      'a=rtpmap:96 VP8/90000',
      ...FEEDBACK,
      'a=msid:load load',
      `a=ssrc:${this.ssrc} cname:load`,
      '',
    ]
    return lines.join('\r\n')
  }

  /** To be called once the connection stands. */
  connected(): void {
    this.outbound = new SrtpOutbound(this.connection.keys!.rtp)
    this.outbound.remote = {
      key: '',
      address: '',
      port: 0,
      protocol: 'udp',
      transport: null,
      send: (buffer, at, length) => this.connection.send(buffer, at, length),
    }
  }

  /** Makes a VP8 packet of `packet`'s length: every hundredth begins a key frame, each carries the time at byte 16. */
  queue(packet: Buffer, now: number): void {
    const sequence = this.sequence++
    const beginsKeyFrame = sequence % 100 === 1
    packet[12] = beginsKeyFrame ? 0x90 : 0x80
    packet[13] = 0x80
    packet.writeUInt16BE(0x8000 | (Math.floor(sequence / 4) & 0x7fff), 14)
    packet[16] = 0
    packet.writeDoubleBE(now, 28)
    const slot = this.ring.put(sequence, sequence, packet, 12, packet.length)
    this.outbound?.push({
      ring: this.ring,
      slot,
      sourceSequence: sequence,
      ssrc: this.ssrc,
      payloadType: 96,
      marker: sequence % 4 === 3,
      sequence,
      timestamp: (Math.floor(sequence / 4) * 3000) >>> 0,
      audioLevel: -1,
      orientation: -1,
      contentType: -1,
      originalSequence: -1,
      patches: new Int16Array([-1]),
    })
  }

  /** Sends what was queued. */
  flush(): void {
    this.outbound?.flush()
  }
}

/** The answer that takes every video a server offers. */
export function answerTo(offer: string, connection: LoadConnection): string {
  const sections = offer.split(/^(?=m=)/m).slice(1)
  const mids = sections.map((section) => /^a=mid:(\S+)/m.exec(section)![1]!)
  const lines = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', `a=group:BUNDLE ${mids.join(' ')}`]
  for (const mid of mids) {
    lines.push(
      'm=video 9 UDP/TLS/RTP/SAVPF 96',
      'c=IN IP4 127.0.0.1',
      `a=mid:${mid}`,
      'a=recvonly',
      'a=rtcp-mux',
      ...connection.describe('active'),
      'a=rtpmap:96 VP8/90000',
      ...FEEDBACK,
    )
  }
  return `${lines.join('\r\n')}\r\n`
}
