import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { ReceiveStream } from './forwarding/receive-stream.ts'
import type { IncomingPacket } from './forwarding/receive-stream.ts'
import { bindingRequest, bindingSuccess, parseBindingRequest } from './ice/stun.ts'
import { forEachExtension, payloadLength, payloadStart } from './rtp/header.ts'
import { emptyFrameNumbers, readFrameNumbers, startsKeyFrame, vp8FrameSize } from './rtp/payload.ts'
import { parseRtcp } from './rtp/rtcp-parse.ts'
import { writeNack, writeReceiverReport, writeSenderReport } from './rtp/rtcp-write.ts'
import { TransportFeedbackWriter } from './rtp/transport-feedback.ts'
import { SendSideEstimator } from './congestion/send-side-estimator.ts'
import { parseSdp } from './sdp/parse.ts'
import { FUZZ_ROUNDS, mutator } from './testing/mutator.ts'

describe('mutated input', { timeout: 600_000 }, () => {
  test('RTP: nothing throws, nothing grows', () => {
    const mutate = mutator()
    const feedback = { sendNack: () => {}, sendKeyFrameRequest: () => {} }
    const stream = new ReceiveStream({
      ssrc: 1,
      codec: 'vp8',
      clockRate: 90_000,
      isVideo: true,
      canRepair: true,
      feedback,
    })
    const incoming: IncomingPacket = {
      slot: -1,
      sequence: 0,
      timestamp: 0,
      marker: false,
      startsKeyFrame: false,
      payloadLength: 0,
      audioLevel: -1,
      orientation: -1,
      contentType: -1,
    }
    const numbers = emptyFrameNumbers()
    const header = Buffer.from('b1600001000000020000000300000004bede000210aa32bbccdd0000', 'hex')
    const payload = Buffer.from('90e0810205201000009d012a80026801', 'hex')
    const seed = Buffer.concat([header, payload, Buffer.from([0, 0, 0, 4])])
    let taken = 0
    for (let i = 0; i < FUZZ_ROUNDS; i++) {
      const packet = mutate(seed)
      const at = payloadStart(packet, packet.length)
      if (at < 0) continue
      forEachExtension(packet, (_id, from, length) => expect(from + length).toBeLessThanOrEqual(packet.length))
      const length = payloadLength(packet, at, packet.length)
      if (length < 0) continue
      for (const codec of ['vp8', 'vp9', 'h264', 'av1', 'opus']) {
        startsKeyFrame(codec, packet, at, length)
        if (readFrameNumbers(codec, packet, at, length, numbers)) expect(numbers.pictureIdAt).toBeLessThan(length)
      }
      vp8FrameSize(packet, at, length)
      incoming.timestamp = packet.readUInt32BE(4)
      stream.receive(packet, at, at + length, packet.readUInt16BE(2), incoming, i, false)
      stream.tick(i, 20)
      taken++
    }
    expect(taken).toBeGreaterThan(FUZZ_ROUNDS / 4)
    expect(stream.packetsLost).toBeGreaterThanOrEqual(0)
  })

  test('RTCP: nothing throws, and feedback that lies does not lead the estimate astray', () => {
    const mutate = mutator()
    const writer = new TransportFeedbackWriter()
    for (let i = 0; i < 300; i += 1 + (i % 3)) writer.arrived(i, 1000 + i * 3)
    const report = {
      ssrc: 1,
      fractionLost: 0,
      packetsLost: 0,
      highestSequence: 1,
      jitter: 0,
      lastReport: 0,
      delaySinceLastReport: 0,
    }
    const seeds = [
      Buffer.concat([
        writeSenderReport({ ssrc: 1, atMs: 1e12, rtpTimestamp: 1, packets: 1, bytes: 1 }),
        writeReceiverReport(1, [report, report]),
        writeNack(1, 1, [1, 2, 3, 100]),
      ]),
      ...writer.take(1, 1),
    ]
    const estimator = new SendSideEstimator()
    let heard = 0
    const count = () => {
      heard++
    }
    for (let i = 0; i < FUZZ_ROUNDS; i++) {
      if (i % 4 === 0) estimator.next(1200)
      const packet = mutate(seeds[i % seeds.length]!)
      parseRtcp(packet, packet.length, {
        onSenderReport: count,
        onReceptionReport: count,
        onNack: (_ssrc, sequences) => expect(sequences.length).toBeLessThanOrEqual(600),
        onKeyFrameRequest: count,
        onBitrateEstimate: count,
        onTransportFeedback: (feedback) => estimator.onFeedback(feedback, i),
        onBye: count,
      })
    }
    const available = estimator.available(FUZZ_ROUNDS) ?? 0
    expect(Number.isFinite(available)).toBe(true)
    expect(available).toBeGreaterThanOrEqual(50_000)
    expect(heard).toBeGreaterThan(0)
  })

  test('STUN: nothing throws, and only what is signed passes', () => {
    const mutate = mutator()
    const seed = bindingRequest(randomBytes(12), 'abcd:efgh', 'password', true)
    expect(parseBindingRequest(seed)!.isSignedWith('password')).toBe(true)
    expect(parseBindingRequest(seed)!.isSignedWith('passwort')).toBe(false)
    for (let i = 0; i < FUZZ_ROUNDS / 4; i++) {
      const mutated = mutate(seed)
      const request = parseBindingRequest(mutated)
      // What follows MESSAGE-INTEGRITY (the fingerprint, 8 bytes) is not signed.
      const signed = mutated.subarray(0, seed.length - 8)
      if (request && !signed.equals(seed.subarray(0, -8))) expect(request.isSignedWith('password')).toBe(false)
    }
    for (const address of ['1.2.3.4', '::1', '2001:db8::ff00:42:8329', '::ffff:1.2.3.4']) {
      expect(bindingSuccess(randomBytes(12), address, 5000, 'password').length).toBeGreaterThan(40)
    }
  })

  test('SDP: what is refused is refused as such', () => {
    const mutate = mutator()
    const seed = Buffer.from(
      [
        'v=0',
        'o=- 1 1 IN IP4 0.0.0.0',
        's=-',
        'a=fingerprint:sha-256 AA:BB',
        'a=ice-ufrag:abcd',
        'm=video 9 UDP/TLS/RTP/SAVPF 96 97',
        'a=mid:0',
        'a=sendonly',
        'a=rtpmap:96 VP8/90000',
        'a=rtpmap:97 rtx/90000',
        'a=fmtp:97 apt=96',
        'a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid',
        'a=rid:low send',
        'a=simulcast:send low;medium,m2;~high',
        'a=ssrc-group:FID 1 2',
        'a=ssrc:1 cname:x',
      ].join('\r\n'),
    )
    expect(parseSdp(seed.toString()).media[0]).toMatchObject({ mid: '0', sendRids: ['low', 'medium', 'high'] })
    for (let i = 0; i < FUZZ_ROUNDS / 20; i++) {
      try {
        parseSdp(mutate(seed).toString('latin1'))
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^media\.(bad-sdp|limit)$/) as string })
      }
    }
  })
})
