import { hash } from 'node:crypto'

/** Length of an authentication tag of AES_CM_128_HMAC_SHA1_80. */
export const TAG_LENGTH = 10
/** Bytes a message must leave free before itself: the inner pad is hashed together with it. */
export const PAD_LENGTH = 64

/**
 * HMAC-SHA1 as two one-shot hashes over buffers laid out in advance: an eighth of the cost of `createHmac` per packet.
 * The caller's buffer holds the inner pad (`copyPad`) in the 64 bytes before the message.
 */
export class Authenticator {
  private readonly innerPad: Buffer = Buffer.alloc(PAD_LENGTH, 0x36)
  private readonly outer: Buffer = Buffer.alloc(PAD_LENGTH + 20, 0x5c)

  constructor(key: Buffer) {
    for (let i = 0; i < key.length; i++) {
      this.innerPad[i] = this.innerPad[i]! ^ key[i]!
      this.outer[i] = this.outer[i]! ^ key[i]!
    }
  }

  /** Writes the inner pad at `at`. */
  copyPad(into: Buffer, at: number): void {
    into.set(this.innerPad, at)
  }

  /** The digest (20 latin-1 characters) of a pad and a message that fill `padded`. */
  digest(padded: Buffer): string {
    this.outer.write(hash('sha1', padded, 'binary'), PAD_LENGTH, 20, 'binary')
    return hash('sha1', this.outer, 'binary')
  }
}

/** Whether the tag at `at` is the beginning of `digest`, in constant time. */
export function tagMatches(data: Buffer, at: number, digest: string): boolean {
  let difference = 0
  for (let i = 0; i < TAG_LENGTH; i++) difference |= data[at + i]! ^ digest.charCodeAt(i)
  return difference === 0
}
