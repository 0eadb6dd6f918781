import type { Remote } from '../ice/remote.ts'
import type { PacketRing } from '../rtp/packet-ring.ts'
import { Authenticator, PAD_LENGTH, TAG_LENGTH } from './authenticator.ts'
import { BATCH, Keystream } from './keystream.ts'
import type { SessionKeys } from './session-keys.ts'

/** Header extension ids on every subscribe connection; we make the offers, so they are ours to choose. */
export const EXTENSION_IDS = { mid: 4, audioLevel: 1, transportSequence: 3, orientation: 5, contentType: 6 } as const

/** Packets waiting for one flush; beyond it a subscriber is being sent nonsense and packets are dropped. */
const MAX_QUEUE = 1024
const SCRATCH_SLOT = 1792
const SCRATCH_SLOTS = 1024
/** Datagrams are built here. The slots go round so that one the kernel could not take at once stays intact for a while. */
const scratch = Buffer.from(new ArrayBuffer(SCRATCH_SLOT * SCRATCH_SLOTS))
const scratchWords = new Uint32Array(scratch.buffer)
let nextScratch = 0

/** One packet to be sent: where its payload lies and everything of its header that is rewritten. */
export interface OutgoingPacket {
  ring: PacketRing
  slot: number
  sourceSequence: number
  ssrc: number
  payloadType: number
  marker: boolean
  /** Extended: the roll-over counter is its upper part. */
  sequence: number
  timestamp: number
  /** RFC 6464 byte, or -1. */
  audioLevel: number
  /** Video orientation byte, or -1. */
  orientation: number
  contentType: number
  /** The original sequence number of a retransmission (RFC 4588), or -1. */
  originalSequence: number
  /** Offsets in the payload and new values of up to three bytes of a VP8 or VP9 descriptor; offset -1 ends the list. */
  patches: Int16Array
}

/** Numbers packets across a transport and hears when each left. */
export interface TransportSequencer {
  /** The next transport-wide sequence number for a datagram of this size, or -1 where the client does not want any. */
  next(bytes: number): number
}

/** Protects RTP for one remote end and sends it, up to 16 packets at a time. */
export class SrtpOutbound {
  remote: Remote | null = null
  sequencer: TransportSequencer | null = null
  bytesSent = 0
  packetsSent = 0
  private readonly stream: Keystream
  private readonly auth: Authenticator
  private queue: OutgoingPacket[] = []
  private readonly streamAt = new Int32Array(BATCH)
  private readonly base = new Int32Array(BATCH)
  private readonly bodyAt = new Int32Array(BATCH)

  constructor(keys: SessionKeys['rtp']) {
    this.stream = new Keystream(keys.key, keys.salt)
    this.auth = new Authenticator(keys.auth)
  }

  /** Queues a packet until `flush`; false where the queue is full. */
  push(packet: OutgoingPacket): boolean {
    if (this.queue.length >= MAX_QUEUE) return false
    this.queue.push(packet)
    return true
  }

  /** Sends everything queued. */
  flush(): void {
    const queue = this.queue
    if (queue.length === 0) return
    this.queue = []
    if (!this.remote) return
    for (let from = 0; from < queue.length; from += BATCH)
      this.sendBatch(queue, from, Math.min(queue.length, from + BATCH))
  }

  private sendBatch(queue: OutgoingPacket[], from: number, to: number): void {
    this.stream.begin()
    for (let i = from; i < to; i++) {
      const packet = queue[i]!
      // The publisher may have overwritten the slot meanwhile; then the packet is lost, not wrong.
      if (!packet.ring.holds(packet.slot, packet.sourceSequence)) {
        this.base[i - from] = -1
        continue
      }
      const base = nextScratch * SCRATCH_SLOT
      nextScratch = (nextScratch + 1) % SCRATCH_SLOTS
      const extra = packet.originalSequence >= 0 ? 2 : 0
      const length = packet.ring.payloadLength(packet.slot) + extra
      const bodyAt = this.writeHeader(packet, base + PAD_LENGTH, length)
      this.base[i - from] = base
      this.bodyAt[i - from] = bodyAt
      const roc = Math.floor(packet.sequence / 65536)
      this.streamAt[i - from] = this.stream.add(packet.ssrc, roc, packet.sequence & 0xffff, length)
    }
    const stream = this.stream.generate()
    for (let i = from; i < to; i++) if (this.base[i - from]! >= 0) this.finish(queue[i]!, i - from, stream)
  }

  private writeHeader(packet: OutgoingPacket, at: number, bodyLength: number): number {
    scratch[at] = 0x80
    scratch[at + 1] = packet.payloadType | (packet.marker ? 0x80 : 0)
    scratch[at + 2] = (packet.sequence >> 8) & 0xff
    scratch[at + 3] = packet.sequence & 0xff
    writeUint32(at + 4, packet.timestamp)
    writeUint32(at + 8, packet.ssrc)
    let end = at + 16
    // The size is settled before the number is given out, so that the estimator knows what it weighs.
    let bytes = 3
    if (packet.audioLevel >= 0) bytes += 2
    if (packet.orientation >= 0) bytes += 2
    if (packet.contentType >= 0) bytes += 2
    const words = (bytes + 3) >> 2
    const number = this.sequencer ? this.sequencer.next(16 + words * 4 + bodyLength + TAG_LENGTH) : -1
    if (number >= 0) {
      scratch[end] = (EXTENSION_IDS.transportSequence << 4) | 1
      scratch[end + 1] = number >> 8
      scratch[end + 2] = number & 0xff
      end += 3
    }
    if (packet.audioLevel >= 0) end = writeByteExtension(end, EXTENSION_IDS.audioLevel, packet.audioLevel)
    if (packet.orientation >= 0) end = writeByteExtension(end, EXTENSION_IDS.orientation, packet.orientation)
    if (packet.contentType >= 0) end = writeByteExtension(end, EXTENSION_IDS.contentType, packet.contentType)
    if (end === at + 16) return at + 12
    while (((end - at) & 3) !== 0) scratch[end++] = 0
    scratch[at] = 0x90
    scratch[at + 12] = 0xbe
    scratch[at + 13] = 0xde
    scratch[at + 14] = 0
    scratch[at + 15] = (end - at - 16) >> 2
    return end
  }

  private finish(packet: OutgoingPacket, index: number, stream: Uint32Array): void {
    const { ring, slot } = packet
    const base = this.base[index]!
    const bodyAt = this.bodyAt[index]!
    const from = ring.payloadOffset(slot)
    const length = ring.payloadLength(slot)
    let end = bodyAt + length
    if (packet.originalSequence >= 0) {
      end += 2
      scratch[bodyAt] = packet.originalSequence >> 8
      scratch[bodyAt + 1] = packet.originalSequence & 0xff
      ring.data.copy(scratch, bodyAt + 2, from, from + length)
      applyPatches(packet, bodyAt + 2)
      xorWords(bodyAt, end, stream, this.streamAt[index]!)
    } else {
      copyXor(ring.words, from, bodyAt, length, stream, this.streamAt[index]!)
      // Counter mode commutes with XOR: a changed plain byte is the same change in the encrypted one.
      for (let p = 0; p < packet.patches.length && packet.patches[p]! >= 0; p += 2) {
        const at = packet.patches[p]!
        if (at < length) scratch[bodyAt + at]! ^= ring.data[from + at]! ^ packet.patches[p + 1]!
      }
    }
    writeUint32(end, Math.floor(packet.sequence / 65536))
    this.auth.copyPad(scratch, base)
    scratch.write(this.auth.digest(scratch.subarray(base, end + 4)), end, TAG_LENGTH, 'binary')
    const size = end + TAG_LENGTH - base - PAD_LENGTH
    this.bytesSent += size
    this.packetsSent++
    this.remote?.send(scratch, base + PAD_LENGTH, size)
  }
}

function applyPatches(packet: OutgoingPacket, at: number): void {
  for (let p = 0; p < packet.patches.length && packet.patches[p]! >= 0; p += 2) {
    scratch[at + packet.patches[p]!] = packet.patches[p + 1]!
  }
}

function writeByteExtension(at: number, id: number, value: number): number {
  scratch[at] = id << 4
  scratch[at + 1] = value
  return at + 2
}

function writeUint32(at: number, value: number): void {
  scratch[at] = value >>> 24
  scratch[at + 1] = (value >>> 16) & 0xff
  scratch[at + 2] = (value >>> 8) & 0xff
  scratch[at + 3] = value & 0xff
}

/** Headers are whole words and slots begin at words, so payloads do too; up to three bytes past the end are scribbled. */
function copyXor(
  source: Uint32Array,
  from: number,
  to: number,
  length: number,
  stream: Uint32Array,
  streamAt: number,
): void {
  const words = (length + 3) >> 2
  const a = from >> 2
  const b = to >> 2
  for (let i = 0; i < words; i++) scratchWords[b + i] = source[a + i]! ^ stream[streamAt + i]!
}

function xorWords(from: number, to: number, stream: Uint32Array, streamAt: number): void {
  const words = (to - from + 3) >> 2
  const b = from >> 2
  for (let i = 0; i < words; i++) scratchWords[b + i]! ^= stream[streamAt + i]!
}
