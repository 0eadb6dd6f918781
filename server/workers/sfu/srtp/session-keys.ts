import { createCipheriv } from 'node:crypto'

/** The session keys of one direction (RFC 3711 section 4.3), AES_CM_128_HMAC_SHA1_80. */
export interface SessionKeys {
  rtp: { key: Buffer; salt: Buffer; auth: Buffer }
  rtcp: { key: Buffer; salt: Buffer; auth: Buffer }
}

/** Derives the session keys from a master key (16 bytes) and salt (14 bytes), with a key derivation rate of zero. */
export function deriveSessionKeys(masterKey: Buffer, masterSalt: Buffer): SessionKeys {
  const derive = (label: number, length: number): Buffer => {
    const iv = Buffer.alloc(16)
    masterSalt.copy(iv)
    iv[7] = iv[7]! ^ label
    return createCipheriv('aes-128-ctr', masterKey, iv).update(Buffer.alloc(length))
  }
  return {
    rtp: { key: derive(0, 16), auth: derive(1, 20), salt: derive(2, 14) },
    rtcp: { key: derive(3, 16), auth: derive(4, 20), salt: derive(5, 14) },
  }
}
