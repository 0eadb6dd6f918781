import { randomUUID } from 'node:crypto'
import { Fault } from '#kernel/fault.ts'
import type {
  Egress,
  IceCandidate,
  LayerChoice,
  MediaEngine,
  MediaEvent,
  MediaSource,
  OfferedTrack,
  PeerOptions,
  Publication,
  PublishOffer,
  SubscriptionPreference,
  TransportRole,
  VideoLayer,
} from '#domains/meetings/media-engine.ts'

interface FakePeer {
  options: PeerOptions
  allowed: Set<MediaSource>
  publications: Map<MediaSource, Publication>
  /** Whether an offer on the subscribe connection waits for its answer. */
  isOffered: boolean
  /** Whether something changed since that offer. */
  isStale: boolean
  candidates: { transport: TransportRole; candidate: IceCandidate }[]
  layers: Map<string, LayerChoice>
  preferences: SubscriptionPreference[]
  quality: VideoLayer
}

/** A media engine in memory that keeps the port's promises without any media; what it was told can be looked at. */
export interface FakeMediaEngine extends MediaEngine {
  peer(roomId: string, peerId: string): FakePeer | undefined
  peers(roomId: string): string[]
  /** Lets an event happen. */
  emit(event: MediaEvent): void
  /** Loses rooms, as when their worker ends. */
  killWorker(roomIds: readonly string[]): void
  /** Makes the next call fail. */
  failNext(fault: Fault): void
}

const SOURCES: readonly MediaSource[] = ['microphone', 'camera', 'screen', 'screen-audio']
const kindOf = (source: MediaSource): 'audio' | 'video' =>
  source === 'microphone' || source === 'screen-audio' ? 'audio' : 'video'

/** A fresh engine without rooms. */
export function createFakeMediaEngine(): FakeMediaEngine {
  const rooms = new Map<string, Map<string, FakePeer>>()
  const listeners = new Set<(event: MediaEvent) => void>()
  let nextFault: Fault | undefined

  const emit = (event: MediaEvent): void => {
    for (const listener of listeners) listener(event)
  }
  const maybeFail = (): void => {
    const fault = nextFault
    nextFault = undefined
    if (fault !== undefined) throw fault
  }
  const roomOf = (roomId: string): Map<string, FakePeer> => {
    maybeFail()
    const room = rooms.get(roomId)
    if (room === undefined) throw new Fault('missing', 'media.room-missing', 'no such room')
    return room
  }
  const peerOf = (roomId: string, peerId: string): FakePeer => {
    const peer = roomOf(roomId).get(peerId)
    if (peer === undefined) throw new Fault('missing', 'media.peer-missing', 'no such peer')
    return peer
  }
  const publicationsOf = (roomId: string): Publication[] =>
    [...(rooms.get(roomId)?.values() ?? [])].flatMap((peer) => [...peer.publications.values()])

  /** Offers what the others send, unless an offer is out already. */
  function offer(roomId: string, peerId: string): void {
    const peer = rooms.get(roomId)?.get(peerId)
    if (peer === undefined) return
    if (peer.isOffered) {
      peer.isStale = true
      return
    }
    const tracks: OfferedTrack[] = publicationsOf(roomId)
      .filter((one) => one.peerId !== peerId)
      .map((one, at) => ({
        mid: String(at),
        publicationId: one.publicationId,
        peerId: one.peerId,
        userId: one.userId,
        kind: one.kind,
        source: one.source,
      }))
    peer.isOffered = true
    peer.isStale = false
    emit({ type: 'offer', roomId, peerId, sdp: `v=0 offer ${tracks.length}`, tracks })
  }
  const offerOthers = (roomId: string, peerId: string): void => {
    for (const other of rooms.get(roomId)?.keys() ?? []) if (other !== peerId) offer(roomId, other)
  }
  function dropPublications(roomId: string, peerId: string, peer: FakePeer): void {
    for (const { publicationId, source } of peer.publications.values()) {
      emit({ type: 'publication-removed', roomId, peerId, publicationId, source })
    }
    const had = peer.publications.size > 0
    peer.publications.clear()
    if (had) offerOthers(roomId, peerId)
  }

  const engine: FakeMediaEngine = {
    emit,
    peer: (roomId, peerId) => rooms.get(roomId)?.get(peerId),
    peers: (roomId) => [...(rooms.get(roomId)?.keys() ?? [])],
    killWorker: (roomIds) => {
      for (const roomId of roomIds) rooms.delete(roomId)
      emit({ type: 'worker-died', roomIds: [...roomIds] })
    },
    failNext: (fault) => (nextFault = fault),
    start: async () => {},
    stop: async () => rooms.clear(),
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    openRoom: async (roomId) => {
      maybeFail()
      if (rooms.has(roomId)) throw new Fault('conflict', 'media.room-exists', 'the room is open')
      rooms.set(roomId, new Map())
    },
    closeRoom: async (roomId) => void rooms.delete(roomId),
    rooms: () => [...rooms.keys()],
    addPeer: async (roomId, peerId, options) => {
      const room = roomOf(roomId)
      if (room.has(peerId)) throw new Fault('conflict', 'media.peer-exists', 'the peer is there')
      room.set(peerId, {
        options,
        allowed: new Set(options.canPublish),
        publications: new Map(),
        isOffered: false,
        isStale: false,
        candidates: [],
        layers: new Map(),
        preferences: [],
        quality: 'high',
      })
      if (publicationsOf(roomId).length > 0) offer(roomId, peerId)
    },
    removePeer: async (roomId, peerId) => {
      const peer = rooms.get(roomId)?.get(peerId)
      if (peer === undefined) return
      dropPublications(roomId, peerId, peer)
      rooms.get(roomId)?.delete(peerId)
    },
    resumePeer: async (roomId, peerId, options = {}) => {
      const peer = peerOf(roomId, peerId)
      if (options.fresh === true) {
        dropPublications(roomId, peerId, peer)
        peer.isOffered = false
        if (publicationsOf(roomId).length > 0) offer(roomId, peerId)
      } else if (peer.isOffered) {
        peer.isOffered = false
        offer(roomId, peerId)
      }
      return peer.isOffered
    },
    publishOffer: async (roomId, peerId, { sdp, tracks }: PublishOffer) => {
      const peer = peerOf(roomId, peerId)
      if (!sdp.startsWith('v=0')) throw new Fault('invalid', 'media.bad-sdp', 'This is no SDP')
      for (const source of SOURCES) {
        const isSent = (tracks ?? []).some((track) => track.source === source)
        const known = peer.publications.get(source)
        if (isSent && known === undefined) {
          const publication: Publication = {
            publicationId: randomUUID(),
            peerId,
            userId: peer.options.userId,
            kind: kindOf(source),
            source,
            codec: kindOf(source) === 'audio' ? 'opus' : 'vp8',
            layers: ['high'],
            state: peer.allowed.has(source) ? 'flowing' : 'blocked',
          }
          peer.publications.set(source, publication)
          emit({ type: 'publication-added', roomId, publication })
        } else if (!isSent && known !== undefined) {
          peer.publications.delete(source)
          emit({ type: 'publication-removed', roomId, peerId, publicationId: known.publicationId, source })
        }
      }
      offerOthers(roomId, peerId)
      return { sdp: 'v=0 answer', publications: [...peer.publications.values()] }
    },
    subscribeAnswer: async (roomId, peerId) => {
      const peer = peerOf(roomId, peerId)
      if (!peer.isOffered) return
      peer.isOffered = false
      if (peer.isStale) offer(roomId, peerId)
    },
    addCandidate: async (roomId, peerId, transport, candidate) =>
      void peerOf(roomId, peerId).candidates.push({ transport, candidate }),
    restartIce: async (roomId, peerId, transport) => {
      const peer = peerOf(roomId, peerId)
      if (transport !== 'subscribe') return
      peer.isOffered = false
      offer(roomId, peerId)
    },
    setPublishingAllowed: async (roomId, peerId, sources) => {
      const peer = peerOf(roomId, peerId)
      peer.allowed = new Set(sources)
      for (const publication of peer.publications.values()) {
        const state = peer.allowed.has(publication.source) ? 'flowing' : 'blocked'
        if (publication.state === state) continue
        publication.state = state
        emit({ type: 'publication-changed', roomId, publication: { ...publication } })
      }
    },
    setPublishQuality: async (roomId, peerId, max) => void (peerOf(roomId, peerId).quality = max),
    setLayer: async (roomId, peerId, publicationId, choice) => {
      const peer = peerOf(roomId, peerId)
      if (!publicationsOf(roomId).some((one) => one.publicationId === publicationId)) {
        throw new Fault('missing', 'media.publication-missing', 'no such publication')
      }
      peer.layers.set(publicationId, choice)
    },
    setPreferences: async (roomId, peerId, preferences) => void peerOf(roomId, peerId).preferences.push(...preferences),
    startEgress: async (roomId, publicationId): Promise<Egress> => {
      const found = publicationsOf(roomId).find((one) => one.publicationId === publicationId)
      if (found === undefined) throw new Fault('missing', 'media.publication-missing', 'no such publication')
      const egress = {
        publicationId,
        kind: found.kind,
        codec: found.codec,
        payloadType: 96,
        clockRate: 90_000,
        ssrc: 1,
      }
      return { egressId: randomUUID(), sdp: 'v=0', ...egress }
    },
    stopEgress: async () => {},
    requestKeyFrame: async () => {},
    publications: async (roomId) => publicationsOf(roomId),
    stats: async (roomId) => ({
      roomId,
      peers: [...roomOf(roomId)].map(([peerId, peer]) => ({
        peerId,
        userId: peer.options.userId,
        connectedAt: null,
        transports: [],
        tracks: [...peer.publications.values()].map((one) => ({
          publicationId: one.publicationId,
          kind: one.kind,
          source: one.source,
          direction: 'inbound' as const,
          layer: null,
          codec: one.codec,
          bitrate: 64_000,
          packets: 50,
          bytes: 8_000,
          packetsLost: 0,
          lossRate: 0,
          jitterMs: 1,
          rttMs: null,
          nacks: 0,
          keyFrameRequests: 0,
        })),
      })),
      inboundBitrate: 64_000,
      outboundBitrate: 0,
      packetLossRate: 0,
      averageJitterMs: 1,
      averageRttMs: 0,
    }),
  }
  return engine
}
