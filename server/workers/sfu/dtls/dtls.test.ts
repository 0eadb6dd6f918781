import { X509Certificate, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import type * as Werift from 'werift'
import { createCertificate, matchesFingerprint } from './certificate.ts'
import { HandshakeReader, writeHandshake } from './handshake.ts'
import { verifySignature } from './key-exchange.ts'
import { prf } from './prf.ts'
import { DtlsServer } from './server.ts'
import type { SrtpMasterKeys } from './server.ts'

const { DtlsClient, RTCDtlsTransport } = createRequire(import.meta.url)('werift') as typeof Werift

interface Outcome {
  keys: SrtpMasterKeys | null
  clientKeys: { localKey: Buffer } | null
  closed: string | null
}

/** Lets another implementation's client shake hands with ours; `through` may alter or drop what passes. */
async function shakeHands(
  fingerprints: { algorithm: string; value: string }[] | null,
  through: (datagram: Buffer, from: 'client' | 'server', count: number) => Buffer | null = (datagram) => datagram,
): Promise<Outcome> {
  const own = await RTCDtlsTransport.SetupCertificate()
  const outcome: Outcome = { keys: null, clientKeys: null, closed: null }
  const counts = { client: 0, server: 0 }
  let settle = () => {}
  const settled = new Promise<void>((resolve) => {
    settle = resolve
  })
  const transport = {
    onData: (_data: Buffer) => {},
    send: (data: Buffer) => {
      const passed = through(data, 'client', counts.client++)
      if (passed) server.receive(passed)
      return Promise.resolve()
    },
    close: () => Promise.resolve(),
    closed: false,
    type: 'udp',
    address: ['127.0.0.1', 0],
  }
  const server = new DtlsServer({
    certificate: createCertificate(),
    fingerprints: fingerprints ?? own.getFingerprints(),
    send: (data) => {
      const passed = through(data, 'server', counts.server++)
      if (passed) queueMicrotask(() => transport.onData(passed))
    },
    onConnected: (keys) => {
      outcome.keys = keys
    },
    onClosed: (reason) => {
      outcome.closed = reason
      settle()
    },
  })
  const client = new DtlsClient({
    cert: own.certPem,
    key: own.privateKey,
    signatureHash: own.signatureHash,
    transport: transport as never,
    srtpProfiles: [1],
    extendedMasterSecret: true,
  })
  client.onConnect.once(() => {
    outcome.clientKeys = client.extractSessionKeys(16, 14)
    settle()
  })
  client.connect().catch(() => {})
  await settled
  server.close()
  return outcome
}

describe('the DTLS server', () => {
  test('agrees on keys with another implementation', async () => {
    const { keys, clientKeys, closed } = await shakeHands(null)
    expect(closed).toBeNull()
    expect(keys!.remoteKey).toEqual(clientKeys!.localKey)
    expect(keys!.localSalt).toHaveLength(14)
  })

  test('repeats what was lost', async () => {
    const { keys, clientKeys } = await shakeHands(null, (data, from, count) =>
      from === 'server' && count === 0 ? null : data,
    )
    expect(keys!.remoteKey).toEqual(clientKeys!.localKey)
  })

  test('refuses a certificate that was not described', async () => {
    const other = [{ algorithm: 'sha-256', value: Array(32).fill('AA').join(':') }]
    const { keys, closed } = await shakeHands(other)
    expect(keys).toBeNull()
    expect(closed).toBe('the certificate is not the one described')
  })

  test('refuses a client that has the certificate but not its key', () => {
    const { der } = createCertificate()
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const signature = sign(
      'sha256',
      Buffer.from('handshake'),
      createPrivateKey(stranger.privateKey.export({ type: 'pkcs8', format: 'pem' })),
    )
    expect(verifySignature(der, 0x0403, Buffer.from('handshake'), signature)).toBe(false)
    expect(verifySignature(der, 0x0401, Buffer.from('handshake'), signature)).toBe(false)
  })

  test('survives any bytes: random ones, and a true hello with bytes changed', () => {
    let hello: Buffer | null = null
    const client = new DtlsClient({
      transport: {
        onData: () => {},
        send: (data: Buffer) => {
          hello ??= Buffer.from(data)
          return Promise.resolve()
        },
        close: () => Promise.resolve(),
        closed: false,
        type: 'udp',
        address: ['127.0.0.1', 0],
      } as never,
      srtpProfiles: [1],
      extendedMasterSecret: true,
    })
    client.connect().catch(() => {})
    const certificate = createCertificate()
    for (let i = 0; i < 2000; i++) {
      const server = new DtlsServer({
        certificate,
        fingerprints: [{ algorithm: 'sha-256', value: certificate.fingerprint }],
        send: () => {},
        onConnected: () => expect.unreachable(),
        onClosed: () => {},
      })
      const mutated = Buffer.from(hello!)
      for (let n = 0; n <= i % 4; n++) mutated[(i * 31 + n * 17) % mutated.length] = (i * 7 + n * 13) & 0xff
      server.receive(mutated.subarray(0, mutated.length - (i % 3) * 10))
      server.close()
    }
  })
})

describe('pieces of the handshake', () => {
  test('a certificate is a certificate', () => {
    const { der, fingerprint } = createCertificate()
    const parsed = new X509Certificate(der)
    expect(parsed.fingerprint256).toBe(fingerprint)
    expect(parsed.verify(parsed.publicKey)).toBe(true)
    expect(matchesFingerprint(der, 'SHA-256', fingerprint.toLowerCase())).toBe(true)
    expect(matchesFingerprint(der, 'sha-1', fingerprint)).toBe(false)
  })

  test('the pseudo-random function (known vector for P_SHA256)', () => {
    const hex = (text: string) => Buffer.from(text, 'hex')
    const made = prf(
      hex('9bbe436ba940f017b17652849a71db35'),
      'test label',
      hex('a0ba9f936cda311827a6f796ffd5198c'),
      100,
    )
    expect(made.toString('hex').startsWith('e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a')).toBe(
      true,
    )
  })

  test('fragments are put together in any order, doubles ignored, lies dropped', () => {
    const body = Buffer.from(Array.from({ length: 100 }, (_, i) => i))
    const fragment = (offset: number, length: number) => {
      const whole = writeHandshake(1, 0, body)
      whole.writeUIntBE(offset, 6, 3)
      whole.writeUIntBE(length, 9, 3)
      return Buffer.concat([whole.subarray(0, 12), body.subarray(offset, offset + length)])
    }
    const reader = new HandshakeReader()
    expect(reader.push(fragment(60, 40))).toEqual([])
    expect(reader.push(fragment(0, 30))).toEqual([])
    expect(reader.push(fragment(0, 30))).toEqual([])
    const [message] = reader.push(fragment(20, 45))
    expect(message!.body).toEqual(body)
    expect(message!.raw.readUIntBE(9, 3)).toBe(100)
    reader.push(fragment(0, 30))
    expect(reader.repeated).toBe(true)
    const lie = writeHandshake(1, 1, body)
    lie.writeUIntBE(90, 6, 3)
    expect(reader.push(lie)).toEqual([])
    const huge = writeHandshake(1, 1, Buffer.alloc(0))
    huge.writeUIntBE(0xffffff, 1, 3)
    expect(reader.push(huge)).toEqual([])
  })
})
