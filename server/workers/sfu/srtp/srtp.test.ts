import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import type * as Werift from 'werift'
import type { Remote } from '../ice/remote.ts'
import { payloadStart } from '../rtp/header.ts'
import { PacketRing } from '../rtp/packet-ring.ts'
import { IndexTracker } from './index-tracker.ts'
import { SrtpInbound } from './inbound.ts'
import { Keystream } from './keystream.ts'
import { SrtpOutbound } from './outbound.ts'
import type { OutgoingPacket } from './outbound.ts'
import { deriveSessionKeys } from './session-keys.ts'
import { SrtcpOutbound } from './srtcp-outbound.ts'

const { SrtpSession, SrtcpSession } = createRequire(import.meta.url)('werift') as typeof Werift

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')
const masterKey = hex('E1F97A0D3E018BE0D64FA32C06DE4139')
const masterSalt = hex('0EC675AD498AFEEBB6960B3AABE6')

describe('RFC 3711 test vectors', () => {
  test('B.2: the AES-CM keystream', () => {
    const stream = new Keystream(hex('2B7E151628AED2A6ABF7158809CF4F3C'), hex('F0F1F2F3F4F5F6F7F8F9FAFBFCFD'))
    stream.begin()
    stream.add(0, 0, 0, 48)
    const words = stream.generate()
    expect(Buffer.from(words.buffer, words.byteOffset, 48).toString('hex')).toBe(
      'e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab41e95b3bb0a2e8dd477901e4fca894c0',
    )
  })

  test('B.3: the session keys', () => {
    const { rtp } = deriveSessionKeys(masterKey, masterSalt)
    expect(rtp.key.toString('hex')).toBe('c61e7a93744f39ee10734afe3ff7a087')
    expect(rtp.salt.toString('hex')).toBe('30cbbc08863d8c85d49db34a9ae1')
    expect(rtp.auth.subarray(0, 20).toString('hex')).toBe('cebe321f6ff7716b6fd4ab49af256a156d38baa4')
  })
})

/** A remote end that keeps what it is sent. */
function collector(): Remote & { datagrams: Buffer[] } {
  const datagrams: Buffer[] = []
  return {
    key: 'test',
    address: '127.0.0.1',
    port: 1,
    protocol: 'udp',
    transport: null,
    datagrams,
    send: (buffer, at, length) => void datagrams.push(Buffer.from(buffer.subarray(at, at + length))),
  }
}

function source(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x80, 96, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]), payload])
}

function outgoing(
  ring: PacketRing,
  slot: number,
  sequence: number,
  more: Partial<OutgoingPacket> = {},
): OutgoingPacket {
  return {
    ring,
    slot,
    sourceSequence: 1,
    ssrc: 0xcafebabe,
    payloadType: 96,
    marker: true,
    sequence,
    timestamp: 123_456,
    audioLevel: -1,
    orientation: -1,
    contentType: -1,
    originalSequence: -1,
    patches: new Int16Array([-1]),
    ...more,
  }
}

function sender(remote: Remote): SrtpOutbound {
  const outbound = new SrtpOutbound(deriveSessionKeys(masterKey, masterSalt).rtp)
  outbound.remote = remote
  return outbound
}

function open(inbound: SrtpInbound, datagram: Buffer): Buffer | null {
  const at = payloadStart(datagram, datagram.length)
  const length = inbound.unprotectRtp(datagram, at)
  return length < 0 ? null : datagram.subarray(at, length)
}

const receiver = () => new SrtpInbound(deriveSessionKeys(masterKey, masterSalt))

describe('our SRTP', () => {
  test.each([1, 15, 16, 17, 100, 1199, 1200])('a payload of %i bytes survives the way out and in', (size) => {
    const remote = collector()
    const outbound = sender(remote)
    const payload = Buffer.from(Array.from({ length: size }, (_, i) => i & 0xff))
    const ring = new PacketRing(4)
    const slot = ring.put(1, 1, source(payload), 12, 12 + size)
    outbound.push(outgoing(ring, slot, 7))
    outbound.push(outgoing(ring, slot, 8, { audioLevel: 30, orientation: 1, contentType: 1 }))
    outbound.push(outgoing(ring, slot, 9, { originalSequence: 0x1234 }))
    outbound.flush()
    const inbound = receiver()
    expect(open(inbound, remote.datagrams[0]!)).toEqual(payload)
    expect(open(inbound, remote.datagrams[1]!)).toEqual(payload)
    expect(open(inbound, remote.datagrams[2]!)).toEqual(Buffer.concat([hex('1234'), payload]))
  })

  test('another implementation decrypts it, across more packets than one batch', () => {
    const remote = collector()
    const outbound = sender(remote)
    const ring = new PacketRing(4)
    const payload = Buffer.from('a picture of somebody')
    const slot = ring.put(1, 1, source(payload), 12, 12 + payload.length)
    for (let i = 0; i < 40; i++) outbound.push(outgoing(ring, slot, 65_520 + i))
    outbound.flush()
    const keys = {
      localMasterKey: masterKey,
      localMasterSalt: masterSalt,
      remoteMasterKey: masterKey,
      remoteMasterSalt: masterSalt,
    }
    const session = new SrtpSession({ keys, profile: 1 })
    for (const datagram of remote.datagrams) expect(session.decrypt(datagram).subarray(12)).toEqual(payload)
    expect(remote.datagrams).toHaveLength(40)
  })

  test('we decrypt another implementation, and drop what is replayed or forged', () => {
    const keys = {
      localMasterKey: masterKey,
      localMasterSalt: masterSalt,
      remoteMasterKey: masterKey,
      remoteMasterSalt: masterSalt,
    }
    const theirs = new SrtcpSession({ keys, profile: 1 })
    const compound = hex('80c90001 00000007')
    const inbound = receiver()
    const datagram = theirs.encrypt(hex('81c90007 00000007 00000001 00000000 00000000 00000000 00000000 00000000'))
    const copy = Buffer.from(datagram)
    expect(inbound.unprotectRtcp(datagram)).toBe(32)
    expect(datagram.readUInt32BE(8)).toBe(1)
    expect(inbound.unprotectRtcp(copy)).toBe(-1)
    expect(theirs.decrypt(new SrtcpOutbound(deriveSessionKeys(masterKey, masterSalt).rtcp).protect(compound))).toEqual(
      compound,
    )
  })

  test('a replayed, an altered and a truncated packet are dropped', () => {
    const remote = collector()
    const outbound = sender(remote)
    const ring = new PacketRing(4)
    const slot = ring.put(1, 1, source(Buffer.alloc(50, 3)), 12, 62)
    for (const sequence of [10, 11, 12]) outbound.push(outgoing(ring, slot, sequence))
    outbound.flush()
    const [first, second, third] = remote.datagrams as [Buffer, Buffer, Buffer]
    const inbound = receiver()
    const copy = Buffer.from(first)
    expect(open(inbound, first)).not.toBeNull()
    expect(open(inbound, copy)).toBeNull()
    second[20]! ^= 1
    expect(open(inbound, second)).toBeNull()
    expect(open(inbound, third.subarray(0, 40))).toBeNull()
    expect(open(inbound, third)).not.toBeNull()
  })

  test('bytes are patched the same in and out of a retransmission', () => {
    const remote = collector()
    const outbound = sender(remote)
    const ring = new PacketRing(4)
    const slot = ring.put(1, 1, source(Buffer.from([0x90, 0x80, 0x81, 0x02, 5, 6, 7, 8])), 12, 20)
    const patches = new Int16Array([2, 0xff, 3, 0xee, -1])
    outbound.push(outgoing(ring, slot, 1, { patches }))
    outbound.push(outgoing(ring, slot, 2, { patches, originalSequence: 1 }))
    outbound.flush()
    const inbound = receiver()
    expect(open(inbound, remote.datagrams[0]!)).toEqual(hex('9080ffee05060708'))
    expect(open(inbound, remote.datagrams[1]!)).toEqual(hex('00019080ffee05060708'))
  })
})

describe('the packet index', () => {
  test('rolls over, and knows latecomers from before', () => {
    const tracker = new IndexTracker()
    tracker.accept(tracker.estimate(65_534))
    tracker.accept(tracker.estimate(65_535))
    expect(tracker.estimate(0)).toBe(65_536)
    tracker.accept(65_536)
    expect(tracker.estimate(65_533)).toBe(65_533)
    expect(tracker.isReplay(65_533)).toBe(false)
    expect(tracker.isReplay(65_535)).toBe(true)
  })

  test('forgets nothing within its window and takes nothing from before it', () => {
    const tracker = new IndexTracker()
    for (let i = 5000; i < 8000; i += 2) tracker.accept(i)
    for (let i = 7998; i > 7998 - 1024; i--) expect(tracker.isReplay(i)).toBe(i % 2 === 0)
    expect(tracker.isReplay(7998 - 1024)).toBe(true)
    tracker.accept(500_000)
    expect(tracker.isReplay(499_999)).toBe(false)
  })
})
