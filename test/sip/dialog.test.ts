import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { FRAME_SAMPLES } from '#adapters/sip/rtp/script.ts'
import { parseReports } from '#adapters/sip/rtp/rtcp.ts'
import { parseEvent, writeEvent } from '#adapters/sip/rtp/telephone-event.ts'
import { startCarrier, tone } from './support/carrier.ts'
import { startLossyRelay } from './support/lossy-relay.ts'
import { openRtpPeer } from './support/rtp-peer.ts'
import { answers, pause, recv, recvStatus, request, scenario, sdp, send, takesAnd } from './support/scenarios.ts'
import { freePort, startSipp } from './support/sipp.ts'

// What happens within a call: hold, session timers, keys, lost packets, strangers.
const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean()
})
const kept = <T extends object>(one: T, end: (one: T) => Promise<unknown>): T => {
  cleanups.push(() => end(one))
  return one
}
const sipp = async (...args: Parameters<typeof startSipp>) => kept(await startSipp(...args), (one) => one.stop())
const peer = async (codec: 'PCMU' | 'PCMA' = 'PCMU') => kept(await openRtpPeer(codec), (one) => one.close())
const carrierAt = async (...args: Parameters<typeof startCarrier>) =>
  kept(await startCarrier(...args), (one) => one.stop())

describe('hold', () => {
  test('stops the sound, and goes on where it was afterwards', async () => {
    const rtp = await peer()
    const held = sdp(rtp.port, { direction: 'sendonly', version: 2 })
    const back = sdp(rtp.port, { version: 3 })
    const answer = recvStatus(200)
    const other = await sipp(
      takesAnd(rtp.port, [
        pause(300),
        request('INVITE', 1, { sdp: held }),
        answer,
        request('ACK', 1),
        pause(600),
        request('INVITE', 2, { sdp: back }),
        answer,
        request('ACK', 2),
      ]),
    )
    const { call } = await carrierAt({ server: other.address })
    const sound = tone(800)
    const one = await call({ sound })
    expect(await one.ended).toMatchObject({ outcome: 'completed' })
    expect(await other.verdict).toMatchObject({ ok: true })
    const gaps = rtp.packets.slice(1).map((packet, at) => packet.at - (rtp.packets[at]?.at ?? 0))
    expect(Math.max(...gaps)).toBeGreaterThan(450)
    expect(gaps.filter((gap) => gap > 400).length).toBe(1)
    // Nothing was skipped while nobody listened.
    const heard = rtp.samples()
    expect(Math.max(...sound.samples.map((sample, at) => Math.abs(sample - (heard[at] ?? 0))))).toBeLessThan(600)
  })

  test('an offer without a codec of ours is refused, and the call goes on', async () => {
    const rtp = await peer()
    const other = await sipp(
      takesAnd(rtp.port, [
        request('INVITE', 1, { sdp: sdp(rtp.port, { formats: '18', version: 2 }) }),
        recvStatus(488),
        request('ACK', 1),
      ]),
    )
    const { call } = await carrierAt({ server: other.address })
    expect(await (await call()).ended).toMatchObject({ outcome: 'completed' })
    expect(await other.verdict).toMatchObject({ ok: true })
  })
})

describe('session timers', () => {
  test('are refreshed by us where that was agreed', async () => {
    const rtp = await peer()
    const other = await sipp(
      scenario(
        recv('INVITE'),
        send('200 OK', { sdp: sdp(rtp.port), headers: 'Require: timer\n      Session-Expires: 2;refresher=uac' }),
        recv('ACK'),
        recv('INVITE'),
        send('200 OK', { sdp: sdp(rtp.port), headers: 'Session-Expires: 90;refresher=uac', inDialog: true }),
        recv('ACK'),
        recv('BYE'),
        send('200 OK', { inDialog: true }),
      ),
    )
    const { call } = await carrierAt({ server: other.address })
    expect(await (await call({ sound: tone(3_000) })).ended).toMatchObject({ outcome: 'completed' })
    expect(await other.verdict).toMatchObject({ ok: true })
  })

  test('end the call when the other side does not refresh', async () => {
    const rtp = await peer()
    const other = await sipp(answers(rtp.port, 'Session-Expires: 2;refresher=uas'))
    const { call } = await carrierAt({ server: other.address })
    expect(await (await call({ sound: tone(10_000) })).ended).toMatchObject({ outcome: 'failed', reason: 'lost' })
    expect(await other.verdict).toMatchObject({ ok: true })
  })

  test('too short for the other side are asked for anew', async () => {
    const rtp = await peer()
    const other = await sipp(
      scenario(
        recv('INVITE'),
        send('422 Session Interval Too Small', { headers: 'Min-SE: 3600' }),
        recv('ACK'),
        recv(
          'INVITE',
          '',
          `<action><ereg regexp="3600" search_in="hdr" header="Session-Expires:" check_it="true"
          assign_to="asked"/><log message="[$asked]"/></action>`,
        ),
        send('200 OK', { sdp: sdp(rtp.port) }),
        recv('ACK'),
        recv('BYE'),
        send('200 OK', { inDialog: true }),
      ),
    )
    const { call } = await carrierAt({ server: other.address })
    expect(await (await call()).ended).toMatchObject({ outcome: 'completed' })
    expect(await other.verdict).toMatchObject({ ok: true })
  })
})

describe('keys', () => {
  test('are pressed before the message, each once and held long enough', async () => {
    const rtp = await peer()
    const other = await sipp(answers(rtp.port))
    const { call } = await carrierAt({ server: other.address })
    await (
      await call({ keys: '12#' })
    ).ended
    const events = rtp.packets.filter((packet) => packet.payloadType === 101)
    const keys = new Map<number, { event: number; longest: number; ends: number }>()
    for (const packet of events) {
      const event = parseEvent(packet.payload)
      const known = keys.get(packet.timestamp) ?? { event: event?.event ?? -1, longest: 0, ends: 0 }
      known.longest = Math.max(known.longest, event?.duration ?? 0)
      if (event?.isEnd) known.ends++
      keys.set(packet.timestamp, known)
    }
    expect([...keys.values()]).toEqual([1, 2, 11].map((event) => ({ event, longest: 8 * FRAME_SAMPLES, ends: 3 })))
  })

  test('that are pressed over there are heard once each, whatever is lost or repeated', async () => {
    const rtp = await peer()
    const other = await sipp(answers(rtp.port))
    const { call } = await carrierAt({ server: other.address })
    const one = await call({ sound: tone(1_500) })
    await expect.poll(() => rtp.packets.length).toBeGreaterThan(3)
    const press = (event: number, timestamp: number, sequence: number, packets: readonly number[]): void => {
      for (const at of packets) {
        const payload = Buffer.alloc(4)
        writeEvent(payload, 0, { event, isEnd: at > 3, duration: 160 * (at + 1) })
        rtp.send({ payloadType: 101, sequence: sequence + at, timestamp, payload, marker: at === 0 })
      }
    }
    press(5, 1_000, 10, [0, 1, 2, 3, 4, 4, 4])
    press(5, 3_000, 20, [2, 3, 4])
    press(11, 5_000, 30, [4])
    await one.ended
    expect(one.events.flatMap((event) => (event.type === 'digit' ? [event.digit] : []))).toEqual(['5', '5', '#'])
  })
})

describe('the sound', () => {
  test('is coded by the A-law where the other side takes no other', async () => {
    const rtp = await peer('PCMA')
    const other = await sipp(
      scenario(
        recv('INVITE'),
        send('200 OK', { sdp: sdp(rtp.port, { formats: '8' }) }),
        recv('ACK'),
        recv('BYE'),
        send('200 OK', { inDialog: true }),
      ),
    )
    const { call } = await carrierAt({ server: other.address })
    const sound = tone(400)
    await (
      await call({ sound })
    ).ended
    const heard = rtp.samples()
    expect(Math.max(...sound.samples.map((sample, at) => Math.abs(sample - (heard[at] ?? 0))))).toBeLessThan(600)
  })

  test('follows no stranger', async () => {
    const rtp = await peer()
    const other = await sipp(answers(rtp.port))
    const { call } = await carrierAt({ server: other.address })
    const one = await call({ sound: tone(1_000) })
    await expect.poll(() => rtp.packets.length).toBeGreaterThan(3)
    // The peer speaks first and is believed; then somebody else tries to draw the sound to itself.
    rtp.send({ payloadType: 0, sequence: 1, timestamp: 160, payload: Buffer.alloc(160, 0xff) })
    const stranger = createSocket('udp4')
    stranger.bind(0, '127.0.0.2')
    await once(stranger, 'listening')
    let drawn = 0
    stranger.on('message', () => drawn++)
    const ours = rtp.heardFrom?.port ?? 0
    for (let at = 0; at < 50; at++) {
      const packet = Buffer.alloc(172, 0x00)
      packet[0] = 0x80
      packet.writeUInt16BE(at, 2)
      stranger.send(packet, ours, '127.0.0.1')
    }
    stranger.send(Buffer.from('not RTP at all'), ours, '127.0.0.1')
    expect(await one.ended).toMatchObject({ outcome: 'completed' })
    stranger.close()
    expect(drawn).toBe(0)
    expect(rtp.packets.length).toBeGreaterThan(45)
  })
})

describe('a line that loses packets', () => {
  test('of sound, is told of it in our reports, across the turn of the numbers', async () => {
    const rtp = await peer()
    const other = await sipp(answers(rtp.port))
    const { call } = await carrierAt({ server: other.address })
    const one = await call({ sound: tone(1_000) })
    await expect.poll(() => rtp.packets.length).toBeGreaterThan(3)
    const missing = new Set([7, 8, 20, 33, 41])
    for (let at = 0; at < 60; at++) {
      if (missing.has(at)) continue
      const header = { payloadType: 0, sequence: (65_500 + at) & 0xffff, timestamp: at * FRAME_SAMPLES }
      rtp.send({ ...header, payload: Buffer.alloc(FRAME_SAMPLES, 0xff) })
    }
    expect(await one.ended).toMatchObject({ outcome: 'completed' })
    const last = (): number | undefined =>
      parseReports(rtp.reports.at(-1) ?? Buffer.alloc(0), 0x1234_5678)?.aboutUs?.lost
    await expect.poll(last).toBe(missing.size)
  })

  test('loses every message once, and the call is made all the same', async () => {
    const rtp = await peer()
    const port = await freePort('udp')
    const relay = kept(await startLossyRelay(port), (one) => one.close())
    // Record-Route keeps the rest of the call on the relay too.
    const other = await sipp(answers(rtp.port, `Record-Route: <sip:${relay.address};lr>`), { port })
    const { call } = await carrierAt({ server: relay.address })
    const one = await call()
    expect(await one.ended).toMatchObject({ outcome: 'completed' })
    expect(await other.verdict).toMatchObject({ ok: true })
    const methods = new Set(relay.passed.map((line) => line.split(' ')[0]))
    expect(methods).toEqual(new Set(['INVITE', 'ACK', 'BYE']))
    expect(relay.lost).toBeGreaterThanOrEqual(3)
  })
})
