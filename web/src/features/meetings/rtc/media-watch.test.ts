import { expect, test } from 'vitest'
import { MediaWatch, STALL_AFTER, type WatchInput } from './media-watch.ts'
import type { RemoteTrack } from './track-types.ts'

type Numbers = Record<string, number | string | boolean>

const connectionWith = (...reports: Numbers[]) =>
  ({
    connectionState: 'connected',
    getStats: async () => new Map(reports.map((report, index) => [String(index), report])),
  }) as unknown as RTCPeerConnection

const camera = {
  mid: '1',
  publication_id: 'cam',
  user_id: 2,
  peer_id: 'p',
  kind: 'video',
  source: 'camera',
} as unknown as RemoteTrack

function inputWith(fields: Partial<WatchInput>): WatchInput {
  return {
    publish: null,
    subscribe: null,
    tracks: [],
    expected: () => true,
    microphoneMid: null,
    microphoneSilent: false,
    cameraTrackId: null,
    ...fields,
  }
}

const frames = (framesDecoded: number, more: Numbers = {}) =>
  connectionWith({ type: 'inbound-rtp', mid: '1', framesDecoded, ...more })

test('a picture that stands for three seconds although it should move is said, and unsaid when it moves', async () => {
  const watch = new MediaWatch()
  const look = (decoded: number, at: number) =>
    watch.look(inputWith({ subscribe: frames(decoded), tracks: [camera] }), at)
  await look(10, 1000)
  await look(20, 2000)
  for (const at of [3000, 4000]) await look(20, at)
  expect(watch.health.get().stalled.has('cam')).toBe(false)
  await look(20, 2000 + STALL_AFTER)
  expect(watch.health.get().stalled.has('cam')).toBe(true)
  await look(21, 6000)
  expect(watch.health.get().stalled.has('cam')).toBe(false)
})

test('a picture that is not expected, or was not looked at for a while, has not stopped', async () => {
  const watch = new MediaWatch()
  const off = inputWith({ subscribe: frames(20), tracks: [camera], expected: () => false })
  for (let at = 1000; at <= 8000; at += 1000) await watch.look(off, at)
  expect(watch.health.get().stalled.size).toBe(0)
  const on = inputWith({ subscribe: frames(20), tracks: [camera] })
  await watch.look(on, 9000)
  await watch.look(on, 60_000)
  expect(watch.health.get().stalled.size).toBe(0)
})

test('an open microphone that is silent, or whose sound does not leave, is said', async () => {
  const watch = new MediaWatch()
  const sent = (packetsSent: number) => connectionWith({ type: 'outbound-rtp', mid: '0', packetsSent })
  const look = (packets: number, silent: boolean, at: number, mid: string | null = '0') =>
    watch.look(inputWith({ publish: sent(packets), microphoneMid: mid, microphoneSilent: silent }), at)
  for (let at = 1000; at <= 5000; at += 1000) await look(at, true, at)
  expect(watch.health.get().microphone).toBe('silent')
  await look(6000, false, 6000)
  expect(watch.health.get().microphone).toBe('fine')
  for (let at = 7000; at <= 11_000; at += 1000) await look(6000, false, at)
  expect(watch.health.get().microphone).toBe('unsent')
  await look(6000, false, 12_000, null)
  expect(watch.health.get().microphone).toBe('fine')
})

test('a camera that is on and gives no picture is said', async () => {
  const watch = new MediaWatch()
  const look = (count: number, at: number) =>
    watch.look(
      inputWith({
        publish: connectionWith({ type: 'media-source', trackIdentifier: 'mine', frames: count }),
        cameraTrackId: 'mine',
      }),
      at,
    )
  await look(1, 1000)
  await look(2, 2000)
  expect(watch.health.get().camera).toBe('fine')
  for (let at = 3000; at <= 5000; at += 1000) await look(2, at)
  expect(watch.health.get().camera).toBe('stopped')
})
