import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { OfferedTrack } from '#domains/meetings/media-engine.ts'
import { createCertificate } from '../dtls/certificate.ts'
import { Publication } from '../forwarding/publication.ts'
import { MediaSockets } from '../ice/sockets.ts'
import { FORWARDED_CODECS } from '../sdp/codecs.ts'
import { parseSdp } from '../sdp/parse.ts'
import { Subscriber } from './subscriber.ts'

const options = { addresses: ['127.0.0.1'], portRange: { min: 0, max: 0 }, announced: [], tcp: false }
let sockets: MediaSockets
let subscriber: Subscriber
let offers: { sdp: string; tracks: OfferedTrack[] }[]
const ranks = new Map<string, number>()

beforeEach(async () => {
  sockets = new MediaSockets(options, (error) => expect.unreachable(String(error)))
  await sockets.open()
  offers = []
  ranks.clear()
  const context = {
    sockets,
    certificate: createCertificate(),
    emit: () => {},
    onFault: () => {},
    nextId: () => '1',
  }
  subscriber = new Subscriber(context, {
    onOffer: (sdp, tracks) => offers.push({ sdp, tracks }),
    onState: () => {},
    onChanged: () => {},
    rank: (publication) => ranks.get(publication.id) ?? 0,
  })
})

afterEach(async () => {
  subscriber.close()
  await sockets.close()
})

function publication(id: string, codecName: string): Publication {
  const codec = FORWARDED_CODECS.find(({ name }) => name === codecName)!
  const source = codec.kind === 'audio' ? 'microphone' : 'camera'
  return new Publication({ id, peerId: `of ${id}`, userId: 1, source, codec, clock: { offsetMs: null }, rids: [] })
}

/** What a client that takes everything answers to the last offer. */
function accept(): void {
  const { media } = parseSdp(offers.at(-1)!.sdp)
  const lines = media.map(({ kind, mid, direction }) =>
    [`m=${kind} 9 UDP/TLS/RTP/SAVPF 96`, `a=mid:${mid}`, direction === 'sendonly' ? 'a=recvonly' : 'a=inactive'].join(
      '\r\n',
    ),
  )
  subscriber.answer(['v=0', 'a=ice-ufrag:abcd', 'a=fingerprint:sha-256 AA', ...lines].join('\r\n'))
}

const offered = () => offers.at(-1)!.tracks.map((track) => `${track.mid} ${track.publicationId}`)

describe('negotiating with a subscriber', () => {
  test('one offer at a time; m-lines are added, freed and used again by the same kind only', () => {
    subscriber.add(publication('a', 'opus'))
    subscriber.add(publication('v', 'vp8'))
    subscriber.negotiate()
    subscriber.add(publication('w', 'h264'))
    subscriber.negotiate()
    expect(offers).toHaveLength(1)
    accept()
    expect(offered()).toEqual(['0 a', '1 v', '2 w'])
    accept()
    subscriber.remove('v')
    subscriber.negotiate()
    expect(offered()).toEqual(['0 a', '2 w'])
    subscriber.add(publication('b', 'opus'))
    subscriber.add(publication('x', 'vp9'))
    accept()
    expect(offered()).toEqual(['0 a', '1 x', '2 w', '3 b'])
    expect(offers).toHaveLength(4)
  })

  test('a track that went away and one that came while the offer was out are put right by the next', () => {
    subscriber.add(publication('v', 'vp8'))
    subscriber.negotiate()
    subscriber.remove('v')
    subscriber.add(publication('w', 'vp8'))
    subscriber.negotiate()
    accept()
    // The m-line of v was agreed on with v: its end has to be agreed on before it can carry another.
    expect(offered()).toEqual(['1 w'])
    accept()
    expect(offers).toHaveLength(2)
  })

  test('an m-line the client refuses is never used again', () => {
    subscriber.add(publication('v', 'vp8'))
    subscriber.negotiate()
    subscriber.answer('v=0\r\na=fingerprint:sha-256 AA\r\nm=video 0 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n')
    subscriber.remove('v')
    subscriber.add(publication('w', 'vp8'))
    subscriber.negotiate()
    expect(offered()).toEqual(['1 w'])
  })

  test('in a crowd the voices heard have the m-lines, and a new one gets that of the longest silent', () => {
    for (let i = 0; i < 60; i++) subscriber.add(publication(`a${i}`, 'opus'))
    for (let i = 0; i < 40; i++) ranks.set(`a${i}`, 100_000 + i * 1000)
    subscriber.negotiate()
    expect(offers.at(-1)!.tracks).toHaveLength(40)
    accept()
    subscriber.reconsider()
    expect(offers).toHaveLength(1)
    ranks.set('a50', 200_000)
    subscriber.reconsider()
    expect(offers.at(-1)!.tracks.map((track) => track.publicationId)).not.toContain('a0')
    accept()
    expect(offered()).toContain('39 a50')
    accept()
    subscriber.reconsider()
    expect(offers).toHaveLength(3)
  })
})
