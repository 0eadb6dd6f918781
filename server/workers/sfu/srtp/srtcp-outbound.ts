import { Authenticator, PAD_LENGTH, TAG_LENGTH } from './authenticator.ts'
import { applyKeystream } from './inbound.ts'
import { Keystream } from './keystream.ts'
import type { SessionKeys } from './session-keys.ts'

/** Protects compound RTCP packets for one remote end (RFC 3711 section 3.4). */
export class SrtcpOutbound {
  private readonly stream: Keystream
  private readonly auth: Authenticator
  private index = 0

  constructor(keys: SessionKeys['rtcp']) {
    this.stream = new Keystream(keys.key, keys.salt)
    this.auth = new Authenticator(keys.auth)
  }

  /** A new datagram with the protected form of `compound`. */
  protect(compound: Buffer): Buffer {
    const index = this.index
    this.index = (index + 1) & 0x7fffffff
    const end = PAD_LENGTH + compound.length
    const padded = Buffer.alloc(end + 4 + TAG_LENGTH)
    this.auth.copyPad(padded, 0)
    compound.copy(padded, PAD_LENGTH)
    this.stream.begin()
    this.stream.add(compound.readUInt32BE(4), index >>> 16, index & 0xffff, compound.length - 8)
    applyKeystream(padded, PAD_LENGTH + 8, end, this.stream.generate())
    padded.writeUInt32BE((index | 0x80000000) >>> 0, end)
    padded.write(this.auth.digest(padded.subarray(0, end + 4)), end + 4, TAG_LENGTH, 'binary')
    return padded.subarray(PAD_LENGTH)
  }
}
