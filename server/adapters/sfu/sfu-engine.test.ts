import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { MediaEvent } from '#domains/meetings/media-engine.ts'
import { silentLog } from '#kernel/log.ts'
import { SfuEngine } from './sfu-engine.ts'
import { NodeClient, openSocket } from './testing/node-client.ts'

// Threads and handshakes take their time where the machine is busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let engine: SfuEngine
let events: MediaEvent[]
let clients: NodeClient[]

beforeEach(async () => {
  engine = new SfuEngine({ log: silentLog, workers: 1, addresses: ['127.0.0.1'] })
  events = []
  clients = []
  engine.subscribe((event) => events.push(event))
  await engine.start()
})

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()))
  await engine.stop()
})

function newClient(): NodeClient {
  const client = new NodeClient()
  clients.push(client)
  return client
}

const offersTo = (peerId: string) =>
  events.flatMap((event) => (event.type === 'offer' && event.peerId === peerId ? event : []))

async function waitFor<Value>(look: () => Value | undefined | false, what: string): Promise<Value> {
  let found: Value | undefined | false
  await expect
    .poll(() => (found = look()) !== undefined && found !== false, { timeout: 30_000, message: what })
    .toBe(true)
  return found as Value
}

/** Opens room `r`, where `a` publishes and `b` receives; both are there. */
async function startPair(): Promise<{ a: NodeClient; b: NodeClient }> {
  await engine.openRoom('r')
  const a = newClient()
  const b = newClient()
  await engine.addPeer('r', 'a', { userId: 1, canPublish: ['camera'] })
  await engine.addPeer('r', 'b', { userId: 2, canPublish: [] })
  const { sdp } = await engine.publishOffer('r', 'a', { sdp: await a.offer() })
  await a.accept(sdp)
  const offer = await waitFor(() => offersTo('b')[0], 'an offer to b')
  await engine.subscribeAnswer('r', 'b', { sdp: await b.answer(offer.sdp) })
  await waitFor(() => b.received > 20, 'packets of a at b')
  return { a, b }
}

describe('another WebRTC implementation through a real worker thread', () => {
  test('publishes and receives', async () => {
    await startPair()
    expect(offersTo('b')[0]!.tracks).toEqual([
      {
        mid: '0',
        publicationId: expect.any(String) as string,
        peerId: 'a',
        userId: 1,
        kind: 'video',
        source: 'camera',
      },
    ])
    const stats = await engine.stats('r')
    expect(stats.peers[0]!.tracks[0]).toMatchObject({ direction: 'inbound', codec: 'vp8', source: 'camera' })
    expect(stats.peers[0]!.transports[0]).toMatchObject({ role: 'publish', state: 'connected', protocol: 'udp' })
  })

  test('how well each peer is connected is measured and told', async () => {
    await startPair()
    const told = await waitFor(
      () => events.findLast((event) => event.type === 'connection-quality' && event.peers.length > 0),
      'a report on the connections',
    )
    expect(told).toMatchObject({ roomId: 'r' })
    if (told.type !== 'connection-quality') return
    for (const peer of told.peers) {
      expect(peer.uplinkLoss).toBe(0)
      expect(peer.downlinkLoss).toBe(0)
      expect(peer.rttMs ?? 0).toBeLessThan(1000)
      expect(peer.heldBack).toBe(false)
    }
  })

  test('a worker that dies is noticed and replaced, and its room can be opened again', async () => {
    await startPair()
    await engine.killWorkerOf('r')
    await waitFor(() => events.find((event) => event.type === 'worker-died'), 'the death of the worker')
    expect(events.find((event) => event.type === 'worker-died')).toEqual({ type: 'worker-died', roomIds: ['r'] })
    await expect(engine.stats('r')).rejects.toMatchObject({ code: 'media.room-missing' })
    events.length = 0
    await waitFor(() => engine.rooms().length === 0, 'an empty engine')
    await expect.poll(() => startPair().then(() => true), { timeout: 15_000 }).toBe(true)
  })

  test('removing the publisher takes its track out of the offer; resuming repeats an offer that was lost', async () => {
    const { b } = await startPair()
    await engine.removePeer('r', 'a')
    const second = await waitFor(() => offersTo('b')[1], 'an offer without the track')
    expect(second.tracks).toEqual([])
    expect(second.sdp).toContain('a=inactive')
    await engine.resumePeer('r', 'b')
    const repeated = await waitFor(() => offersTo('b')[2], 'the same offer again')
    expect(repeated.sdp).toBe(second.sdp)
    await engine.subscribeAnswer('r', 'b', { sdp: await b.answer(repeated.sdp) })
    expect(await engine.publications('r')).toEqual([])
    await engine.resumePeer('r', 'b')
    expect(offersTo('b')).toHaveLength(3)
  })

  test('changes while an offer is out are gathered into the next one', async () => {
    await engine.openRoom('r')
    await engine.addPeer('r', 'b', { userId: 2, canPublish: [] })
    for (const peerId of ['p', 'q', 's']) {
      await engine.addPeer('r', peerId, { userId: 3, canPublish: ['camera'] })
      await engine.publishOffer('r', peerId, { sdp: await newClient().offer() })
    }
    expect(offersTo('b')).toHaveLength(1)
    const b = newClient()
    await engine.subscribeAnswer('r', 'b', { sdp: await b.answer(offersTo('b')[0]!.sdp) })
    const next = await waitFor(() => offersTo('b')[1], 'the next offer')
    expect(next.tracks.map((track) => track.peerId)).toEqual(['p', 'q', 's'])
  })

  test('a client that comes back fresh is offered everything anew', async () => {
    await startPair()
    await engine.resumePeer('r', 'b', { fresh: true })
    const anew = await waitFor(() => offersTo('b')[1], 'a first offer again')
    const b = newClient()
    await engine.subscribeAnswer('r', 'b', { sdp: await b.answer(anew.sdp) })
    await waitFor(() => b.received > 10, 'packets on the new connection')
    expect(anew.tracks).toHaveLength(1)
  })
})

describe('what is refused', () => {
  test('unknown rooms and peers, doubles, and a full room', async () => {
    await engine.openRoom('r', { maxPeers: 1 })
    const options = { userId: 1, canPublish: [] }
    await expect(engine.openRoom('r')).rejects.toMatchObject({ kind: 'conflict', code: 'media.room-exists' })
    await expect(engine.stats('x')).rejects.toMatchObject({ kind: 'missing', code: 'media.room-missing' })
    await engine.addPeer('r', 'a', options)
    await expect(engine.addPeer('r', 'a', options)).rejects.toMatchObject({ code: 'media.peer-exists' })
    await expect(engine.addPeer('r', 'b', options)).rejects.toMatchObject({ kind: 'busy', code: 'media.room-full' })
    await expect(engine.restartIce('r', 'z', 'publish')).rejects.toMatchObject({ code: 'media.peer-missing' })
    await expect(engine.requestKeyFrame('r', 'z')).rejects.toMatchObject({ code: 'media.publication-missing' })
    await expect(engine.removePeer('r', 'nobody')).resolves.toBeUndefined()
    await expect(engine.closeRoom('nowhere')).resolves.toBeUndefined()
  })

  test('descriptions that are none, huge, cut short or not matching', async () => {
    const { b } = await startPair()
    const good = await newClient().offer()
    const offer = (sdp: unknown) => engine.publishOffer('r', 'b', { sdp: sdp as string })
    for (const bad of ['', 'v=0', 'hello', null, 7, {}, good.replaceAll(/a=fingerprint.*\r\n/g, '')]) {
      await expect(offer(bad)).rejects.toMatchObject({ code: 'media.bad-sdp' })
    }
    await expect(offer('x'.repeat(300_000))).rejects.toMatchObject({ kind: 'too-large', code: 'media.limit' })
    await expect(offer(`v=0\r\n${'a=x\r\n'.repeat(9000)}`)).rejects.toMatchObject({ code: 'media.limit' })
    const many = Array.from({ length: 50 }, (_, i) => `m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:${i}\r\n`).join('')
    await expect(offer(`v=0\r\na=ice-ufrag:x\r\na=fingerprint:sha-256 A\r\n${many}`)).rejects.toMatchObject({
      code: 'media.limit',
    })
    for (let cut = 10; cut < good.length; cut += 97) await offer(good.slice(0, cut)).catch(() => {})
    await engine.removePeer('r', 'a')
    await waitFor(() => offersTo('b')[1], 'a new offer')
    await expect(engine.subscribeAnswer('r', 'b', { sdp: good.replace('a=mid:0', 'a=mid:9') })).rejects.toMatchObject({
      code: 'media.bad-sdp',
    })
    await engine.addCandidate('r', 'b', 'publish', { candidate: 'candidate:1 1 udp 1 \u0000evil.local 99999 typ x' })
    await engine.subscribeAnswer('r', 'b', { sdp: await b.answer(offersTo('b')[1]!.sdp) })
  })
})

describe('hostile datagrams', () => {
  test('noise on the port, by UDP and TCP, disturbs nobody', async () => {
    const { b } = await startPair()
    const [, port] = / 127\.0\.0\.1 (\d+) typ host/.exec(offersTo('b')[0]!.sdp)!
    const socket = await openSocket()
    const send = (data: Buffer) =>
      new Promise<void>((resolve) => socket.send(data, Number(port), '127.0.0.1', () => resolve()))
    for (let i = 0; i < 5000; i++) {
      const data = randomBytes(1 + (i % 1400))
      // Every kind by its first byte: STUN with a true cookie, DTLS, RTP, RTCP, and nothing at all.
      data[0] = [0, 22, 128, 128, 200][i % 5]!
      if (i % 5 === 0 && data.length >= 20) {
        data.writeUInt16BE(1, 0)
        data.writeUInt16BE(data.length - 20, 2)
        data.writeUInt32BE(0x2112a442, 4)
      }
      if (i % 5 === 3 && data.length > 1) data[1] = 200
      await send(data)
    }
    socket.close()
    const stranger = connect(Number(port), '127.0.0.1')
    stranger.on('error', () => {})
    stranger.write(Buffer.concat([Buffer.from([0, 20]), randomBytes(20), Buffer.from([0xff, 0xff]), randomBytes(100)]))
    await new Promise((resolve) => stranger.once('close', resolve))
    const before = b.received
    await waitFor(() => b.received > before + 20, 'packets after the noise')
    expect(events.some((event) => event.type === 'worker-died')).toBe(false)
  })
})
