import { constants, createPublicKey, diffieHellman, generateKeyPairSync, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { publicKeyOf } from './certificate.ts'

const X25519 = 29
const P256 = 23
/** SubjectPublicKeyInfo up to the raw point. */
const PREFIX: Record<number, Buffer> = {
  [X25519]: Buffer.from('302a300506032b656e032100', 'hex'),
  [P256]: Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex'),
}
const POINT_LENGTH: Record<number, number> = { [X25519]: 32, [P256]: 65 }

/** One side's ephemeral key of an ECDHE exchange. */
export interface EphemeralKey {
  /** TLS named group: 29 (X25519) or 23 (P-256). */
  group: number
  /** The public point as it goes on the wire. */
  point: Buffer
  privateKey: KeyObject
}

/** A fresh key in the first group of the client's list that we speak; throws where there is none. */
export function createEphemeralKey(groups: readonly number[]): EphemeralKey {
  const group = groups.find((candidate) => candidate === X25519 || candidate === P256)
  if (group === undefined) throw new Error('no common group')
  const pair = group === X25519 ? generateKeyPairSync('x25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const point = pair.publicKey.export({ type: 'spki', format: 'der' }).subarray(PREFIX[group]!.length)
  return { group, point, privateKey: pair.privateKey }
}

/** The secret shared with the owner of `point`; throws on a point that is none. */
export function sharedSecret(own: EphemeralKey, point: Buffer): Buffer {
  if (point.length !== POINT_LENGTH[own.group]) throw new Error('bad key share')
  const publicKey = createPublicKey({ key: Buffer.concat([PREFIX[own.group]!, point]), format: 'der', type: 'spki' })
  return diffieHellman({ privateKey: own.privateKey, publicKey })
}

/** Whether `signature` of TLS scheme `scheme` over `data` was made with the key of certificate `der`. */
export function verifySignature(der: Buffer, scheme: number, data: Buffer, signature: Buffer): boolean {
  const key = publicKeyOf(der)
  const type = key.asymmetricKeyType
  switch (scheme) {
    case 0x0403:
      return type === 'ec' && verify('sha256', data, key, signature)
    case 0x0503:
      return type === 'ec' && verify('sha384', data, key, signature)
    case 0x0401:
      return type === 'rsa' && verify('sha256', data, key, signature)
    case 0x0804: {
      const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      return type === 'rsa' && verify('sha256', data, { key, ...padding }, signature)
    }
    default:
      return false
  }
}
