import { createSocket } from 'node:dgram'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { silentLog } from '#kernel/log.ts'
import { SfuEngine } from '#adapters/sfu/sfu-engine.ts'
import { openPeer, startChromium, waitForReceived } from './chromium.ts'
import { startMeetingServer } from './meeting-server.ts'
import type { MeetingServer } from './meeting-server.ts'

const over = (value: number | undefined, least: number) => (value ?? 0) > least

/** Three real browsers' pages in one room, one story told in order. */
describe('Chromium through the SFU', { timeout: 120_000 }, () => {
  const engine = new SfuEngine({ log: silentLog, workers: 1 })
  let server: MeetingServer
  let chromium: Awaited<ReturnType<typeof startChromium>>
  let context: BrowserContext
  let a: Page
  let b: Page

  beforeAll(async () => {
    await engine.start()
    await engine.openRoom('r')
    server = await startMeetingServer(engine)
    chromium = await startChromium()
    context = chromium.context
  }, 60_000)

  afterAll(async () => {
    await chromium?.close()
    await server?.close()
    await engine.stop()
  }, 30_000)

  const cameraOf = async (peerId: string) => {
    const all = await engine.publications('r')
    return all.find((each) => each.peerId === peerId && each.source === 'camera')!.publicationId
  }

  test('two peers see and hear each other', async () => {
    a = await openPeer(context, server.url, 'a')
    b = await openPeer(context, server.url, 'b')
    await a.evaluate('window.start({ simulcast: true, width: 1280, height: 720 })')
    await b.evaluate('window.start({})')
    const atA = await waitForReceived(
      a,
      'sound and picture of b',
      (got) => over(got['b/camera']?.framesDecoded, 20) && over(got['b/microphone']?.audioEnergy, 0.01),
    )
    expect(atA['b/camera']!.videoWidth).toBeGreaterThan(0)
    const atB = await waitForReceived(
      b,
      'sound and picture of a',
      (got) => over(got['a/camera']?.framesDecoded, 20) && over(got['a/microphone']?.audioEnergy, 0.01),
    )
    expect(atB['a/camera']!.videoWidth).toBeGreaterThan(0)
    expect(await a.evaluate('state.errors')).toEqual([])
    expect(server.events.some((event) => event.type === 'audio-levels' && event.activePeerId !== null)).toBe(true)
  })

  test('a late joiner gets what is there, and others are told when it leaves', async () => {
    const c = await openPeer(context, server.url, 'c')
    await waitForReceived(
      c,
      'both pictures',
      (got) => over(got['a/camera']?.framesDecoded, 10) && over(got['b/camera']?.framesDecoded, 10),
    )
    await c.evaluate('window.start({})')
    await waitForReceived(b, 'the picture of c', (got) => over(got['c/camera']?.framesDecoded, 5))
    await c.close()
    await b.waitForFunction(`!Object.values(state.tracks).some((track) => track.peerId === 'c')`)
    const publications = await engine.publications('r')
    expect(publications.map((each) => each.peerId).sort()).toEqual(['a', 'a', 'b', 'b'])
  })

  test('an m-line that became free carries the next track', async () => {
    const before = await a.evaluate<number>('subscribe.getTransceivers().length')
    await b.evaluate('window.startScreen()')
    await waitForReceived(
      a,
      'the screen of b',
      (got) => over(got['b/screen']?.framesDecoded, 5) && over(got['b/screen']?.videoWidth, 0),
    )
    expect(await a.evaluate<number>('subscribe.getTransceivers().length')).toBe(before)
    await b.evaluate('window.stopScreen()')
    await a.waitForFunction(`!Object.values(state.tracks).some((track) => track.source === 'screen')`)
  })

  test('layers of a simulcast camera switch, without a freeze in the numbers', async () => {
    const camera = await cameraOf('a')
    for (const [layer, height] of [
      ['low', 180],
      ['medium', 360],
      ['low', 180],
      ['high', 720],
    ] as const) {
      await engine.setLayer('r', 'b', camera, layer)
      const start = await b.evaluate<number>(`received().then((got) => got['a/camera'].framesDecoded)`)
      await waitForReceived(
        b,
        `layer ${layer}`,
        (got) => got['a/camera']!.frameHeight === height && got['a/camera']!.framesDecoded > start + 10,
        50_000,
      )
    }
    await engine.setLayer('r', 'b', camera, { mode: 'auto' })
    await engine.setPreferences('r', 'b', [{ publicationId: camera, width: 320, height: 180 }])
    await waitForReceived(b, 'a small picture for a small tile', (got) => got['a/camera']!.frameHeight === 180)
  })

  test('a tile off screen is not sent, and comes back', async () => {
    const camera = await cameraOf('a')
    await engine.setPreferences('r', 'b', [{ publicationId: camera, visible: false }])
    const frames = async () => await b.evaluate<number>(`received().then((got) => got['a/camera'].framesDecoded)`)
    let last = await frames()
    await expect
      .poll(
        async () => {
          const now = await frames()
          const same = now === last
          last = now
          return same
        },
        { interval: 400, timeout: 5000 },
      )
      .toBe(true)
    await engine.setPreferences('r', 'b', [{ publicationId: camera, visible: true }])
    await waitForReceived(b, 'the picture again', (got) => got['a/camera']!.framesDecoded > last + 10)
  })

  test('a source the server refuses is not forwarded', async () => {
    await engine.setPublishingAllowed('r', 'a', ['microphone'])
    const blocked = (await engine.publications('r')).find((each) => each.peerId === 'a' && each.source === 'camera')
    expect(blocked?.state).toBe('blocked')
    const stats = await engine.stats('r')
    const outbound = stats.peers
      .find((peer) => peer.peerId === 'b')!
      .tracks.find((t) => t.source === 'camera' && t.direction === 'outbound')
    expect(outbound?.layer).toBe('off')
    const before = await b.evaluate<number>(`received().then((got) => got['a/camera'].framesDecoded)`)
    await engine.setPublishingAllowed('r', 'a', ['microphone', 'camera'])
    await waitForReceived(
      b,
      'the picture after it was allowed again',
      (got) => got['a/camera']!.framesDecoded > before + 10,
    )
  })

  test('both connections survive an ICE restart', async () => {
    const before = await a.evaluate<number>(`received().then((got) => got['b/camera'].framesDecoded)`)
    const offers = await a.evaluate<number>('state.offers')
    await engine.restartIce('r', 'a', 'subscribe')
    await a.waitForFunction(`state.offers > ${offers}`)
    await a.evaluate('window.nextOfferOptions = { iceRestart: true }; window.negotiate()')
    await waitForReceived(a, 'pictures after the restart', (got) => got['b/camera']!.framesDecoded > before + 30)
    const atB = await b.evaluate<number>(`received().then((got) => got['a/camera'].framesDecoded)`)
    await waitForReceived(b, 'pictures after the restart', (got) => got['a/camera']!.framesDecoded > atB + 30)
  })

  test('an egress sends plain RTP and sender reports to loopback', async () => {
    const rtp = createSocket('udp4')
    const rtcp = createSocket('udp4')
    const bind = (socket: typeof rtp) => new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    await Promise.all([bind(rtp), bind(rtcp)])
    const camera = await cameraOf('b')
    const packets: Buffer[] = []
    const reports: Buffer[] = []
    rtp.on('message', (data) => packets.push(data))
    rtcp.on('message', (data) => reports.push(data))
    const target = { address: '127.0.0.1', port: rtp.address().port, rtcpPort: rtcp.address().port }
    const egress = await engine.startEgress('r', camera, target)
    await expect.poll(() => packets.length, { timeout: 10_000 }).toBeGreaterThan(30)
    await expect.poll(() => reports.length, { timeout: 10_000 }).toBeGreaterThan(0)
    await engine.stopEgress('r', egress.egressId)
    rtp.close()
    rtcp.close()
    expect(egress.codec).toBe('vp8')
    expect(packets.every((packet) => packet.readUInt32BE(8) === egress.ssrc)).toBe(true)
    const sequences = packets.map((packet) => packet.readUInt16BE(2))
    expect(sequences).toEqual(sequences.map((_, i) => (sequences[0]! + i) & 0xffff))
    // The first packet begins a key frame: VP8 descriptor with S, then a frame header whose lowest bit is 0.
    expect(packets[0]![12]! & 0x10).toBe(0x10)
    expect(reports[0]![1]).toBe(200)
    await expect(engine.startEgress('r', camera, { address: '10.0.0.1', port: 5000 })).rejects.toMatchObject({
      code: 'media.bad-target',
    })
  })

  test('a client without UDP comes by TCP', async () => {
    const d = await openPeer(context, server.url, 'd', '&tcp')
    await d.evaluate('window.start({})')
    await waitForReceived(d, 'the picture of b by TCP', (got) => over(got['b/camera']?.framesDecoded, 20))
    await waitForReceived(b, 'the picture of d by TCP', (got) => over(got['d/camera']?.framesDecoded, 20))
    const { peers } = await engine.stats('r')
    const transports = peers.find((peer) => peer.peerId === 'd')!.transports
    expect(transports.map((transport) => transport.protocol)).toEqual(['tcp', 'tcp'])
    await d.close()
    await expect.poll(async () => (await engine.stats('r')).peers.length).toBe(2)
  })

  test('what is measured adds up', async () => {
    const stats = await engine.stats('r')
    expect(stats.peers.map((peer) => peer.peerId).sort()).toEqual(['a', 'b'])
    expect(stats.inboundBitrate).toBeGreaterThan(100_000)
    expect(stats.outboundBitrate).toBeGreaterThan(100_000)
    expect(stats.averageRttMs).toBeGreaterThan(0)
    expect(stats.packetLossRate).toBeLessThan(0.05)
    const outbound = stats.peers.flatMap((peer) => peer.tracks).filter((track) => track.direction === 'outbound')
    expect(outbound).toHaveLength(4)
  })
})
