import { expect, test } from 'vitest'
import { ReceiveStream } from './receive-stream.ts'
import type { IncomingPacket } from './receive-stream.ts'

function start(isVideo = true) {
  const nacked: number[][] = []
  let keyFrameRequests = 0
  const stream = new ReceiveStream({
    ssrc: 7,
    codec: isVideo ? 'vp8' : 'opus',
    clockRate: 90_000,
    isVideo,
    canRepair: isVideo,
    feedback: {
      sendNack: (_stream, sequences) => nacked.push(sequences),
      sendKeyFrameRequest: () => {
        keyFrameRequests++
      },
    },
  })
  const forwarded: number[] = []
  stream.sinks = [{ onPacket: (_stream, packet) => forwarded.push(packet.sequence & 0xffff) }]
  const incoming = { timestamp: 0, marker: false, audioLevel: -1, orientation: -1, contentType: -1 } as IncomingPacket
  const receive = (sequence: number, nowMs = 0, isRepair = false, payload = '10010203') => {
    const packet = Buffer.concat([Buffer.alloc(12), Buffer.from(payload, 'hex')])
    stream.receive(packet, 12, packet.length, sequence, incoming, nowMs, isRepair)
  }
  return { stream, nacked, forwarded, receive, keyFrameRequests: () => keyFrameRequests }
}

test('what is missing is asked for at once and forwarded when it comes, across the wrap', () => {
  const { stream, nacked, forwarded, receive } = start()
  for (const sequence of [65_533, 65_534, 1]) receive(sequence)
  expect(nacked).toEqual([[65_535, 0]])
  receive(65_535, 10, true)
  receive(65_535, 10, true)
  expect(forwarded).toEqual([65_533, 65_534, 1, 65_535])
  stream.tick(100, 20)
  expect(nacked).toEqual([[65_535, 0], [0]])
  expect(stream.packetsLost).toBe(1)
})

test('reports tell the loss of their interval, and packets dropped on purpose are none', () => {
  const { stream, receive } = start()
  for (let sequence = 0; sequence < 100; sequence++) if (sequence % 4 !== 1) receive(sequence)
  expect(stream.takeReport(0).fractionLost).toBeCloseTo(0.25)
  for (let sequence = 100; sequence < 5000; sequence++) stream.passOver(sequence)
  receive(5000)
  const report = stream.takeReport(0)
  expect(report.fractionLost).toBe(0)
  expect(report.packetsLost).toBe(25)
  expect(report.highestSequence).toBe(5000)
})

test('key frames are asked for at once, not more often than twice a second, until one comes', () => {
  const { stream, receive, keyFrameRequests } = start()
  receive(1, 0, false, '10010203')
  stream.requestKeyFrame(1000)
  stream.requestKeyFrame(1100)
  expect(keyFrameRequests()).toBe(1)
  stream.tick(1200, 20)
  expect(keyFrameRequests()).toBe(1)
  stream.tick(1501, 20)
  expect(keyFrameRequests()).toBe(2)
  receive(2, 1600, false, '10000203')
  stream.tick(2500, 20)
  expect(keyFrameRequests()).toBe(2)
})

test('a break that cannot be repaired asks for a key frame instead', () => {
  const { stream, nacked, receive, keyFrameRequests } = start()
  receive(1)
  receive(2000)
  stream.tick(1000, 20)
  expect(nacked).toEqual([])
  expect(keyFrameRequests()).toBe(1)
})

test('sound is not repaired', () => {
  const { nacked, receive } = start(false)
  receive(1)
  receive(5)
  expect(nacked).toEqual([])
})
