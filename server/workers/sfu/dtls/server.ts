import { createHash, randomBytes, sign, timingSafeEqual } from 'node:crypto'
import { matchesFingerprint } from './certificate.ts'
import type { DtlsCertificate } from './certificate.ts'
import * as handshake from './handshake.ts'
import { createEphemeralKey, sharedSecret, verifySignature } from './key-exchange.ts'
import type { EphemeralKey } from './key-exchange.ts'
import { prf } from './prf.ts'
import * as records from './record.ts'

const ECDHE_ECDSA_AES128_GCM_SHA256 = 0xc02b
const SRTP_AES128_CM_SHA1_80 = 0x0001
const MTU = 1200
const FIRST_RETRANSMIT_MS = 500
const MAX_RETRANSMITS = 6

/** SRTP master keys and salts as exported after the handshake (RFC 5764 section 4.2). */
export interface SrtpMasterKeys {
  localKey: Buffer
  localSalt: Buffer
  remoteKey: Buffer
  remoteSalt: Buffer
}

/** What a DTLS server talks to. */
export interface DtlsServerOptions {
  certificate: DtlsCertificate
  /** Fingerprints of the client's description, one of which its certificate must have. */
  fingerprints: readonly { algorithm: string; value: string }[]
  send(datagram: Buffer): void
  onConnected(keys: SrtpMasterKeys): void
  /** The handshake failed or the client said goodbye; nothing follows. */
  onClosed(reason: string): void
}

/**
 * The server side of one DTLS 1.2 handshake for SRTP (RFC 6347, 5764, 7627): ECDHE with ECDSA and AES-128-GCM, the client's
 * certificate required, its possession of the key and its fingerprint verified. No HelloVerifyRequest: datagrams are only
 * handed in from addresses that ICE has validated. Never throws on what it is fed.
 */
export class DtlsServer {
  private readonly options: DtlsServerOptions
  private readonly reader = new handshake.HandshakeReader()
  private state: 'hello' | 'key-exchange' | 'connected' | 'closed' = 'hello'
  private transcript: Buffer[] = []
  private sendSequence = 0
  private recordSequence = 0
  private clientRandom: Buffer = Buffer.alloc(0)
  private readonly serverRandom = randomBytes(32)
  private ephemeral: EphemeralKey | null = null
  private extendedMasterSecret = false
  private clientCertificate: Buffer | null = null
  private certificateVerified = false
  private master: Buffer = Buffer.alloc(0)
  private protection: records.RecordProtection | null = null
  /** Datagrams of epoch 1 that came before the keys were known: one flight's worth. */
  private early: Buffer[] = []
  private lastFlight: Buffer[] = []
  private timer: NodeJS.Timeout | null = null
  private retransmits = 0

  constructor(options: DtlsServerOptions) {
    this.options = options
  }

  /** Takes one datagram from the client. */
  receive(datagram: Buffer): void {
    let repeated = false
    try {
      for (const record of records.parseRecords(datagram)) {
        if (this.state === 'closed') return
        if (record.epoch === 0) {
          if (record.type !== records.CONTENT_HANDSHAKE || this.state === 'connected') continue
          for (const message of this.reader.push(record.fragment)) this.handle(message, 'plain')
        } else if (record.epoch === 1 && this.protection) {
          const plain = this.protection.open(record)
          if (plain) this.receiveSealed(record.type, plain)
          else continue
        } else {
          if (this.early.length < 4) this.early.push(Buffer.from(datagram))
          break
        }
        repeated ||= this.reader.repeated
      }
    } catch (error) {
      this.fail(error instanceof Error ? error.message : 'malformed handshake')
    }
    // The client repeats its flight because ours was lost.
    if (repeated) for (const flight of this.lastFlight) this.options.send(flight)
    if (this.protection && this.early.length > 0) for (const held of this.early.splice(0)) this.receive(held)
  }

  /** Says goodbye if connected and frees the timer. */
  close(): void {
    if (this.state === 'connected' && this.protection) {
      this.options.send(this.protection.seal(records.CONTENT_ALERT, Buffer.from([1, 0])))
    }
    this.end()
  }

  private end(): void {
    this.state = 'closed'
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
  }

  private fail(reason: string): void {
    // After the handshake nothing a stranger sends in the clear may end the connection.
    if (this.state === 'connected' || this.state === 'closed') return
    const alert = Buffer.from([2, 40])
    this.options.send(records.writeRecord(records.CONTENT_ALERT, 0, this.recordSequence++, alert))
    this.end()
    this.options.onClosed(reason)
  }

  private receiveSealed(type: number, plain: Buffer): void {
    if (type === records.CONTENT_HANDSHAKE) {
      for (const message of this.reader.push(plain)) this.handle(message, 'sealed')
    } else if (type === records.CONTENT_ALERT && plain.length >= 2 && (plain[0] === 2 || plain[1] === 0)) {
      this.end()
      this.options.onClosed(plain[1] === 0 ? 'closed by the client' : `alert ${plain[1]}`)
    }
  }

  private handle({ type, body, raw }: handshake.HandshakeMessage, came: 'plain' | 'sealed'): void {
    // Finished is the first message under the new keys, and the only one (RFC 5246 section 7.4.9).
    if ((type === handshake.FINISHED) !== (came === 'sealed')) throw new Error('handshake message in the wrong epoch')
    if (type === handshake.CLIENT_HELLO && this.state === 'hello') {
      this.transcript.push(raw)
      this.answerHello(handshake.parseClientHello(body))
    } else if (this.state !== 'key-exchange') {
      throw new Error('handshake message out of place')
    } else if (type === handshake.CERTIFICATE && !this.clientCertificate) {
      const der = Buffer.from(body.subarray(6, 6 + body.readUIntBE(3, 3)))
      if (!this.options.fingerprints.some((print) => matchesFingerprint(der, print.algorithm, print.value))) {
        throw new Error('the certificate is not the one described')
      }
      this.clientCertificate = der
      this.transcript.push(raw)
    } else if (type === handshake.CLIENT_KEY_EXCHANGE && this.clientCertificate && !this.protection) {
      this.transcript.push(raw)
      this.deriveKeys(body.subarray(1, 1 + body.readUInt8(0)))
    } else if (type === handshake.CERTIFICATE_VERIFY && this.clientCertificate && this.protection) {
      const signature = body.subarray(4, 4 + body.readUInt16BE(2))
      const signed = Buffer.concat(this.transcript)
      if (!verifySignature(this.clientCertificate, body.readUInt16BE(0), signed, signature)) {
        throw new Error('the client does not hold its certificate')
      }
      this.certificateVerified = true
      this.transcript.push(raw)
    } else if (type === handshake.FINISHED && this.certificateVerified) {
      this.finish(body, raw)
    } else {
      throw new Error(`unexpected handshake message ${type}`)
    }
  }

  private answerHello(hello: handshake.ClientHello): void {
    if (!hello.cipherSuites.includes(ECDHE_ECDSA_AES128_GCM_SHA256)) throw new Error('no common cipher suite')
    if (!hello.srtpProfiles.includes(SRTP_AES128_CM_SHA1_80)) throw new Error('no common SRTP profile')
    this.ephemeral = createEphemeralKey(hello.groups)
    this.clientRandom = hello.random
    this.extendedMasterSecret = hello.extendedMasterSecret
    const { der, privateKey } = this.options.certificate
    const { group, point } = this.ephemeral
    const parameters = Buffer.concat([Buffer.from([3, 0, group, point.length]), point])
    const signature = sign('sha256', Buffer.concat([this.clientRandom, this.serverRandom, parameters]), privateKey)
    const keyExchange = Buffer.concat([parameters, Buffer.from([4, 3]), uint16(signature.length), signature])
    // Certificates by ECDSA or RSA, of any authority: their fingerprint is what counts.
    const request = Buffer.from([2, 64, 1, 0, 8, 0x04, 0x03, 0x08, 0x04, 0x04, 0x01, 0x05, 0x03, 0, 0])
    this.lastFlight = this.pack([
      this.message(handshake.SERVER_HELLO, this.serverHello()),
      this.message(handshake.CERTIFICATE, Buffer.concat([uint24(der.length + 3), uint24(der.length), der])),
      this.message(handshake.SERVER_KEY_EXCHANGE, keyExchange),
      this.message(handshake.CERTIFICATE_REQUEST, request),
      this.message(handshake.SERVER_HELLO_DONE, Buffer.alloc(0)),
    ])
    this.state = 'key-exchange'
    this.transmit()
  }

  private serverHello(): Buffer {
    // Renegotiation info (empty), SRTP with the one profile, uncompressed points, and the extended master secret.
    const extensions = Buffer.from('ff01000100000e00050002000100000b00020100', 'hex')
    const secret = this.extendedMasterSecret ? Buffer.from('00170000', 'hex') : Buffer.alloc(0)
    return Buffer.concat([
      uint16(0xfefd),
      this.serverRandom,
      Buffer.from([0]),
      uint16(ECDHE_ECDSA_AES128_GCM_SHA256),
      Buffer.from([0]),
      uint16(extensions.length + secret.length),
      extensions,
      secret,
    ])
  }

  private deriveKeys(clientPoint: Buffer): void {
    const secret = sharedSecret(this.ephemeral!, clientPoint)
    this.master = this.extendedMasterSecret
      ? prf(secret, 'extended master secret', this.transcriptHash(), 48)
      : prf(secret, 'master secret', Buffer.concat([this.clientRandom, this.serverRandom]), 48)
    const block = prf(this.master, 'key expansion', Buffer.concat([this.serverRandom, this.clientRandom]), 40)
    this.protection = new records.RecordProtection(
      { key: block.subarray(16, 32), iv: block.subarray(36, 40) },
      { key: block.subarray(0, 16), iv: block.subarray(32, 36) },
    )
  }

  private finish(body: Buffer, raw: Buffer): void {
    const expected = prf(this.master, 'client finished', this.transcriptHash(), 12)
    if (body.length !== 12 || !timingSafeEqual(body, expected)) throw new Error('the handshake was tampered with')
    this.transcript.push(raw)
    const verifyData = prf(this.master, 'server finished', this.transcriptHash(), 12)
    const changeCipher = records.writeRecord(records.CONTENT_CHANGE_CIPHER, 0, this.recordSequence++, Buffer.from([1]))
    const finished = this.protection!.seal(
      records.CONTENT_HANDSHAKE,
      handshake.writeHandshake(handshake.FINISHED, this.sendSequence++, verifyData),
    )
    this.end()
    this.state = 'connected'
    this.transcript = []
    this.lastFlight = [Buffer.concat([changeCipher, finished])]
    for (const datagram of this.lastFlight) this.options.send(datagram)
    const seed = Buffer.concat([this.clientRandom, this.serverRandom])
    const keys = prf(this.master, 'EXTRACTOR-dtls_srtp', seed, 60)
    this.options.onConnected({
      remoteKey: keys.subarray(0, 16),
      localKey: keys.subarray(16, 32),
      remoteSalt: keys.subarray(32, 46),
      localSalt: keys.subarray(46, 60),
    })
  }

  private message(type: number, body: Buffer): Buffer {
    const message = handshake.writeHandshake(type, this.sendSequence++, body)
    this.transcript.push(message)
    return records.writeRecord(records.CONTENT_HANDSHAKE, 0, this.recordSequence++, message)
  }

  private pack(parts: Buffer[]): Buffer[] {
    const datagrams: Buffer[] = []
    for (const part of parts) {
      const last = datagrams.at(-1)
      if (last && last.length + part.length <= MTU) datagrams[datagrams.length - 1] = Buffer.concat([last, part])
      else datagrams.push(part)
    }
    return datagrams
  }

  private transmit(): void {
    for (const datagram of this.lastFlight) this.options.send(datagram)
    this.timer = setTimeout(
      () => {
        if (this.retransmits++ < MAX_RETRANSMITS) this.transmit()
        else this.fail('the client does not answer')
      },
      FIRST_RETRANSMIT_MS * 2 ** this.retransmits,
    )
  }

  private transcriptHash(): Buffer {
    return createHash('sha256').update(Buffer.concat(this.transcript)).digest()
  }
}

function uint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff])
}

function uint24(value: number): Buffer {
  return Buffer.from([value >> 16, (value >> 8) & 0xff, value & 0xff])
}
