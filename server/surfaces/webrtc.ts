import { listPeers, roomStats, updatePeerMedia } from '#contracts/webrtc.ts'
import type { ResultOf } from '#contracts/route.ts'
import type { PeerStats, TrackStats, TransportState } from '#domains/meetings/media-engine.ts'
import type { MeetingSurfaceParts } from './meetings.ts'
import { actorOf } from './meetings-views.ts'
import { meetingSpeech } from './meetings-words.ts'
import type { Mount } from './mount.ts'
import { rfc3339 } from './time.ts'

type Peer = ResultOf<typeof listPeers>['peers'][number]

/** What the media server measures, and what peers send. */
export function mountWebrtc(mount: Mount, { meetings }: MeetingSurfaceParts): void {
  const { watching } = meetings

  mount(
    listPeers,
    async ({ account, params }) => {
      const { peers } = await watching.roomStats(actorOf(account), params.roomId)
      return { room_id: params.roomId, peers: peers.map(peerView), total: peers.length }
    },
    meetingSpeech,
  )

  mount(
    roomStats,
    async ({ account, params }) => {
      const stats = await watching.roomStats(actorOf(account), params.roomId)
      return {
        room_id: params.roomId,
        peers: stats.peers.length,
        tracks: stats.peers.reduce((sum, peer) => sum + peer.tracks.length, 0),
        inbound_bitrate: stats.inboundBitrate,
        outbound_bitrate: stats.outboundBitrate,
        packet_loss_rate: stats.packetLossRate,
        average_jitter_ms: stats.averageJitterMs,
        average_rtt_ms: stats.averageRttMs,
      }
    },
    meetingSpeech,
  )

  mount(
    updatePeerMedia,
    async ({ account, params, body }) => {
      const { audio_enabled, video_enabled, screen_sharing, video_quality: videoQuality } = body
      const peer = await watching.setPeerMedia(actorOf(account), params.peerId, {
        ...(audio_enabled !== undefined && { audio_enabled }),
        ...(video_enabled !== undefined && { video_enabled }),
        ...(screen_sharing !== undefined && { screen_sharing }),
        videoQuality,
      })
      return {
        peer_id: peer.peerId,
        user_id: peer.accountId,
        meeting_id: peer.meetingId,
        audio_enabled: peer.audio_enabled,
        video_enabled: peer.video_enabled,
        screen_sharing: peer.screen_sharing,
        video_quality: peer.videoQuality,
      }
    },
    meetingSpeech,
  )
}

/** From worst to best: a peer is as well as the worse of its connections. */
const STATES: readonly TransportState[] = ['failed', 'disconnected', 'connecting', 'connected', 'closed']

function peerView(peer: PeerStats): Peer {
  const status = STATES.find((state) => peer.transports.some((transport) => transport.state === state)) ?? 'new'
  const bitrates = peer.transports.flatMap(({ availableBitrate }) => availableBitrate ?? [])
  return {
    peer_id: peer.peerId,
    user_id: peer.userId,
    status,
    tracks: peer.tracks.map(trackView),
    connected_at: peer.connectedAt === null ? null : rfc3339(peer.connectedAt),
    available_bitrate: bitrates.length === 0 ? null : Math.max(...bitrates),
  }
}

function trackView(track: TrackStats): Peer['tracks'][number] {
  return {
    track_id: track.publicationId,
    kind: track.kind,
    source: track.source,
    direction: track.direction,
    layer: track.layer,
    codec: track.codec,
    bitrate: track.bitrate,
    packets: track.packets,
    bytes: track.bytes,
    packets_lost: track.packetsLost,
    loss_rate: track.lossRate,
    jitter_ms: track.jitterMs,
    rtt_ms: track.rttMs,
  }
}
