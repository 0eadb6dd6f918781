import { afterEach, describe, expect, test } from 'vitest'
import { createEspeakSpeech } from '#adapters/speech/espeak-speech.ts'
import { twiceSpoken } from '#domains/calls/spoken.ts'
import { startBaresip } from './support/baresip.ts'
import { startCarrier, tone } from './support/carrier.ts'
import { bestCorrelation } from './support/correlation.ts'
import { startKamailio } from './support/kamailio.ts'
import { openRtpPeer } from './support/rtp-peer.ts'
import { answers, refuses } from './support/scenarios.ts'
import { startSipp } from './support/sipp.ts'

// Programs that know nothing of ours: a telephone (baresip) and a proxy (kamailio).
const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean()
})
const kept = <T extends { stop(): Promise<unknown> }>(one: T): T => {
  cleanups.push(() => one.stop())
  return one
}
const peer = async () => {
  const one = await openRtpPeer()
  cleanups.push(() => one.close())
  return one
}

describe('a telephone', () => {
  test('hears the message twice, as it was spoken', async () => {
    const phone = kept(await startBaresip())
    const { call } = kept(await startCarrier({ server: phone.address }))
    const speech = createEspeakSpeech({ command: 'espeak-ng' })
    const message = await speech.synthesise('您好,幫我預約明天門診', new AbortController().signal)
    const one = await call({ sound: twiceSpoken(message), ringMs: 15_000, talkMs: 30_000 })
    expect(await one.ended).toMatchObject({ outcome: 'completed' })
    const heard = await phone.heard()
    const first = bestCorrelation(heard.subarray(0, heard.length / 2), message.samples)
    const rest = heard.subarray(first.at + message.samples.length)
    const second = bestCorrelation(rest, message.samples)
    expect(first.value).toBeGreaterThan(0.95)
    expect(second.value).toBeGreaterThan(0.95)
    // A second lies between the two.
    expect(Math.abs(second.at - 8_000)).toBeLessThan(400)
  })
})

describe('a proxy', () => {
  test.each(['udp', 'tcp'] as const)('that asks who we are lets the call through, by %s', async (transport) => {
    const rtp = await peer()
    const other = kept(await startSipp(answers(rtp.port)))
    const proxy = kept(await startKamailio({ target: other.address, password: 'right' }))
    const { call } = kept(await startCarrier({ server: proxy.address, transport, password: 'right' }))
    expect(await (await call({ sound: tone(600) })).ended).toMatchObject({ outcome: 'completed' })
    expect((await other.verdict).ok).toBe(true)
    expect(rtp.packets.length).toBeGreaterThan(25)
  })

  test('refuses a wrong password, and is not asked again', async () => {
    const proxy = kept(await startKamailio({ target: '127.0.0.1:9', password: 'right' }))
    const { call } = kept(await startCarrier({ server: proxy.address, password: 'wrong' }))
    expect(await (await call()).ended).toMatchObject({ outcome: 'failed', reason: 'unauthorized', code: 407 })
  })

  test('passes on that nobody is there', async () => {
    const other = kept(await startSipp(refuses('404 Not Found')))
    const proxy = kept(await startKamailio({ target: other.address, password: 'right' }))
    const { call } = kept(await startCarrier({ server: proxy.address, password: 'right' }))
    expect(await (await call()).ended).toMatchObject({ outcome: 'failed', reason: 'unknown_number' })
  })

  test('takes our registration', async () => {
    const proxy = kept(await startKamailio({ target: '127.0.0.1:9', password: 'right' }))
    const { carrier } = kept(
      await startCarrier({ server: proxy.address, password: 'right', register: true, domain: 'kam.example' }),
    )
    await expect.poll(() => carrier.trouble).toBe(undefined)
  })

  test('that refuses our registration is trouble', async () => {
    const proxy = kept(await startKamailio({ target: '127.0.0.1:9', password: 'right' }))
    const { carrier } = kept(
      await startCarrier({ server: proxy.address, password: 'wrong', register: true, domain: 'kam.example' }),
    )
    await expect.poll(() => carrier.trouble).toMatch(/^407/)
  })
})
