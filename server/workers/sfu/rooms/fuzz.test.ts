import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { MediaEvent } from '#domains/meetings/media-engine.ts'
import { createCertificate } from '../dtls/certificate.ts'
import { MediaSockets } from '../ice/sockets.ts'
import { payloadStart } from '../rtp/header.ts'
import { writeNack, writeReceiverReport, writeSenderReport } from '../rtp/rtcp-write.ts'
import { parseSdp } from '../sdp/parse.ts'
import { deriveSessionKeys } from '../srtp/session-keys.ts'
import { SrtpOutbound } from '../srtp/outbound.ts'
import { FUZZ_ROUNDS, mutator } from '../testing/mutator.ts'
import type { PeerTransport, TransportHandlers } from '../transport.ts'
import { Room } from './room.ts'
import { roomStats } from './stats.ts'

// A whole room, and somebody in it whose keys are good and whose packets are not.

const SSRC = 0x0a0b0c0d
const OFFER = [
  'v=0',
  'o=- 1 1 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=ice-ufrag:abcd',
  'a=ice-pwd:0123456789012345678901',
  'a=fingerprint:sha-256 AA:BB',
  'm=video 9 UDP/TLS/RTP/SAVPF 96 97',
  'a=mid:0',
  'a=sendonly',
  'a=rtcp-mux',
  'a=rtpmap:96 VP8/90000',
  'a=rtcp-fb:96 nack',
  'a=rtpmap:97 rtx/90000',
  'a=fmtp:97 apt=96',
  'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  'a=extmap:2 urn:ietf:params:rtp-hdrext:sdes:mid',
  'a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  `a=ssrc:${SSRC} cname:x`,
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=mid:1',
  'a=sendonly',
  'a=rtcp-mux',
  'a=rtpmap:111 opus/48000/2',
  'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  'a=ssrc:7 cname:x',
  '',
].join('\r\n')

let sockets: MediaSockets
let room: Room
let events: MediaEvent[]
let ids = 0

beforeEach(async () => {
  sockets = new MediaSockets(
    { addresses: ['127.0.0.1'], portRange: { min: 0, max: 0 }, announced: [], tcp: false },
    (error) => expect.unreachable(String(error)),
  )
  await sockets.open()
  events = []
  const context = {
    sockets,
    certificate: createCertificate(),
    emit: (event: MediaEvent) => {
      // Those that repeat all the time are not kept.
      if (event.type !== 'audio-levels') events.push(event)
    },
    onFault: (error: unknown) => expect.unreachable(String(error)),
    nextId: () => String(++ids),
  }
  room = new Room(context, 'r', {})
})

afterEach(async () => {
  room.close()
  await sockets.close()
})

/** What a transport does with packets whose protection was right. */
function handlersOf(transport: PeerTransport): TransportHandlers {
  return (transport as unknown as { handlers: TransportHandlers }).handlers
}

function answerOf(offer: string): string {
  const media = parseSdp(offer).media.map(({ kind, mid }) =>
    [`m=${kind} 9 UDP/TLS/RTP/SAVPF 96`, `a=mid:${mid}`, 'a=recvonly'].join('\r\n'),
  )
  return ['v=0', 'a=ice-ufrag:abcd', 'a=fingerprint:sha-256 AA', ...media].join('\r\n')
}

/** Two people: `a` publishes a camera and a microphone, `b` gets both, over an output that counts. */
function startRoom(): { sent: () => number } {
  room.addPeer('b', { userId: 2, canPublish: [] })
  room.addPeer('a', { userId: 1, canPublish: ['camera', 'microphone'] })
  room.peer('a').publishOffer({ sdp: OFFER })
  const subscriber = room.peer('b').requireSubscriber()
  for (let i = 0; i < 2; i++) {
    const offer = events.findLast((event) => event.type === 'offer')
    if (offer?.type === 'offer') subscriber.answer(answerOf(offer.sdp))
  }
  const output = new SrtpOutbound(deriveSessionKeys(Buffer.alloc(16, 1), Buffer.alloc(14, 2)).rtp)
  let sent = 0
  output.remote = { key: '', address: '', port: 0, protocol: 'udp', transport: null, send: () => sent++ }
  for (const subscription of subscriber.subscriptions.values()) subscription.output = output
  room.peer('b').chooseLayers(performance.now())
  return { sent: () => (output.flush(), sent) }
}

/** A VP8 packet or one of Opus, in order, the first of each hundred a key frame's. */
function goodPacket(at: number): Buffer {
  const packet = Buffer.alloc(220, at & 0xff)
  const isVideo = at % 4 !== 0
  packet[0] = 0x90
  packet[1] = isVideo ? 96 : 111
  packet.writeUInt16BE((at >>> 2) & 0xffff, 2)
  packet.writeUInt32BE((at * 750) >>> 0, 4)
  packet.writeUInt32BE(isVideo ? SSRC : 7, 8)
  Buffer.from('bede000210aa220030310000', 'hex').copy(packet, 12)
  Buffer.from(at % 100 === 1 ? '908080010000009d012a80026801' : '8080800101', 'hex').copy(packet, 24)
  return packet
}

describe('somebody whose keys are good and whose packets are not', { timeout: 600_000 }, () => {
  test('RTP: nobody is disturbed, nothing grows', () => {
    const { sent } = startRoom()
    const mutate = mutator()
    const publish = handlersOf(room.peer('a').publisher!.transport)
    const before = process.memoryUsage().arrayBuffers
    for (let i = 0; i < FUZZ_ROUNDS; i++) {
      const now = performance.now()
      const packet = i % 3 === 0 ? goodPacket(i) : mutate(goodPacket(i))
      const at = payloadStart(packet, packet.length)
      if (at >= 0) publish.onRtp(packet, packet.length, at, now)
      if (i % 200 === 0) {
        room.tickFast(now)
        room.tickLayers(now)
        room.tickSlow(now)
        sent()
      }
    }
    expect(sent()).toBeGreaterThan(FUZZ_ROUNDS / 100)
    const stats = roomStats(room, performance.now())
    expect(stats.peers).toHaveLength(2)
    // However many SSRCs were made up, there are two tracks, in and out.
    expect(stats.peers.flatMap((peer) => peer.tracks).length).toBeLessThanOrEqual(4)
    expect(room.publications.size).toBe(2)
    for (const track of stats.peers.flatMap((peer) => peer.tracks)) {
      expect(Number.isFinite(track.bitrate) && track.bitrate >= 0).toBe(true)
      expect(track.lossRate).toBeGreaterThanOrEqual(0)
      expect(track.lossRate).toBeLessThanOrEqual(1)
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 2 ** 20)
  })

  test('RTCP of a publisher and of a subscriber: reports that lie lead nothing astray', () => {
    startRoom()
    const mutate = mutator()
    const publish = handlersOf(room.peer('a').publisher!.transport)
    const subscriber = room.peer('b').requireSubscriber()
    const subscribe = handlersOf(subscriber.transport)
    const [subscription] = subscriber.subscriptions.values()
    const report = {
      ssrc: subscription!.ssrc,
      fractionLost: 0,
      packetsLost: 0,
      highestSequence: 1,
      jitter: 0,
      lastReport: 0,
      delaySinceLastReport: 0,
    }
    const seed = Buffer.concat([
      writeSenderReport({ ssrc: SSRC, atMs: Date.now(), rtpTimestamp: 1, packets: 1, bytes: 1 }),
      writeReceiverReport(1, [report]),
      writeNack(1, subscription!.ssrc, [1, 2, 3, 100]),
    ])
    for (let i = 0; i < FUZZ_ROUNDS; i++) {
      const now = performance.now()
      const packet = mutate(seed)
      publish.onRtcp(packet, packet.length, now)
      subscribe.onRtcp(packet, packet.length, now)
      if (i % 500 === 0) room.tickSlow(now)
    }
    const available = subscriber.availableBitrate(performance.now())
    expect(available === null || (Number.isFinite(available) && available >= 50_000)).toBe(true)
    expect(room.publications.size).toBe(2)
  })

  test('datagrams that nobody signed change nothing', () => {
    startRoom()
    const mutate = mutator()
    const remote = {
      key: 'x',
      address: '192.0.2.1',
      port: 1,
      protocol: 'udp',
      transport: null,
      send: () => {},
    } as const
    const { transport } = room.peer('a').publisher!
    for (let i = 0; i < FUZZ_ROUNDS; i++) transport.receive(mutate(goodPacket(i)), remote)
    expect(transport.state).toBe('connecting')
    expect(
      roomStats(room, performance.now())
        .peers.flatMap((peer) => peer.tracks)
        .every(({ packets }) => packets === 0),
    ).toBe(true)
  })
})
