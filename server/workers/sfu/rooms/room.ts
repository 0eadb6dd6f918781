import type {
  Egress as EgressInfo,
  EgressTarget,
  MediaEvent,
  PeerOptions,
  Publication as PublicationInfo,
  RoomOptions,
} from '#domains/meetings/media-engine.ts'
import { Egress } from '../forwarding/egress.ts'
import type { Publication } from '../forwarding/publication.ts'
import { MediaRequestError } from '../protocol.ts'
import type { RoomContext } from './context.ts'
import { ConnectionQuality } from './connection-quality.ts'
import { Peer } from './peer.ts'
import { Speakers } from './speakers.ts'

const MAX_EGRESSES = 256

/** One room: who is in it and what is published. */
export class Room {
  readonly id: string
  readonly peers = new Map<string, Peer>()
  readonly publications = new Map<string, Publication>()
  private readonly context: RoomContext
  private readonly maxPeers: number
  private readonly speakers = new Speakers()
  private readonly quality = new ConnectionQuality()
  private readonly egresses = new Map<string, Egress>()
  private closed = false

  constructor(context: RoomContext, id: string, options: RoomOptions) {
    this.id = id
    this.maxPeers = options.maxPeers ?? 1000
    this.context = { ...context, emit: (event: MediaEvent) => this.emit(context, event) }
  }

  private emit(context: RoomContext, event: MediaEvent): void {
    if (!this.closed) context.emit(event)
  }

  /** Adds a peer, who is offered what is there already. */
  addPeer(peerId: string, options: PeerOptions): void {
    if (this.peers.has(peerId)) throw new MediaRequestError('media.peer-exists', 'the peer is in the room already')
    if (this.peers.size >= this.maxPeers) throw new MediaRequestError('media.room-full', 'the room is full')
    const peer = new Peer(this.context, this.id, peerId, options, {
      onPublished: (_peer, publication) => this.published(publication),
      onUnpublished: (_peer, publication) => this.unpublished(publication),
      onAudioLevel: (publication, level, nowMs) => this.speakers.heard(publication, level, nowMs),
      onStream: (publication) => this.layersChanged(publication),
    })
    this.peers.set(peerId, peer)
    peer.subscribe(this.publications.values())
  }

  /** The peer of this id; a fault where there is none. */
  peer(peerId: string): Peer {
    const peer = this.peers.get(peerId)
    if (!peer) throw new MediaRequestError('media.peer-missing', 'no such peer in the room')
    return peer
  }

  /** The publication of this id; a fault where there is none. */
  publication(publicationId: string): Publication {
    const publication = this.publications.get(publicationId)
    if (!publication) throw new MediaRequestError('media.publication-missing', 'no such publication in the room')
    return publication
  }

  /** Takes a peer away, with everything it published. */
  removePeer(peerId: string): void {
    const peer = this.peers.get(peerId)
    if (!peer) return
    this.peers.delete(peerId)
    this.speakers.forget(peerId)
    this.quality.forget(peerId)
    peer.close()
  }

  private published(publication: Publication): void {
    this.publications.set(publication.id, publication)
    this.context.emit({ type: 'publication-added', roomId: this.id, publication: publication.describe() })
    for (const peer of this.peers.values()) peer.subscribe([publication])
  }

  private unpublished(publication: Publication): void {
    this.publications.delete(publication.id)
    const { id, peerId, source } = publication
    this.context.emit({ type: 'publication-removed', roomId: this.id, peerId, publicationId: id, source })
    for (const peer of this.peers.values()) peer.unsubscribe(id)
    for (const egress of this.egresses.values())
      if (egress.publication === publication) this.stopEgress(egress.info.egressId)
  }

  /** Tells of publications whose state changed, and lets every subscriber choose anew. */
  publicationsChanged(publications: readonly Publication[]): void {
    for (const publication of publications) {
      this.context.emit({ type: 'publication-changed', roomId: this.id, publication: publication.describe() })
      this.layersChanged(publication)
    }
  }

  /** What a publication comes in, or may be forwarded in, is another than before. */
  layersChanged(publication: Publication): void {
    const now = performance.now()
    for (const peer of this.peers.values()) if (peer.id !== publication.peerId) peer.chooseLayers(now)
  }

  /** Sends a publication to a process on this machine. */
  startEgress(publicationId: string, target: EgressTarget): EgressInfo {
    const publication = this.publication(publicationId)
    if (this.egresses.size >= MAX_EGRESSES) throw new MediaRequestError('media.limit', 'too many egresses in the room')
    const egress = new Egress(this.context.nextId(), publication, target)
    this.egresses.set(egress.info.egressId, egress)
    return egress.info
  }

  /** Ends an egress. */
  stopEgress(egressId: string): void {
    this.egresses.get(egressId)?.close()
    this.egresses.delete(egressId)
  }

  /** Everything published. */
  describePublications(): PublicationInfo[] {
    return [...this.publications.values()].map((publication) => publication.describe())
  }

  /** Layers; four times a second. */
  tickLayers(nowMs: number): void {
    for (const peer of this.peers.values()) peer.chooseLayers(nowMs)
    for (const egress of this.egresses.values()) egress.chooseLayer(nowMs)
  }

  /** Feedback to publishers; twenty times a second. */
  tickFast(nowMs: number): void {
    for (const peer of this.peers.values()) peer.publisher?.tick(nowMs, peer.subscriber?.rttMs ?? 50)
    const heard = this.speakers.take(nowMs)
    if (heard) this.context.emit({ type: 'audio-levels', roomId: this.id, ...heard })
  }

  /** Reports and liveness; once a second. */
  tickSlow(nowMs: number): void {
    const unixMs = performance.timeOrigin + nowMs
    for (const peer of this.peers.values()) {
      peer.publisher?.transport.checkLiveness(nowMs)
      peer.subscriber?.transport.checkLiveness(nowMs)
      peer.publisher?.report(nowMs)
      peer.subscriber?.report(unixMs, nowMs)
    }
    for (const egress of this.egresses.values()) egress.report(unixMs, nowMs)
    const changed = this.quality.take(this.peers.values(), nowMs)
    if (changed) this.context.emit({ type: 'connection-quality', roomId: this.id, peers: changed })
    this.publicationsChanged([...this.publications.values()].filter((publication) => publication.refreshState(nowMs)))
  }

  /** Ends the room with all in it; nothing is told of it. */
  close(): void {
    this.closed = true
    for (const egress of this.egresses.values()) egress.close()
    this.egresses.clear()
    for (const peer of this.peers.values()) peer.close()
    this.peers.clear()
    this.publications.clear()
  }
}
