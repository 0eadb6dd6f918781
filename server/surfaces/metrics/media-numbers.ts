import type { MediaEngine, RoomStats, TrackStats } from '#domains/meetings/media-engine.ts'
import { single } from './exposition.ts'
import type { MetricFamily } from './exposition.ts'

const DIRECTIONS = ['inbound', 'outbound'] as const

/** What the engine of this process carries, its rooms summed. A room that ends while it is asked is left out. */
export async function mediaNumbers(engine: Pick<MediaEngine, 'rooms' | 'stats'>): Promise<MetricFamily[]> {
  const asked = await Promise.allSettled(engine.rooms().map((roomId) => engine.stats(roomId)))
  const rooms = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const tracks = rooms.flatMap((room) => room.peers.flatMap((peer) => peer.tracks))
  const both = (value: (direction: (typeof DIRECTIONS)[number]) => number): MetricFamily['samples'] =>
    DIRECTIONS.map((direction) => ({ labels: { direction }, value: value(direction) }))
  const sum = (direction: string, field: 'packets' | 'bytes' | 'packetsLost' | 'nacks'): number =>
    tracks.reduce((total, track) => total + (track.direction === direction ? track[field] : 0), 0)
  const total = (field: keyof Pick<RoomStats, 'inboundBitrate' | 'outboundBitrate'>): number =>
    rooms.reduce((all, room) => all + room[field], 0)
  return [
    single('gauge', 'confab_sfu_rooms', 'Rooms whose media this process carries.', rooms.length),
    single(
      'gauge',
      'confab_sfu_peers',
      'People in these rooms.',
      rooms.reduce((all, room) => all + room.peers.length, 0),
    ),
    {
      name: 'confab_sfu_tracks',
      help: 'Tracks that come in and go out.',
      type: 'gauge',
      samples: both((direction) => tracks.filter((track) => track.direction === direction).length),
    },
    {
      name: 'confab_sfu_bitrate_bits_per_second',
      help: 'RTP of the last second.',
      type: 'gauge',
      samples: both((direction) => total(direction === 'inbound' ? 'inboundBitrate' : 'outboundBitrate')),
    },
    // Gauges and not counters: a track takes what it counted along when it ends.
    {
      name: 'confab_sfu_open_track_packets',
      help: 'Packets of the tracks that are open now, since each began.',
      type: 'gauge',
      samples: both((direction) => sum(direction, 'packets')),
    },
    {
      name: 'confab_sfu_open_track_bytes',
      help: 'Bytes of the tracks that are open now, since each began.',
      type: 'gauge',
      samples: both((direction) => sum(direction, 'bytes')),
    },
    {
      name: 'confab_sfu_open_track_packets_lost',
      help: 'Packets lost of the tracks that are open now, since each began.',
      type: 'gauge',
      samples: both((direction) => sum(direction, 'packetsLost')),
    },
    {
      name: 'confab_sfu_open_track_nacks',
      help: 'Packets asked for again of the tracks that are open now.',
      type: 'gauge',
      samples: both((direction) => sum(direction, 'nacks')),
    },
    {
      name: 'confab_sfu_packet_loss_ratio',
      help: 'Loss of the last report interval, 0 to 1, weighted by bitrate.',
      type: 'gauge',
      samples: both((direction) => lossOf(tracks.filter((track) => track.direction === direction))),
    },
  ]
}

function lossOf(tracks: readonly TrackStats[]): number {
  const weight = tracks.reduce((all, track) => all + track.bitrate, 0)
  return weight === 0 ? 0 : tracks.reduce((all, track) => all + track.lossRate * track.bitrate, 0) / weight
}
