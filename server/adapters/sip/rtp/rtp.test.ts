import { describe, expect, test } from 'vitest'
import { decodeG711, encodeG711, silenceOf } from './g711.ts'
import { Latch } from './latch.ts'
import { parseRtp, writeRtpHeader } from './packet.ts'
import { Reception, roundTripOf } from './reception.ts'
import { middleNtp, parseReports, writeReport } from './rtcp.ts'
import { Script } from './script.ts'

describe('G.711', () => {
  test('has the codes of the standard', () => {
    // ITU-T G.711, tables 1a and 2a: the ends, zero, and the first steps.
    expect([...encodeG711(Int16Array.from([0, 32_767, -32_768, 8, -8]), 'PCMU')]).toEqual([
      0xff, 0x80, 0x00, 0xfe, 0x7e,
    ])
    expect([...encodeG711(Int16Array.from([0, 32_767, -32_768, 16, -16]), 'PCMA')]).toEqual([
      0xd5, 0xaa, 0x2a, 0xd4, 0x55,
    ])
    expect([silenceOf('PCMU'), silenceOf('PCMA')]).toEqual([0xff, 0xd5])
  })

  test.each(['PCMU', 'PCMA'] as const)('%s comes back as it was, within its steps', (codec) => {
    const codes = Uint8Array.from({ length: 256 }, (_, code) => code)
    const again = encodeG711(decodeG711(codes, codec), codec)
    // The μ-law has two zeros.
    for (const code of codes) if (!(codec === 'PCMU' && code === 0x7f)) expect(again[code], `code ${code}`).toBe(code)
    const samples = Int16Array.from({ length: 6_500 }, (_, at) => at * 10 - 32_500)
    const back = decodeG711(encodeG711(samples, codec), codec)
    for (const [at, sample] of samples.entries()) {
      expect(Math.abs(sample - (back[at] ?? 0))).toBeLessThanOrEqual(Math.max(16, Math.abs(sample) / 16))
    }
  })
})

describe('packets', () => {
  test('that are none are told', () => {
    const good = Buffer.alloc(20)
    writeRtpHeader(good, { payloadType: 0, marker: true, sequence: 70_000, timestamp: 2 ** 32 + 5, ssrc: 1 })
    expect(parseRtp(good)).toMatchObject({ marker: true, sequence: 4_464, timestamp: 5 })
    const bad = [
      Buffer.alloc(0),
      Buffer.alloc(11, 0x80),
      Buffer.alloc(12),
      // More contributing sources than bytes, an extension without end, padding of nothing and of everything.
      Buffer.concat([Buffer.from([0x8f]), Buffer.alloc(15)]),
      Buffer.concat([Buffer.from([0x90]), Buffer.alloc(12), Buffer.from([0xff, 0xff, 0])]),
      Buffer.concat([Buffer.from([0xa0]), Buffer.alloc(19)]),
      Buffer.concat([Buffer.from([0xa0]), Buffer.alloc(18), Buffer.from([200])]),
    ]
    for (const bytes of bad) expect(parseRtp(bytes)).toBe(undefined)
  })
})

describe('reports', () => {
  test('come back as they were written', () => {
    const block = { ssrc: 9, fractionLost: 200, lost: 3, highestSequence: 70_000, jitter: 12, lastReport: 5, delay: 6 }
    const sender = { ssrc: 7, nowMs: 1_795_258_107_946, timestamp: 160, packets: 2, octets: 320 }
    const bytes = writeReport(sender, [block], { cname: 'abc', isLast: true })
    expect(bytes.length % 4).toBe(0)
    expect(parseReports(bytes, 9)).toMatchObject({ aboutUs: block, isGoodbye: true })
    expect(Math.abs((parseReports(bytes, 9)?.senderReport ?? 0) - middleNtp(sender.nowMs))).toBeLessThan(2)
    expect(parseReports(bytes.subarray(0, 20), 9)).toBe(undefined)
    expect(parseReports(Buffer.from('garbage!'), 9)).toBe(undefined)
  })

  test('count what is lost, over the end of the numbers, and the way there and back', () => {
    const reception = new Reception(1, 65_534)
    for (const sequence of [65_534, 65_535, 1, 2, 3]) reception.take({ sequence, timestamp: 0 }, 0, 8_000)
    expect(reception.lost).toBe(1)
    expect(reception.report(0, undefined)).toMatchObject({ lost: 1, highestSequence: 65_539 })
    const now = 1_795_258_107_946
    const block = { ssrc: 1, fractionLost: 0, lost: 0, highestSequence: 0, jitter: 0 }
    const trip = roundTripOf({ ...block, lastReport: middleNtp(now - 150), delay: 65_536 / 10 }, now)
    expect(trip).toBeGreaterThan(49)
    expect(trip).toBeLessThan(51)
  })
})

describe('who is believed', () => {
  const target = { port: 4_000, codec: 'PCMU', payloadType: 0, eventType: undefined } as const
  test('the described address, then nobody else', () => {
    const latch = new Latch({ ...target, address: '203.0.113.5', signalling: '203.0.113.9' })
    expect(latch.accepts({ address: '198.51.100.1', port: 1 })).toBe(false)
    expect(latch.destination).toMatchObject({ address: '203.0.113.5', port: 4_000 })
    expect(latch.accepts({ address: '203.0.113.5', port: 4_711 })).toBe(true)
    expect(latch.destination).toEqual({ address: '203.0.113.5', port: 4_711 })
    expect(latch.accepts({ address: '203.0.113.9', port: 4_000 })).toBe(false)
  })

  test('anybody first, where a private address is described from outside', () => {
    const latch = new Latch({ ...target, address: '192.168.1.5', signalling: '203.0.113.9' })
    expect(latch.accepts({ address: '198.51.100.1', port: 1 })).toBe(true)
    expect(latch.accepts({ address: '203.0.113.9', port: 1 })).toBe(false)
  })
})

test('a script plays keys, then the sound, then silence', () => {
  const script = new Script('1,', new Uint8Array(400))
  const frames = Array.from({ length: 16 + 50 + 3 + 2 }, () => script.next().type)
  expect(frames.filter((type) => type === 'key').length).toBe(11)
  expect(frames.slice(66)).toEqual(['sound', 'sound', 'sound', 'silence', 'silence'])
  expect(script.isOver).toBe(true)
})
