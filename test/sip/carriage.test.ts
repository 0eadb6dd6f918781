import { afterEach, describe, expect, test } from 'vitest'
import { openRtpPeer } from './support/rtp-peer.ts'
import { startCarrier, tone } from './support/carrier.ts'
import { answers, recv, scenario, send, sdp } from './support/scenarios.ts'
import { freePort, startSipp } from './support/sipp.ts'
import { makeCertificate, startTlsFront } from '#test/support/tls-front.ts'

// What messages and sound are carried by: TLS, TCP for what is too large, IPv6.
const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean()
})
const kept = <T extends { stop(): Promise<unknown> }>(one: T): T => {
  cleanups.push(() => one.stop())
  return one
}
const peer = async (host?: string) => {
  const one = await openRtpPeer('PCMU', host)
  cleanups.push(() => one.close())
  return one
}

describe('TLS', () => {
  test('carries a call from the first message to the last', async () => {
    const rtp = await peer()
    const port = await freePort('tcp')
    const certificate = await makeCertificate(['IP:127.0.0.1'])
    const front = kept(await startTlsFront(port, certificate))
    // Record-Route keeps the rest of the call on the front too.
    const route = `Record-Route: <sip:${front.address};transport=tls;lr>`
    const other = kept(await startSipp(answers(rtp.port, route), { transport: 't1', port }))
    const { call } = kept(await startCarrier({ server: front.address, transport: 'tls', tlsCa: certificate.cert }))
    const one = await call({ sound: tone(600) })
    expect(await one.ended).toMatchObject({ outcome: 'completed', code: 200 })
    expect(await other.verdict).toMatchObject({ ok: true })
    expect(rtp.packets.length).toBeGreaterThan(25)
    expect(front.heard.map((line) => line.split(' ')[0])).toEqual(['INVITE', 'ACK', 'BYE'])
    expect(front.heard[0]).toContain('transport=tls')
  })

  test.each([
    ['of an authority nobody knows', { names: ['IP:127.0.0.1'], isTrusted: false, isExpired: false }],
    ['of another name', { names: ['DNS:sip.example.com'], isTrusted: true, isExpired: false }],
    ['whose time is over', { names: ['IP:127.0.0.1'], isTrusted: true, isExpired: true }],
  ])('with a certificate %s is refused', async (_, { names, isTrusted, isExpired }) => {
    const other = kept(await startSipp(scenario(recv('INVITE'), send('486 Busy Here')), { transport: 't1' }))
    const certificate = await makeCertificate(names, { isExpired })
    const front = kept(await startTlsFront(other.port, certificate))
    const { call } = kept(
      await startCarrier({
        server: front.address,
        transport: 'tls',
        ...(isTrusted && { tlsCa: certificate.cert }),
      }),
    )
    expect(await (await call()).ended).toMatchObject({ outcome: 'failed', reason: 'unreachable' })
    expect(front.heard).toEqual([])
  })

  test('takes any certificate where the settings say so', async () => {
    const rtp = await peer()
    const other = kept(await startSipp(answers(rtp.port), { transport: 't1' }))
    const front = kept(await startTlsFront(other.port, await makeCertificate(['DNS:sip.example.com'])))
    const { call } = kept(await startCarrier({ server: front.address, transport: 'tls', tlsVerify: false }))
    expect(await (await call()).ended).toMatchObject({ outcome: 'completed' })
  })

  test('to a server that speaks plain TCP is no call', async () => {
    const other = kept(await startSipp(scenario(recv('INVITE'), send('486 Busy Here')), { transport: 't1' }))
    const { call } = kept(await startCarrier({ server: other.address, transport: 'tls' }))
    expect(await (await call()).ended).toMatchObject({ outcome: 'failed', reason: 'unreachable' })
  })
})

describe('a message too large for a datagram', () => {
  // An INVITE of ours has about a thousand bytes; a long name brings it over 1,300 (RFC 3261, section 18.1.1).
  const callerId = `+886223456789;${'x'.repeat(900)}`

  test('goes over TCP, and the call goes on', async () => {
    const rtp = await peer()
    const checked = recv(
      'INVITE',
      '',
      `<action><ereg regexp="SIP/2.0/TCP " search_in="hdr" header="Via:" check_it="true" assign_to="via"/>
      <log message="[$via]"/></action>`,
    )
    const other = kept(
      await startSipp(
        scenario(
          checked,
          send('200 OK', { sdp: sdp(rtp.port) }),
          recv('ACK'),
          recv('BYE'),
          send('200 OK', { inDialog: true }),
        ),
        { transport: 't1' },
      ),
    )
    const { call } = kept(await startCarrier({ server: other.address, callerId }))
    expect(await (await call()).ended).toMatchObject({ outcome: 'completed' })
    expect(await other.verdict).toMatchObject({ ok: true })
  })

  test('goes by UDP all the same where the other side takes no TCP', async () => {
    const rtp = await peer()
    const other = kept(await startSipp(answers(rtp.port)))
    const { call } = kept(await startCarrier({ server: other.address, callerId }))
    expect(await (await call()).ended).toMatchObject({ outcome: 'completed' })
    expect(await other.verdict).toMatchObject({ ok: true })
  })
})

describe('IPv6', () => {
  test.each(['udp', 'tcp'] as const)('carries messages by %s, and sound', async (transport) => {
    const rtp = await peer('::1')
    const other = kept(
      await startSipp(answers(rtp.port, '', '::1'), { transport: transport === 'udp' ? 'u1' : 't1', host: '::1' }),
    )
    const { call } = kept(await startCarrier({ server: other.address, transport, host: '::1' }))
    const sound = tone(600)
    expect(await (await call({ sound })).ended).toMatchObject({ outcome: 'completed' })
    expect(await other.verdict).toMatchObject({ ok: true })
    const heard = rtp.samples()
    expect(Math.max(...sound.samples.map((sample, at) => Math.abs(sample - (heard[at] ?? 0))))).toBeLessThan(600)
    expect(rtp.heardFrom?.address).toBe('::1')
  })

  test('and a host of both kinds reaches a server of either', async () => {
    const rtp = await peer()
    const port = await freePort('udp')
    const other = kept(await startSipp(answers(rtp.port), { port }))
    const { call } = kept(await startCarrier({ server: other.address, host: '::' }))
    expect(await (await call()).ended).toMatchObject({ outcome: 'completed' })
  })
})
