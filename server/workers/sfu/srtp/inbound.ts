import { Authenticator, PAD_LENGTH, TAG_LENGTH, tagMatches } from './authenticator.ts'
import { IndexTracker } from './index-tracker.ts'
import { Keystream } from './keystream.ts'
import type { SessionKeys } from './session-keys.ts'

/** Largest protected packet taken; more does not fit an Ethernet frame. */
export const MAX_PACKET = 1500
/** SSRCs one client may use: eight m-lines of three layers with RTX, and some for restarts. */
const MAX_SSRCS = 128

const padded = Buffer.alloc(PAD_LENGTH + MAX_PACKET + 8)

/** Undoes SRTP and SRTCP for one remote end: authentication first, then replay, then decryption in place. */
export class SrtpInbound {
  private readonly rtpStream: Keystream
  private readonly rtpAuth: Authenticator
  private readonly rtcpStream: Keystream
  private readonly rtcpAuth: Authenticator
  private readonly rtp = new Map<number, IndexTracker>()
  private readonly rtcp = new Map<number, IndexTracker>()

  constructor(keys: SessionKeys) {
    this.rtpStream = new Keystream(keys.rtp.key, keys.rtp.salt)
    this.rtpAuth = new Authenticator(keys.rtp.auth)
    this.rtcpStream = new Keystream(keys.rtcp.key, keys.rtcp.salt)
    this.rtcpAuth = new Authenticator(keys.rtcp.auth)
  }

  /**
   * Decrypts an SRTP packet in place, whose payload begins at `payloadAt`. Returns the plain packet's length, or -1 for one
   * that is forged, replayed or malformed.
   */
  unprotectRtp(packet: Buffer, payloadAt: number): number {
    const length = packet.length - TAG_LENGTH
    if (length < payloadAt || packet.length > MAX_PACKET) return -1
    const ssrc = packet.readUInt32BE(8)
    const tracker = this.rtp.get(ssrc) ?? new IndexTracker()
    const index = tracker.estimate(packet.readUInt16BE(2))
    if (tracker.isReplay(index)) return -1
    const roc = Math.floor(index / 65536)
    this.rtpAuth.copyPad(padded, 0)
    packet.copy(padded, PAD_LENGTH, 0, length)
    padded.writeUInt32BE(roc, PAD_LENGTH + length)
    if (!tagMatches(packet, length, this.rtpAuth.digest(padded.subarray(0, PAD_LENGTH + length + 4)))) return -1
    remember(this.rtp, ssrc, tracker)
    tracker.accept(index)
    this.rtpStream.begin()
    this.rtpStream.add(ssrc, roc, index % 65536, length - payloadAt)
    applyKeystream(packet, payloadAt, length, this.rtpStream.generate())
    return length
  }

  /** Decrypts an SRTCP packet in place; returns the plain compound packet's length, or -1. */
  unprotectRtcp(packet: Buffer): number {
    const length = packet.length - TAG_LENGTH
    if (length < 12 || packet.length > MAX_PACKET) return -1
    const trailer = packet.readUInt32BE(length - 4)
    const index = trailer & 0x7fffffff
    const ssrc = packet.readUInt32BE(4)
    const tracker = this.rtcp.get(ssrc) ?? new IndexTracker()
    if (tracker.isReplay(index)) return -1
    this.rtcpAuth.copyPad(padded, 0)
    packet.copy(padded, PAD_LENGTH, 0, length)
    if (!tagMatches(packet, length, this.rtcpAuth.digest(padded.subarray(0, PAD_LENGTH + length)))) return -1
    remember(this.rtcp, ssrc, tracker)
    tracker.accept(index)
    if (trailer >>> 31 === 1) {
      this.rtcpStream.begin()
      this.rtcpStream.add(ssrc, index >>> 16, index & 0xffff, length - 12)
      applyKeystream(packet, 8, length - 4, this.rtcpStream.generate())
    }
    return length - 4
  }
}

function remember(trackers: Map<number, IndexTracker>, ssrc: number, tracker: IndexTracker): void {
  if (trackers.has(ssrc)) return
  if (trackers.size >= MAX_SSRCS) {
    const oldest = trackers.keys().next().value
    if (oldest !== undefined) trackers.delete(oldest)
  }
  trackers.set(ssrc, tracker)
}

/** XORs `packet[from, to)` with the keystream's beginning. */
export function applyKeystream(packet: Buffer, from: number, to: number, stream: Uint32Array): void {
  if (((packet.byteOffset + from) & 3) === 0) {
    const words = new Uint32Array(packet.buffer, packet.byteOffset + from, (to - from) >> 2)
    for (let i = 0; i < words.length; i++) words[i]! ^= stream[i]!
    from += words.length * 4
    if (from === to) return
    const bytes = new Uint8Array(stream.buffer, stream.byteOffset + words.length * 4)
    for (let i = 0; from + i < to; i++) packet[from + i]! ^= bytes[i]!
    return
  }
  const bytes = new Uint8Array(stream.buffer, stream.byteOffset, stream.byteLength)
  for (let i = 0; from + i < to; i++) packet[from + i]! ^= bytes[i]!
}
