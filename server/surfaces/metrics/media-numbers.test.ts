import { expect, test } from 'vitest'
import type { RoomStats, TrackStats } from '#domains/meetings/media-engine.ts'
import { exposition } from './exposition.ts'
import { mediaNumbers } from './media-numbers.ts'

const track = (fields: Partial<TrackStats>): TrackStats => ({
  publicationId: 'p',
  kind: 'video',
  source: 'camera',
  direction: 'inbound',
  layer: 'high',
  codec: 'vp8',
  bitrate: 1000,
  packets: 10,
  bytes: 100,
  packetsLost: 1,
  lossRate: 0.1,
  jitterMs: null,
  rttMs: null,
  nacks: 2,
  keyFrameRequests: 0,
  ...fields,
})

const room = (roomId: string, tracks: TrackStats[]): RoomStats => ({
  roomId,
  peers: [{ peerId: 'a', userId: 1, connectedAt: 1, transports: [], tracks }],
  inboundBitrate: 1000,
  outboundBitrate: 3000,
  packetLossRate: 0,
  averageJitterMs: 0,
  averageRttMs: 0,
})

test('rooms are summed, and one that ends meanwhile is left out', async () => {
  const rooms: Record<string, RoomStats> = {
    1: room('1', [track({}), track({ direction: 'outbound', bitrate: 3000, lossRate: 0 })]),
    2: room('2', [track({ bitrate: 3000, lossRate: 0.5 })]),
  }
  const text = exposition(
    await mediaNumbers({
      rooms: () => ['1', '2', '3'],
      stats: async (id) => {
        const found = rooms[id]
        if (found === undefined) throw new Error('gone')
        return found
      },
    }),
  )
  expect(text).toContain('confab_sfu_rooms 2\n')
  expect(text).toContain('confab_sfu_bitrate_bits_per_second{direction="inbound"} 2000\n')
  expect(text).toContain('confab_sfu_open_track_packets{direction="inbound"} 20\n')
  expect(text).toContain('confab_sfu_open_track_packets_lost{direction="outbound"} 1\n')
  expect(text).toContain('confab_sfu_packet_loss_ratio{direction="inbound"} 0.4\n')
})

test('labels and help are escaped, numbers beyond all are named', () => {
  const samples = [{ labels: { a: 'x"\\\n' }, value: Infinity }]
  expect(exposition([{ name: 'n', help: 'a\nb', type: 'gauge', samples }])).toBe(
    '# HELP n a\\nb\n# TYPE n gauge\nn{a="x\\"\\\\\\n"} +Inf\n',
  )
})
