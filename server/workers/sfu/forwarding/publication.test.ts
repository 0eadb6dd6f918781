import { expect, test } from 'vitest'
import { FORWARDED_CODECS } from '../sdp/codecs.ts'
import { Publication } from './publication.ts'
import { ReceiveStream } from './receive-stream.ts'

function camera(rids: string[]): Publication {
  const codec = FORWARDED_CODECS.find(({ name }) => name === 'vp8')!
  return new Publication({ id: 'p', peerId: 'a', userId: 1, source: 'camera', codec, clock: { offsetMs: null }, rids })
}

function stream(lastPacketAt: number): ReceiveStream {
  const feedback = { sendNack: () => {}, sendKeyFrameRequest: () => {} }
  const made = new ReceiveStream({ ssrc: 1, codec: 'vp8', clockRate: 90_000, isVideo: true, canRepair: true, feedback })
  made.lastPacketAt = lastPacketAt
  return made
}

test('layers are known by customary names, else by order; two of them are low and high', () => {
  expect(['h', 'l', 'm'].map((rid) => camera(['h', 'l', 'm']).layerOfRid(rid))).toEqual([2, 0, 1])
  expect(['q', 'h', 'f'].map((rid) => camera(['f', 'h', 'q']).layerOfRid(rid))).toEqual([0, 1, 2])
  expect(['x', 'y'].map((rid) => camera(['x', 'y']).layerOfRid(rid))).toEqual([0, 2])
  expect(camera([]).layers).toEqual(['high'])
})

test('a layer that falls behind the others is gone, one that pauses with them is not', () => {
  const publication = camera(['l', 'm', 'h'])
  expect(publication.liveStreams()).toEqual([])
  publication.streams.splice(0, 3, stream(5000), stream(4900), stream(4000))
  expect(publication.liveStreams().map(({ layer }) => layer)).toEqual([0, 1])
  publication.streams.splice(0, 3, stream(4000), stream(3900), stream(3800))
  expect(publication.liveStreams()).toHaveLength(3)
})

test('the state tells what can be seen', () => {
  const publication = camera([])
  const begin = performance.now()
  expect([publication.refreshState(begin), publication.state]).toEqual([false, 'waiting'])
  publication.streams[2] = stream(begin + 100)
  expect([publication.refreshState(begin + 200), publication.state]).toEqual([true, 'flowing'])
  publication.refreshState(begin + 4000)
  expect(publication.state).toBe('stalled')
  publication.setBlocked(true, begin + 4000)
  publication.refreshState(begin + 4000)
  expect(publication.state).toBe('blocked')
  publication.setBlocked(false, begin + 60_000)
  publication.refreshState(begin + 60_001)
  expect(publication.state).toBe('waiting')
})
