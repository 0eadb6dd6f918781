import type { PeerStats, RoomStats, TrackStats, TransportStats } from '#domains/meetings/media-engine.ts'
import { LAYERS } from '../forwarding/publication.ts'
import type { Publication } from '../forwarding/publication.ts'
import type { Subscription } from '../forwarding/subscription.ts'
import type { PeerTransport } from '../transport.ts'
import type { Peer } from './peer.ts'
import type { Room } from './room.ts'

/** Everything measured in a room. */
export function roomStats(room: Room, nowMs: number): RoomStats {
  const peers = [...room.peers.values()].map((peer) => peerStats(peer, nowMs))
  const tracks = peers.flatMap((peer) => peer.tracks)
  const sum = (direction: TrackStats['direction']): number =>
    tracks.filter((track) => track.direction === direction).reduce((total, track) => total + track.bitrate, 0)
  const active = tracks.filter((track) => track.packets > 0)
  return {
    roomId: room.id,
    peers,
    inboundBitrate: Math.round(sum('inbound')),
    outboundBitrate: Math.round(sum('outbound')),
    packetLossRate: mean(active.map((track) => track.lossRate)),
    averageJitterMs: mean(active.flatMap((track) => track.jitterMs ?? [])),
    averageRttMs: mean(peers.flatMap((peer) => peer.transports.flatMap((transport) => transport.rttMs ?? []))),
  }
}

function peerStats(peer: Peer, nowMs: number): PeerStats {
  const rttMs = peer.subscriber?.rttMs ?? null
  const transports: TransportStats[] = []
  if (peer.publisher) transports.push(transportStats(peer.publisher.transport, null, null))
  if (peer.subscriber) {
    transports.push(transportStats(peer.subscriber.transport, rttMs, peer.subscriber.availableBitrate(nowMs)))
  }
  return {
    peerId: peer.id,
    userId: peer.userId,
    connectedAt: peer.connectedAt,
    transports,
    tracks: [
      ...peer.publications.flatMap((publication) => inboundStats(publication, nowMs)),
      ...[...(peer.subscriber?.subscriptions.values() ?? [])].map((each) => outboundStats(each, nowMs)),
    ],
  }
}

function transportStats(transport: PeerTransport, rttMs: number | null, available: number | null): TransportStats {
  return {
    role: transport.role,
    state: transport.state,
    protocol: transport.protocol,
    bytesReceived: transport.bytesReceived,
    bytesSent: transport.bytesSent + (transport.outbound?.bytesSent ?? 0),
    rttMs,
    availableBitrate: available === null ? null : Math.round(available),
  }
}

function inboundStats(publication: Publication, nowMs: number): TrackStats[] {
  return publication.streams.flatMap((stream, layer) => {
    if (!stream) return []
    return {
      publicationId: publication.id,
      kind: publication.kind,
      source: publication.source,
      direction: 'inbound' as const,
      layer: publication.rids.length > 0 ? LAYERS[layer]! : null,
      codec: publication.codec.name,
      bitrate: Math.round(stream.rate.bitsPerSecond(nowMs)),
      packets: stream.packets,
      bytes: stream.bytes,
      packetsLost: stream.packetsLost,
      lossRate: stream.lossRate,
      jitterMs: (stream.jitterTicks * 1000) / stream.clockRate,
      rttMs: null,
      nacks: stream.nacks,
      keyFrameRequests: stream.keyFrameRequests,
    }
  })
}

function outboundStats(subscription: Subscription, nowMs: number): TrackStats {
  const { publication, current, received } = subscription
  const layer = current ? publication.layerOf(current) : -1
  return {
    publicationId: publication.id,
    kind: publication.kind,
    source: publication.source,
    direction: 'outbound',
    layer: publication.kind === 'audio' ? null : (LAYERS[layer] ?? 'off'),
    codec: publication.codec.name,
    bitrate: Math.round(subscription.rate.bitsPerSecond(nowMs)),
    packets: subscription.packets,
    bytes: subscription.bytes,
    packetsLost: received.packetsLost,
    lossRate: received.lossRate,
    jitterMs: received.jitterMs,
    rttMs: received.rttMs,
    nacks: subscription.nacks,
    keyFrameRequests: subscription.keyFrameRequests,
  }
}

function mean(values: readonly number[]): number {
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : 0
}
