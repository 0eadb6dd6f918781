import { describe, expect, test } from 'vitest'
import { forEachExtension, payloadLength, payloadStart, sequenceDelta } from './header.ts'
import { NackTracker } from './nack-tracker.ts'
import { PacketRing } from './packet-ring.ts'
import { emptyFrameNumbers, readFrameNumbers, startsKeyFrame } from './payload.ts'
import { parseRtcp } from './rtcp-parse.ts'
import type { RtcpHandlers } from './rtcp-parse.ts'
import {
  writeFullIntraRequest,
  writeNack,
  writePictureLoss,
  writeReceiverReport,
  writeSenderReport,
} from './rtcp-write.ts'
import { TransportFeedbackWriter } from './transport-feedback.ts'
import type { TransportFeedback } from './transport-feedback.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')

/** Everything a compound packet says, as a list. */
function read(data: Buffer): unknown[] {
  const heard: unknown[] = []
  const handlers: RtcpHandlers = {
    onSenderReport: (...args) => heard.push(['sr', ...args]),
    onReceptionReport: (report) => heard.push(['report', report]),
    onNack: (...args) => heard.push(['nack', ...args]),
    onKeyFrameRequest: (ssrc) => heard.push(['key', ssrc]),
    onBitrateEstimate: (bits) => heard.push(['remb', bits]),
    onTransportFeedback: (feedback) => heard.push(['feedback', feedback]),
    onBye: (ssrc) => heard.push(['bye', ssrc]),
  }
  parseRtcp(data, data.length, handlers)
  return heard
}

describe('RTP headers', () => {
  const packet = hex('b1 60 0001 00000002 00000003 00000004 bede0002 10 aa 32 bbccdd 00 00 0102 0304 04040404')

  test('the payload begins behind contributors and extensions and ends before the padding', () => {
    expect(payloadStart(packet, packet.length)).toBe(28)
    expect(payloadLength(packet, 28, packet.length)).toBe(4)
    expect(payloadStart(packet, 27)).toBe(-1)
  })

  test('one- and two-byte extensions are found, cut ones are not', () => {
    const found: unknown[] = []
    forEachExtension(packet, (id, at, length) => found.push([id, packet.subarray(at, at + length).toString('hex')]))
    expect(found).toEqual([
      [1, 'aa'],
      [3, 'bbccdd'],
    ])
    const two = hex('90600001 00000002 00000003 10000002 05 02 0102 00 07 09 01')
    const ids: number[] = []
    forEachExtension(two, (id) => ids.push(id))
    expect(ids).toEqual([5])
  })

  test('sequence numbers compare across their wrap', () => {
    expect(sequenceDelta(2, 65_534)).toBe(4)
    expect(sequenceDelta(65_534, 2)).toBe(-4)
  })
})

describe('RTCP', () => {
  test('what is written is read', () => {
    const report = {
      ssrc: 9,
      fractionLost: 0.25,
      packetsLost: -3,
      highestSequence: 70_000,
      jitter: 12,
      lastReport: 0xaabbccdd,
      delaySinceLastReport: 65_536,
    }
    const at = Date.UTC(2026, 0, 1, 0, 0, 0, 500)
    const compound = Buffer.concat([
      writeSenderReport({ ssrc: 7, atMs: at, rtpTimestamp: 4_000_000_000, packets: 1, bytes: 2 }),
      writeReceiverReport(1, [report]),
      writeNack(1, 2, [65_534, 65_535, 3, 15, 40]),
      writePictureLoss(1, 5),
      writeFullIntraRequest(1, 6, 1),
    ])
    const heard = read(compound)
    expect(heard[0]).toEqual(['sr', 7, expect.closeTo(at, 2), expect.any(Number), 4_000_000_000])
    expect(heard.slice(1)).toEqual([
      ['report', report],
      ['nack', 2, [65_534, 65_535, 3, 15, 40]],
      ['key', 5],
      ['key', 6],
    ])
  })

  test('REMB and BYE are understood', () => {
    expect(read(hex('8fce0005 00000001 00000000 52454d42 010bd090 00000002'))).toEqual([['remb', 0x3d090 * 4]])
    expect(read(hex('81cb0001 00000005'))).toEqual([['bye', 5]])
  })

  test('lengths that lie end the reading', () => {
    expect(read(hex('81c9ffff 00000001'))).toEqual([])
    expect(read(hex('8fcd0004 00000001 00000002 0001ffff 00000000'))).toEqual([])
  })
})

describe('transport-wide feedback', () => {
  const roundTrip = (arrivals: [number, number][]): TransportFeedback['packets'] => {
    const writer = new TransportFeedbackWriter()
    for (const [sequence, at] of arrivals) writer.arrived(sequence, at)
    return writer.take(1, 2).flatMap((packet) => {
      const [entry] = read(packet) as [['feedback', TransportFeedback]]
      return entry[1].packets
    })
  }

  test('gaps are lost packets, and times are kept to a quarter of a millisecond', () => {
    const packets = roundTrip([
      [10, 1000],
      [11, 1000.5],
      [15, 1080],
      [14, 1079],
    ])
    expect(packets.map((each) => each.sequence)).toEqual([10, 11, 12, 13, 14, 15])
    expect(packets.map((each) => each.arrivalMs)).toEqual([1000, 1000.5, null, null, 1079, 1080])
  })

  test('long runs, long gaps and late ones come through, across the wrap', () => {
    const arrivals: [number, number][] = []
    for (let i = 0; i < 600; i++) if (i % 97 !== 0 || i === 0) arrivals.push([(65_000 + i) & 0xffff, 5000 + i * 1.25])
    for (let i = 0; i < 30; i++) arrivals.push([(65_700 + i * 3) & 0xffff, 9000 + i * 70])
    const packets = roundTrip(arrivals)
    const arrived = packets.filter((each) => each.arrivalMs !== null)
    expect(arrived.map((each) => each.sequence)).toEqual(arrivals.map(([sequence]) => sequence))
    arrived.forEach((each, i) => expect(Math.abs(each.arrivalMs! - arrivals[i]![1])).toBeLessThanOrEqual(0.25))
  })

  test('nothing is reported twice unless it came late, and a break of minutes does not jam it', () => {
    const writer = new TransportFeedbackWriter()
    writer.arrived(1, 100)
    writer.arrived(3, 101)
    expect(writer.take(1, 2)).toHaveLength(1)
    expect(writer.take(1, 2)).toHaveLength(0)
    writer.arrived(2, 150)
    const [late] = writer.take(1, 2).flatMap((packet) => read(packet)) as [['feedback', TransportFeedback]]
    expect(late[1].packets[0]).toEqual({ sequence: 2, arrivalMs: 150 })
    writer.arrived(30_000, 200_000)
    writer.arrived(30_001, 200_001)
    const after = writer.take(1, 2).flatMap((packet) => read(packet)) as ['feedback', TransportFeedback][]
    expect(after.flatMap(([, feedback]) => feedback.packets.map((each) => each.sequence))).toEqual([30_000, 30_001])
  })
})

describe('the packet ring', () => {
  test('keeps the last packets and takes none twice', () => {
    const ring = new PacketRing(8)
    const packet = (n: number) => Buffer.concat([Buffer.alloc(12), Buffer.from([n])])
    for (let n = 100; n < 120; n++) expect(ring.put(n, n - 1, packet(n), 12, 13)).toBeGreaterThanOrEqual(0)
    expect(ring.put(118, 119, packet(1), 12, 13)).toBe(-1)
    expect(ring.put(100, 119, packet(1), 12, 13)).toBe(-1)
    expect(ring.find(111)).toBe(-1)
    const slot = ring.find(112)
    expect(ring.data[ring.payloadOffset(slot)]).toBe(112)
    expect(ring.payloadLength(slot)).toBe(1)
  })
})

describe('asking for lost packets', () => {
  test('at once, again after the interval, and not for ever', () => {
    const tracker = new NackTracker()
    tracker.gap(10, 14)
    tracker.arrived(12)
    expect(tracker.due(14, 0, 50)).toEqual([11, 13])
    expect(tracker.due(14, 20, 50)).toEqual([])
    tracker.arrived(11)
    for (let i = 1; i < 8; i++) expect(tracker.due(14, i * 60, 50)).toEqual([13])
    expect(tracker.due(14, 1000, 50)).toEqual([])
    expect(tracker.gaveUp).toBe(true)
    expect(tracker.isEmpty).toBe(true)
  })

  test('a leap is no loss to repair', () => {
    const tracker = new NackTracker()
    tracker.gap(10, 5000)
    expect(tracker.isEmpty).toBe(true)
    expect(tracker.gaveUp).toBe(true)
  })
})

describe('payloads', () => {
  test.each([
    ['vp8', '90 e0 8001 05 20 10 00 00 9d012a', true],
    ['vp8', '90 e0 8001 05 20 11 00 00', false],
    ['vp8', '80 e0 8001 05 20 10 00 00', false],
    ['vp8', '10 10 00', true],
    ['vp9', '8c 8001 00 00', true],
    ['vp9', 'cc 8001 00 00', false],
    ['h264', '67 42e01f', true],
    ['h264', '61 e0', false],
    ['h264', '78 0004 6742e01f 0002 68ce', true],
    ['h264', '7c 85 88', true],
    ['h264', '7c 05 88', false],
    ['av1', '18 0a 0b', true],
    ['av1', '10 30', false],
  ])('%s %s starts a key frame: %s', (codec, bytes, expected) => {
    const data = hex(bytes)
    expect(startsKeyFrame(codec, data, 0, data.length)).toBe(expected)
  })

  test('frame numbers are found in their long and short forms', () => {
    const numbers = emptyFrameNumbers()
    expect(readFrameNumbers('vp8', hex('90 e0 8102 05 20 10 00'), 0, 8, numbers)).toBe(true)
    expect(numbers).toEqual({ pictureIdAt: 2, isLong: true, pictureId: 0x102, tl0At: 4, tl0: 5 })
    expect(readFrameNumbers('vp9', hex('ac 8102 00 07 11 22'), 0, 7, numbers)).toBe(true)
    expect(numbers).toEqual({ pictureIdAt: 1, isLong: true, pictureId: 0x102, tl0At: 4, tl0: 7 })
    expect(readFrameNumbers('vp8', hex('90 80 12 10 00'), 0, 5, numbers)).toBe(true)
    expect(numbers).toMatchObject({ pictureIdAt: 2, isLong: false, pictureId: 0x12, tl0At: -1 })
    expect(readFrameNumbers('h264', hex('6742'), 0, 2, numbers)).toBe(false)
  })
})
