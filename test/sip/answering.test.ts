import { afterEach, describe, expect, test } from 'vitest'
import { openRtpPeer } from './support/rtp-peer.ts'
import { startCarrier, tone } from './support/carrier.ts'
import {
  answers,
  asksAsProxy,
  asksWhoWeAre,
  pause,
  recv,
  recvStatus,
  refuses,
  request,
  rings,
  scenario,
  sdp,
  send,
  takesAnd,
} from './support/scenarios.ts'
import { startSipp } from './support/sipp.ts'

// Against Debian's sipp on loopback: what it says of us is as much the result as what we say of it.
const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean()
})
const kept = <T extends object>(one: T, end: (one: T) => Promise<unknown>): T => {
  cleanups.push(() => end(one))
  return one
}
const sipp = async (...args: Parameters<typeof startSipp>) => kept(await startSipp(...args), (one) => one.stop())
const peer = async () => kept(await openRtpPeer(), (one) => one.close())
const carrierAt = async (...args: Parameters<typeof startCarrier>) =>
  kept(await startCarrier(...args), (one) => one.stop())

describe('a call that is answered', () => {
  test('rings, is spoken to and hung up; every packet is in its place', async () => {
    const rtp = await peer()
    const other = await sipp(answers(rtp.port))
    const { call } = await carrierAt({ server: other.address })
    const sound = tone(1_000)
    const one = await call({ sound })
    expect(await one.ended).toMatchObject({ outcome: 'completed', code: 200 })
    expect(one.events.map((event) => event.type)).toEqual(['ringing', 'answered', 'ended'])
    expect(await other.verdict).toMatchObject({ ok: true })

    const { packets } = rtp
    expect(packets.length).toBeGreaterThanOrEqual(50)
    expect(packets[0]?.marker).toBe(true)
    for (const [at, packet] of packets.entries()) {
      const before = packets[at - 1]
      expect(packet.payload.length).toBe(160)
      if (before === undefined) continue
      expect((packet.sequence - before.sequence) & 0xffff).toBe(1)
      expect((packet.timestamp - before.timestamp) >>> 0).toBe(160)
      expect(packet.marker).toBe(false)
    }
    // What was heard is what was to be said, but for the steps of the μ-law.
    const heard = rtp.samples()
    const worst = Math.max(...sound.samples.map((sample, at) => Math.abs(sample - (heard[at] ?? 0))))
    expect(worst).toBeLessThan(600)
    // The whole lasts as long as its packets say.
    const first = packets[0]?.at ?? 0
    const last = packets.at(-1)?.at ?? 0
    expect(Math.abs(last - first - (packets.length - 1) * 20)).toBeLessThan(150)
    await expect.poll(() => rtp.reports.length).toBeGreaterThan(0)
  })

  test('over TCP is the same', async () => {
    const rtp = await peer()
    const other = await sipp(answers(rtp.port), { transport: 't1' })
    const { call } = await carrierAt({ server: other.address, transport: 'tcp' })
    const one = await call()
    expect(await one.ended).toMatchObject({ outcome: 'completed' })
    expect(await other.verdict).toMatchObject({ ok: true })
  })

  test('and hung up over there ends at once', async () => {
    const rtp = await peer()
    const other = await sipp(takesAnd(rtp.port, [pause(200), request('BYE', 1), recvStatus(200)], { hangsUp: true }))
    const { call } = await carrierAt({ server: other.address })
    const one = await call({ sound: tone(5_000) })
    expect(await one.ended).toMatchObject({ outcome: 'completed', reason: 'by_remote' })
    expect(await other.verdict).toMatchObject({ ok: true })
  })

  test('without a codec in common is acknowledged and hung up', async () => {
    const rtp = await peer()
    const other = await sipp(
      scenario(
        recv('INVITE'),
        send('200 OK', { sdp: sdp(rtp.port, { formats: '18' }) }),
        recv('ACK'),
        recv('BYE'),
        send('200 OK', { inDialog: true }),
      ),
    )
    const { call } = await carrierAt({ server: other.address })
    const one = await call()
    expect(await one.ended).toMatchObject({ outcome: 'failed', reason: 'no_codec' })
    expect(one.events.map((event) => event.type)).toEqual(['ended'])
    expect(await other.verdict).toMatchObject({ ok: true })
    expect(rtp.packets).toEqual([])
  })
})

describe('a call that is refused', () => {
  test.each([
    ['486 Busy Here', 'busy', undefined],
    ['600 Busy Everywhere', 'busy', undefined],
    ['480 Temporarily Unavailable', 'no_answer', undefined],
    ['404 Not Found', 'failed', 'unknown_number'],
    ['603 Decline', 'failed', 'rejected'],
    ['403 Forbidden', 'failed', 'forbidden'],
    ['488 Not Acceptable Here', 'failed', 'no_codec'],
    ['503 Service Unavailable', 'failed', 'server_error'],
    ['302 Moved Temporarily', 'failed', 'redirected'],
  ])('with %s ends as %s', async (status, outcome, reason) => {
    const other = await sipp(refuses(status))
    const { call } = await carrierAt({ server: other.address })
    const one = await call()
    expect(await one.ended).toEqual({
      type: 'ended',
      outcome,
      code: Number(status.slice(0, 3)),
      ...(reason !== undefined && { reason }),
    })
    expect(await other.verdict).toMatchObject({ ok: true })
  })

  test('by silence ends as unreachable', async () => {
    const { call } = await carrierAt(
      { server: '127.0.0.1:9' },
      { timers: { t1: 10, t2: 80, t4: 100 }, sessionSeconds: 1_800, leastSessionSeconds: 2 },
    )
    expect(await (await call()).ended).toMatchObject({ outcome: 'failed', reason: 'unreachable' })
  })
})

describe('a call that nobody takes', () => {
  test('is called off when its time is over', async () => {
    const other = await sipp(rings())
    const { call } = await carrierAt({ server: other.address })
    const one = await call({ ringMs: 400 })
    expect(await one.ended).toMatchObject({ outcome: 'no_answer' })
    expect(await other.verdict).toMatchObject({ ok: true })
  })

  test('is called off by whoever asked for it', async () => {
    const other = await sipp(rings())
    const { call } = await carrierAt({ server: other.address })
    const one = await call()
    await expect.poll(() => one.events.length).toBe(1)
    one.hangup()
    expect(await one.ended).toMatchObject({ outcome: 'canceled' })
    expect(await other.verdict).toMatchObject({ ok: true })
  })
})

describe('a server that asks who we are', () => {
  test('by 401 gets the right answer', async () => {
    const rtp = await peer()
    const other = await sipp(asksWhoWeAre(rtp.port, 'right'))
    const { call } = await carrierAt({ server: other.address, password: 'right' })
    expect(await (await call()).ended).toMatchObject({ outcome: 'completed' })
    expect(await other.verdict).toMatchObject({ ok: true })
  })

  test('by 407, with SHA-256, gets an answer', async () => {
    const rtp = await peer()
    const other = await sipp(asksAsProxy(rtp.port))
    const { call } = await carrierAt({ server: other.address, password: 'right' })
    expect(await (await call()).ended).toMatchObject({ outcome: 'completed' })
    expect(await other.verdict).toMatchObject({ ok: true })
  })

  test('refuses a wrong password, once', async () => {
    const rtp = await peer()
    const other = await sipp(asksWhoWeAre(rtp.port, 'right'))
    const { call } = await carrierAt({ server: other.address, password: 'wrong' })
    expect(await (await call()).ended).toMatchObject({ outcome: 'failed', reason: 'forbidden', code: 403 })
    expect((await other.verdict).ok).toBe(true)
  })

  test('is not answered without a password', async () => {
    const challenge = 'Proxy-Authenticate: Digest realm="example.org", nonce="47ebe028"'
    const other = await sipp(refuses('407 Proxy Authentication Required', challenge))
    const { call } = await carrierAt({ server: other.address })
    expect(await (await call()).ended).toMatchObject({ outcome: 'failed', reason: 'unauthorized', code: 407 })
    expect(await other.verdict).toMatchObject({ ok: true })
  })
})
