/** Bytes per slot: an Ethernet frame's RTP packet, and a multiple of four so that payloads can be copied word by word. */
const SLOT = 1536

/**
 * The last packets of one stream, decrypted, in one slab: what subscribers are sent from, and at the same time the history
 * that lost ones are repeated from.
 */
export class PacketRing {
  readonly data: Buffer
  readonly words: Uint32Array
  private readonly mask: number
  /** The extended sequence number in each slot, or -1. */
  private readonly sequences: Float64Array
  private readonly lengths: Uint16Array
  private readonly payloadStarts: Uint16Array

  /** `capacity` must be a power of two. */
  constructor(capacity: number) {
    this.data = Buffer.from(new ArrayBuffer(capacity * SLOT))
    this.words = new Uint32Array(this.data.buffer)
    this.mask = capacity - 1
    this.sequences = new Float64Array(capacity).fill(-1)
    this.lengths = new Uint16Array(capacity)
    this.payloadStarts = new Uint16Array(capacity)
  }

  /** Stores a packet; returns its slot, or -1 where it is there already, too old or too long. */
  put(sequence: number, highest: number, packet: Buffer, payloadAt: number, end: number): number {
    const slot = sequence & this.mask
    if (end > SLOT || this.sequences[slot] === sequence || highest - sequence > this.mask) return -1
    this.sequences[slot] = sequence
    this.lengths[slot] = end
    this.payloadStarts[slot] = payloadAt
    packet.copy(this.data, slot * SLOT, 0, end)
    return slot
  }

  /** The slot holding a packet, or -1 where it is gone or never came. */
  find(sequence: number): number {
    const slot = sequence & this.mask
    return this.sequences[slot] === sequence ? slot : -1
  }

  /** Whether the slot still holds this packet. */
  holds(slot: number, sequence: number): boolean {
    return this.sequences[slot] === sequence
  }

  /** Byte offset of a slot's packet in `data`. */
  offset(slot: number): number {
    return slot * SLOT
  }

  /** Byte offset of a slot's payload in `data`. */
  payloadOffset(slot: number): number {
    return slot * SLOT + this.payloadStarts[slot]!
  }

  /** Length of a slot's payload in bytes, padding taken off. */
  payloadLength(slot: number): number {
    return this.lengths[slot]! - this.payloadStarts[slot]!
  }
}
