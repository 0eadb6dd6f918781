import { createCipheriv } from 'node:crypto'
import type { Cipheriv } from 'node:crypto'

/** Packets at most in one `generate`. */
export const BATCH = 16
const MAX_BLOCKS_PER_PACKET = 100
const IS_LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1
if (!IS_LITTLE_ENDIAN) throw new Error('the media plane packs counters for little-endian machines')

const counters = Buffer.alloc(BATCH * MAX_BLOCKS_PER_PACKET * 16)
const counterWords = new Uint32Array(counters.buffer, counters.byteOffset, counters.length / 4)

/**
 * The AES counter-mode keystream of SRTP (RFC 3711 section 4.1.1) made with one persistent ECB cipher: setting up a cipher per
 * packet costs many times the encryption, and one call for several packets spreads the cost of crossing into native code.
 * Used as: `begin()`, `add()` per packet, `generate()`.
 */
export class Keystream {
  private readonly cipher: Cipheriv
  private readonly word0: number
  private readonly word1: number
  private readonly word2: number
  private readonly word3: number
  private words = 0

  constructor(key: Buffer, salt: Buffer) {
    this.cipher = createCipheriv('aes-128-ecb', key, null)
    this.cipher.setAutoPadding(false)
    this.word0 = salt.readInt32LE(0)
    this.word1 = salt.readInt32LE(4)
    this.word2 = salt.readInt32LE(8)
    this.word3 = salt.readUInt16LE(12)
  }

  /** Forgets what was added. */
  begin(): void {
    this.words = 0
  }

  /**
   * Adds the blocks for `length` bytes of packet `sequence` with roll-over counter `roc` (for SRTCP: the index's upper and
   * lower 16 bits); returns where its keystream will begin, in 32-bit words.
   */
  add(ssrc: number, roc: number, sequence: number, length: number): number {
    const start = this.words
    const blocks = (length + 15) >> 4
    if (blocks > MAX_BLOCKS_PER_PACKET) throw new RangeError('packet too long for the keystream')
    const word0 = this.word0
    const word1 = this.word1 ^ swap32(ssrc)
    const word2 = this.word2 ^ swap32(roc)
    const word3 = this.word3 ^ (((sequence & 0xff) << 8) | ((sequence >> 8) & 0xff))
    let at = start
    for (let block = 0; block < blocks; block++) {
      counterWords[at] = word0
      counterWords[at + 1] = word1
      counterWords[at + 2] = word2
      counterWords[at + 3] = word3 | (block << 24)
      at += 4
    }
    this.words = at
    return start
  }

  /** The keystream of everything added, as 32-bit words in memory order. */
  generate(): Uint32Array {
    const stream = this.cipher.update(counters.subarray(0, this.words * 4))
    if ((stream.byteOffset & 3) === 0) return new Uint32Array(stream.buffer, stream.byteOffset, this.words)
    const aligned = Buffer.alloc(stream.length)
    stream.copy(aligned)
    return new Uint32Array(aligned.buffer, aligned.byteOffset, this.words)
  }
}

function swap32(value: number): number {
  return ((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >> 8) & 0xff00) | ((value >>> 24) & 0xff)
}
