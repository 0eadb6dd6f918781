import type {
  MediaKind,
  MediaSource,
  Publication as PublicationInfo,
  PublicationState,
  VideoLayer,
} from '#domains/meetings/media-engine.ts'
import type { ForwardedCodec } from '../sdp/codecs.ts'
import type { ReceiveStream } from './receive-stream.ts'

export const LAYERS: readonly VideoLayer[] = ['low', 'medium', 'high']
const STALLED_MS = 3000
const LAYER_GONE_MS = 700
/** A connection takes its time; a track that does not begin by then is shown as stalled. */
const WAIT_MS = 10_000
/** A silent microphone with discontinuous transmission still sends every 400 ms; a still screen may send nothing for long. */
const SCREEN_STALLED_MS = 15_000

/** How a publisher's clock relates to ours: one for all of its streams, so that sound and picture stay together. */
export interface PublisherClock {
  /** Our Unix time minus the publisher's, in milliseconds, path delay included; null before its first sender report. */
  offsetMs: number | null
}

/** One track of a publisher with the streams (layers) it comes in. */
export class Publication {
  readonly id: string
  readonly peerId: string
  readonly userId: number
  readonly source: MediaSource
  readonly kind: MediaKind
  readonly codec: ForwardedCodec
  readonly clock: PublisherClock
  /** RIDs from low to high; empty without simulcast. */
  readonly rids: readonly string[]
  /** By layer: 0 low, 1 medium, 2 high. */
  readonly streams: (ReceiveStream | null)[] = [null, null, null]
  state: PublicationState = 'waiting'
  /** No layer above this one is forwarded. */
  maxLayer = 2
  /** When a voice was last heard in it, 0 for never. */
  lastHeardAt = 0
  private blockedNow = false
  /** Since when packets are awaited: its creation, or the end of a block. */
  private awaitedSince = performance.now()

  constructor(options: {
    id: string
    peerId: string
    userId: number
    source: MediaSource
    codec: ForwardedCodec
    clock: PublisherClock
    rids: readonly string[]
  }) {
    this.id = options.id
    this.peerId = options.peerId
    this.userId = options.userId
    this.source = options.source
    this.kind = options.codec.kind
    this.codec = options.codec
    this.clock = options.clock
    this.rids = orderRids(options.rids)
  }

  /** Whether the server refuses its packets. */
  get blocked(): boolean {
    return this.blockedNow
  }

  /** Refuses its packets, or lets them through again. */
  setBlocked(blocked: boolean, nowMs: number): void {
    if (this.blockedNow && !blocked) this.awaitedSince = nowMs
    this.blockedNow = blocked
  }

  /** The layers it was negotiated with. */
  get layers(): readonly VideoLayer[] {
    if (this.rids.length < 2) return ['high']
    return this.rids.length === 2 ? ['low', 'high'] : LAYERS
  }

  /** Which layer a RID is; without simulcast everything is the high one. */
  layerOfRid(rid: string): number {
    const index = this.rids.indexOf(rid)
    return index < 0 ? 2 : LAYERS.indexOf(this.layers[index]!)
  }

  /** Which layer a stream is, -1 for one that is not ours. */
  layerOf(stream: ReceiveStream): number {
    return this.streams.indexOf(stream)
  }

  /**
   * The layers that are being sent, low to high. A browser short of bandwidth or of processor stops the upper ones: such a one
   * falls behind the others, whereas a picture that stands still pauses in all.
   */
  liveStreams(): { layer: number; stream: ReceiveStream }[] {
    const known = this.streams.flatMap((stream, layer) => (stream ? { layer, stream } : []))
    const newest = Math.max(...known.map(({ stream }) => stream.lastPacketAt))
    return known.filter(({ stream }) => newest - stream.lastPacketAt < LAYER_GONE_MS)
  }

  /** Works out the state; true where it changed. */
  refreshState(nowMs: number): boolean {
    const before = this.state
    const last = Math.max(-1, ...this.streams.map((stream) => stream?.lastPacketAt ?? -1))
    const patience = this.source === 'screen' ? SCREEN_STALLED_MS : STALLED_MS
    if (this.blocked) this.state = 'blocked'
    else if (last >= this.awaitedSince) this.state = nowMs - last > patience ? 'stalled' : 'flowing'
    else this.state = nowMs - this.awaitedSince > WAIT_MS ? 'stalled' : 'waiting'
    return this.state !== before
  }

  /** What others are told of it. */
  describe(): PublicationInfo {
    return {
      publicationId: this.id,
      peerId: this.peerId,
      userId: this.userId,
      kind: this.kind,
      source: this.source,
      codec: this.codec.name,
      layers: this.layers,
      state: this.state,
    }
  }
}

const KNOWN_RIDS = [
  ['low', 'medium', 'high'],
  ['l', 'm', 'h'],
  ['q', 'h', 'f'],
]

/** RIDs from low to high: by their customary names, else in the order they were offered in. */
function orderRids(rids: readonly string[]): readonly string[] {
  const names = KNOWN_RIDS.find((known) => rids.every((rid) => known.includes(rid)))
  return names ? [...rids].sort((a, b) => names.indexOf(a) - names.indexOf(b)) : rids
}
