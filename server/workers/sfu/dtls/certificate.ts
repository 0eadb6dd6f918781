import { X509Certificate, createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** A self-signed certificate for DTLS: DER bytes, its private key, and its SHA-256 fingerprint as SDP writes it. */
export interface DtlsCertificate {
  der: Buffer
  privateKey: KeyObject
  fingerprint: string
}

/** A new P-256 certificate, valid from yesterday for a year: long beyond any call, short enough to mean nothing later. */
export function createCertificate(): DtlsCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const ecdsaWithSha256 = sequence(oid([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]))
  const name = sequence(set(sequence(oid([0x55, 0x04, 0x03]), der(0x0c, Buffer.from('confab')))))
  const day = 86_400_000
  const serial = randomBytes(16)
  serial[0] = (serial[0]! & 0x7f) | 0x40
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    ecdsaWithSha256,
    name,
    sequence(utcTime(Date.now() - day), utcTime(Date.now() + 365 * day)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  )
  const signature = sign('sha256', body, privateKey)
  const certificate = sequence(body, ecdsaWithSha256, der(0x03, Buffer.concat([Buffer.from([0]), signature])))
  return { der: certificate, privateKey, fingerprint: fingerprintOf(certificate, 'sha256') }
}

const FINGERPRINT_HASHES: Record<string, string> = { 'sha-256': 'sha256', 'sha-384': 'sha384', 'sha-512': 'sha512' }

/** Whether `der` is a certificate with this fingerprint (RFC 8122; MD5 and SHA-1 are not accepted). */
export function matchesFingerprint(der: Buffer, algorithm: string, value: string): boolean {
  const hash = FINGERPRINT_HASHES[algorithm.toLowerCase()]
  return hash !== undefined && fingerprintOf(der, hash) === value.toUpperCase()
}

/** The public key in a peer's certificate; throws on what is none. */
export function publicKeyOf(der: Buffer): KeyObject {
  return new X509Certificate(der).publicKey
}

function fingerprintOf(certificate: Buffer, hash: string): string {
  const digest = createHash(hash).update(certificate).digest('hex').toUpperCase()
  return digest.match(/../g)!.join(':')
}

function der(tag: number, content: Buffer): Buffer {
  const length = content.length
  const head =
    length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from(head), content])
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts))
}

function set(part: Buffer): Buffer {
  return der(0x31, part)
}

function oid(bytes: number[]): Buffer {
  return der(0x06, Buffer.from(bytes))
}

function utcTime(at: number): Buffer {
  const text = new Date(at).toISOString().replace(/[-:T]/g, '').slice(2, 14)
  return der(0x17, Buffer.from(`${text}Z`))
}
