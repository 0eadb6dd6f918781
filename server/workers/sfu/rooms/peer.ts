import type { MediaSource, PeerOptions, PublishOffer, TransportRole } from '#domains/meetings/media-engine.ts'
import { allocate } from '../congestion/allocator.ts'
import type { Allocation, AllocationRequest } from '../congestion/allocator.ts'
import { LAYERS } from '../forwarding/publication.ts'
import type { Publication } from '../forwarding/publication.ts'
import { MediaRequestError } from '../protocol.ts'
import { parseSdp } from '../sdp/parse.ts'
import type { RoomContext } from './context.ts'
import { LayerWishes } from './layer-wishes.ts'
import { Publisher } from './publisher.ts'
import { Subscriber } from './subscriber.ts'

/** Bits per second kept free for each sound. */
const AUDIO_RESERVE = 40_000

/** What a peer tells its room of. */
export interface PeerHandlers {
  onPublished(peer: Peer, publication: Publication): void
  onUnpublished(peer: Peer, publication: Publication): void
  onAudioLevel(publication: Publication, level: number, nowMs: number): void
  onStream(publication: Publication): void
}

/** One participant: its two connections and what it wants to see. */
export class Peer {
  readonly id: string
  readonly userId: number
  readonly wishes = new LayerWishes()
  publisher: Publisher | null = null
  subscriber: Subscriber | null = null
  connectedAt: number | null = null
  private readonly context: RoomContext
  private readonly roomId: string
  private readonly handlers: PeerHandlers
  private readonly canSubscribe: boolean
  private allowed: readonly MediaSource[]
  private maxCameraLayer = 2
  private readonly told = new Map<string, string>()

  constructor(context: RoomContext, roomId: string, id: string, options: PeerOptions, handlers: PeerHandlers) {
    this.context = context
    this.roomId = roomId
    this.id = id
    this.userId = options.userId
    this.canSubscribe = options.canSubscribe !== false
    this.allowed = [...options.canPublish]
    this.handlers = handlers
  }

  /** What this peer sends into the room. */
  get publications(): Publication[] {
    return this.publisher ? [...this.publisher.receivers.values()].map((receiver) => receiver.publication) : []
  }

  /** Answers an offer on the publish connection. */
  publishOffer(offer: PublishOffer): string {
    const session = parseSdp(offer.sdp)
    // The client made a new connection without saying so: a page that was reloaded, or one that gave up its old one.
    if (this.publisher?.transport.isForAnother(session.fingerprints)) {
      this.publisher.close()
      this.publisher = null
    }
    this.publisher ??= new Publisher(
      this.context,
      { peerId: this.id, userId: this.userId, canPublish: this.allowed },
      {
        onPublished: (publication) => {
          if (publication.source === 'camera') publication.maxLayer = this.maxCameraLayer
          this.handlers.onPublished(this, publication)
        },
        onUnpublished: (publication) => this.handlers.onUnpublished(this, publication),
        onState: (state) => this.transportState('publish', state),
        onAudioLevel: (publication, level, nowMs) => this.handlers.onAudioLevel(publication, level, nowMs),
        onStream: (publication) => this.handlers.onStream(publication),
      },
    )
    return this.publisher.offer(offer, session)
  }

  /** Nobody gets more than this layer of the camera. */
  limitCamera(maxLayer: number): void {
    this.maxCameraLayer = maxLayer
    for (const publication of this.publications) if (publication.source === 'camera') publication.maxLayer = maxLayer
  }

  /** Which sources are let through from now on; returns the publications whose state changed. */
  setAllowed(sources: readonly MediaSource[]): Publication[] {
    this.allowed = [...sources]
    return this.publisher?.setAllowed(sources, performance.now()) ?? []
  }

  /** Subscribes to what others publish; its own is none of it. */
  subscribe(publications: Iterable<Publication>): void {
    if (!this.canSubscribe) return
    for (const publication of publications) {
      if (publication.peerId === this.id) continue
      this.subscriber ??= this.createSubscriber()
      this.subscriber.add(publication)
    }
    this.subscriber?.negotiate()
  }

  private createSubscriber(): Subscriber {
    return new Subscriber(this.context, {
      onOffer: (sdp, tracks) => this.context.emit({ type: 'offer', roomId: this.roomId, peerId: this.id, sdp, tracks }),
      onState: (state) => this.transportState('subscribe', state),
      rank: (publication) => this.rank(publication),
      onChanged: () => this.chooseLayers(performance.now()),
    })
  }

  /** Who was heard last, and what is shown largest, comes first. */
  private rank(publication: Publication): number {
    if (publication.kind === 'audio') return publication.lastHeardAt
    return this.wishes.isShown(publication) ? 1 + this.wishes.priority(publication) : 0
  }

  private transportState(
    transport: TransportRole,
    state: 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed',
  ): void {
    if (state === 'connected') this.connectedAt ??= Date.now()
    this.context.emit({ type: 'transport-state', roomId: this.roomId, peerId: this.id, transport, state })
  }

  /** Takes away what is no longer published. */
  unsubscribe(publicationId: string): void {
    this.wishes.forget(publicationId)
    this.told.delete(publicationId)
    this.subscriber?.remove(publicationId)
    this.subscriber?.negotiate()
  }

  /** Starts both connections anew, for a client that lost its own. */
  startFresh(publications: Iterable<Publication>): void {
    this.publisher?.close()
    this.publisher = null
    this.subscriber?.close()
    this.subscriber = null
    this.told.clear()
    this.subscribe(publications)
  }

  /** New ICE credentials on one connection. */
  restartIce(transport: TransportRole): void {
    if (transport === 'subscribe') this.subscriber?.restartIce()
    else this.publisher?.transport.restartIce()
  }

  /** Decides what each subscription gets, by wish, by what there is, and by what the line bears. */
  chooseLayers(nowMs: number): void {
    const subscriber = this.subscriber
    if (!subscriber) return
    subscriber.reconsider()
    let reserve = 0
    const requests: AllocationRequest[] = []
    for (const { publication, current, output } of subscriber.subscriptions.values()) {
      if (publication.kind === 'audio') reserve += AUDIO_RESERVE
      else if (output) {
        requests.push({
          id: publication.id,
          priority: this.wishes.priority(publication),
          wanted: this.wishes.wantedLayer(publication),
          live: publication
            .liveStreams()
            .map(({ layer, stream }) => ({ layer, bitrate: stream.rate.bitsPerSecond(nowMs) })),
          current: current ? publication.layerOf(current) : -1,
        })
      }
    }
    const available = subscriber.availableBitrate(nowMs)
    const allocations = allocate(requests, available === null ? null : Math.max(0, available - reserve))
    subscriber.probeFor(reserve + wantedBitrate(requests, allocations), nowMs)
    for (const subscription of subscriber.subscriptions.values()) {
      const { publication, output } = subscription
      if (!output) continue
      if (publication.kind === 'audio')
        subscription.setTarget(publication.blocked ? null : publication.streams[2]!, nowMs)
      else {
        const allocation = allocations.get(publication.id)!
        subscription.setTarget(allocation.layer < 0 ? null : publication.streams[allocation.layer]!, nowMs)
        this.tellLayer(publication, allocation)
      }
    }
  }

  /** Whether bandwidth keeps some picture from being sent as large as it is shown. */
  get isHeldBack(): boolean {
    return [...this.told.values()].some((text) => text.endsWith(' bandwidth'))
  }

  private tellLayer(publication: Publication, { layer, reason }: Allocation): void {
    const name = LAYERS[layer] ?? 'off'
    const text = `${name} ${reason}`
    if (this.told.get(publication.id) === text) return
    this.told.set(publication.id, text)
    this.context.emit({
      type: 'layer-changed',
      roomId: this.roomId,
      peerId: this.id,
      publicationId: publication.id,
      layer: name,
      reason,
    })
  }

  /** The transport of one role; a fault where it does not exist yet. */
  requireSubscriber(): Subscriber {
    if (!this.subscriber) throw new MediaRequestError('media.bad-sdp', 'there is no offer to answer')
    return this.subscriber
  }

  /** Ends both connections. */
  close(): void {
    this.publisher?.close()
    this.subscriber?.close()
    this.publisher = null
    this.subscriber = null
  }
}

/** What would satisfy every wish, where bandwidth is what keeps one back; 0 where nothing is. */
function wantedBitrate(requests: readonly AllocationRequest[], allocations: ReadonlyMap<string, Allocation>): number {
  if (![...allocations.values()].some((allocation) => allocation.reason === 'bandwidth')) return 0
  let sum = 0
  for (const { live, wanted } of requests) sum += live.findLast(({ layer }) => layer <= wanted)?.bitrate ?? 0
  return sum * 1.2
}
