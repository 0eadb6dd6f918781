import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import { createRequire } from 'node:module'
import type * as Werift from 'werift'

const { RTCPeerConnection, RTCRtpCodecParameters, MediaStreamTrack, RtpPacket, RtpHeader } = createRequire(
  import.meta.url,
)('werift') as typeof Werift

/** A peer made of another WebRTC implementation: it publishes one made-up video and counts what it receives. */
export class NodeClient {
  readonly publish: Werift.RTCPeerConnection
  readonly subscribe: Werift.RTCPeerConnection
  received = 0
  private readonly track = new MediaStreamTrack({ kind: 'video' })
  private timer: NodeJS.Timeout | null = null
  private sequence = 1

  constructor() {
    const vp8 = new RTCRtpCodecParameters({
      mimeType: 'video/VP8',
      clockRate: 90_000,
      payloadType: 96,
      rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }, { type: 'transport-cc' }],
    })
    const config = {
      codecs: { video: [vp8] },
      iceServers: [],
    }
    this.publish = new RTCPeerConnection(config)
    this.subscribe = new RTCPeerConnection(config)
    this.subscribe.onTrack.subscribe((track) => {
      track.onReceiveRtp.subscribe(() => {
        this.received++
      })
    })
  }

  /** The offer of its one video. */
  async offer(): Promise<string> {
    this.publish.addTransceiver(this.track, { direction: 'sendonly' })
    await this.publish.setLocalDescription(await this.publish.createOffer())
    return this.publish.localDescription!.sdp
  }

  /** Takes the answer and sends, once connected, fifty packets a second, each a key frame's beginning. */
  async accept(answer: string): Promise<void> {
    await this.publish.setRemoteDescription({ type: 'answer', sdp: answer })
    this.timer = setInterval(() => {
      if (this.publish.connectionState === 'connected') this.sendPacket()
    }, 20)
  }

  private sendPacket(): void {
    const sequenceNumber = this.sequence++ & 0xffff
    const timestamp = (this.sequence * 1800) >>> 0
    const header = new RtpHeader({ payloadType: 96, sequenceNumber, timestamp, ssrc: 4242, marker: true })
    const payload = Buffer.concat([Buffer.from([0x90, 0x80, 0x80, sequenceNumber & 0xff, 0x10]), randomBytes(300)])
    payload[4] = 0
    this.track.writeRtp(new RtpPacket(header, payload))
  }

  /** Answers the server's offer. */
  async answer(offer: string): Promise<string> {
    await this.subscribe.setRemoteDescription({ type: 'offer', sdp: offer })
    await this.subscribe.setLocalDescription(await this.subscribe.createAnswer())
    return this.subscribe.localDescription!.sdp
  }

  /** Ends both connections. */
  async close(): Promise<void> {
    if (this.timer) clearInterval(this.timer)
    await Promise.all([this.publish.close(), this.subscribe.close()])
  }
}

/** A bare UDP socket on loopback. */
export async function openSocket(): Promise<Socket> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return socket
}
