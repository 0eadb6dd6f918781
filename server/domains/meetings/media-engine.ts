/**
 * The port between the meetings domain and whatever carries its media: our own SFU, or another one behind the same
 * shape. Types only. Every peer has two peer connections: `publish` (the client offers, the engine answers) and
 * `subscribe` (the engine offers, the client answers).
 */

export type MediaKind = 'audio' | 'video'
export type MediaSource = 'microphone' | 'camera' | 'screen' | 'screen-audio'
export type TransportRole = 'publish' | 'subscribe'
/** A spatial layer of a simulcast video; a video sent in one size only has just `high`. */
export type VideoLayer = 'low' | 'medium' | 'high'
/** `connecting` until media can flow, `disconnected` when nothing was heard for 5 s (it may come back), `failed` after 30 s. */
export type TransportState = 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed'

/** What a room is opened with. */
export interface RoomOptions {
  /** Peers at once; more get the fault `media.room-full`. Default 1000. */
  maxPeers?: number
}

/** What a peer is added with. */
export interface PeerOptions {
  /** The account behind the peer, told to subscribers beside each of its tracks. */
  userId: number
  /** What it may send from the start; see `setPublishingAllowed`. */
  canPublish: readonly MediaSource[]
  /** False for a peer that only sends (default true). */
  canSubscribe?: boolean
}

/** The client's offer on its publish connection. */
export interface PublishOffer {
  sdp: string
  /**
   * Which m-line carries what. One that is not named is taken by order: first audio = microphone, first video = camera,
   * second video = screen, second audio = screen-audio. A mid keeps its source until it is named anew.
   */
  tracks?: readonly { mid: string; source: MediaSource }[]
}

/** One track a peer sends into a room. */
export interface Publication {
  /** Unique within the engine. */
  publicationId: string
  peerId: string
  userId: number
  kind: MediaKind
  source: MediaSource
  /** Lower-case codec name: opus, vp8, vp9, h264, av1. */
  codec: string
  /** The layers it was negotiated with, best last; one entry (`high`) without simulcast. */
  layers: readonly VideoLayer[]
  /** `waiting` before the first packet, `stalled` after 3 s without one, `blocked` while the server refuses its source. */
  state: PublicationState
}

export type PublicationState = 'waiting' | 'flowing' | 'stalled' | 'blocked'

/** One m-line of the server's offer on a subscribe connection that carries a track at present. */
export interface OfferedTrack {
  mid: string
  publicationId: string
  peerId: string
  userId: number
  kind: MediaKind
  source: MediaSource
}

/** How much of one publication a subscriber is to get: `auto` follows bandwidth and tile size, never above `max`. */
export type LayerChoice = VideoLayer | 'off' | { mode: 'auto'; max?: VideoLayer }

/** What a subscriber shows of one publication. */
export interface SubscriptionPreference {
  publicationId: string
  /** The tile, in physical pixels; without it any size is useful. */
  width?: number
  height?: number
  /** False: a tile off screen, not sent at all (sound always is). Default true. */
  visible?: boolean
  /** Higher is served first when bandwidth is short. Default 0; screens come before cameras at the same priority. */
  priority?: number
}

/** Where plain RTP is to go: loopback only. RTCP sender reports go to `rtcpPort` (default `port + 1`). */
export interface EgressTarget {
  address: string
  port: number
  rtcpPort?: number
  /** The layer of a simulcast video to send (default `high`, else the best there is). */
  layer?: VideoLayer
}

/** A running egress and what its receiver has to know. */
export interface Egress {
  egressId: string
  publicationId: string
  kind: MediaKind
  codec: string
  payloadType: number
  clockRate: number
  channels?: number
  ssrc: number
  /** A complete SDP for a receiver such as ffmpeg. */
  sdp: string
}

/** Measured over the last full second or so; a counter is since the stream began. */
export interface TrackStats {
  publicationId: string
  kind: MediaKind
  source: MediaSource
  direction: 'inbound' | 'outbound'
  /** Of simulcast: the layer received, or the one being forwarded. */
  layer: VideoLayer | 'off' | null
  codec: string
  bitrate: number
  packets: number
  bytes: number
  packetsLost: number
  /** 0 to 1, of the last report interval. */
  lossRate: number
  jitterMs: number | null
  rttMs: number | null
  nacks: number
  keyFrameRequests: number
}

export interface TransportStats {
  role: TransportRole
  state: TransportState
  protocol: 'udp' | 'tcp' | null
  bytesReceived: number
  bytesSent: number
  rttMs: number | null
  /** Bits per second the engine believes it can send to this peer; null when unknown. */
  availableBitrate: number | null
}

export interface PeerStats {
  peerId: string
  userId: number
  /** Milliseconds since the epoch, null before the first transport connected. */
  connectedAt: number | null
  transports: TransportStats[]
  tracks: TrackStats[]
}

/** How well a peer is connected, rounded so that only what matters counts as a change. */
export interface PeerConnectionQuality {
  peerId: string
  /** Loss on what it sends and on what it gets, 0 to 1, of the last report interval, weighted by bitrate. */
  uplinkLoss: number
  downlinkLoss: number
  rttMs: number | null
  availableBitrate: number | null
  /** Some picture is withheld, or sent smaller than shown, because the line bears no more. */
  heldBack: boolean
}

export interface RoomStats {
  roomId: string
  peers: PeerStats[]
  /** Bits per second of RTP, all peers together. */
  inboundBitrate: number
  outboundBitrate: number
  /** 0 to 1 over all inbound and outbound tracks. */
  packetLossRate: number
  averageJitterMs: number
  averageRttMs: number
}

/** What the engine tells of itself. Every event names its room; one of a room that was closed never comes. */
export type MediaEvent =
  /** A new offer for the subscribe connection. One is outstanding at a time; changes meanwhile are gathered for the next. */
  | { type: 'offer'; roomId: string; peerId: string; sdp: string; tracks: OfferedTrack[] }
  /** A candidate of the engine's, where it does not put all of them into its descriptions. */
  | { type: 'candidate'; roomId: string; peerId: string; transport: TransportRole; candidate: IceCandidate }
  | { type: 'publication-added'; roomId: string; publication: Publication }
  | { type: 'publication-changed'; roomId: string; publication: Publication }
  | { type: 'publication-removed'; roomId: string; peerId: string; publicationId: string; source: MediaSource }
  | { type: 'transport-state'; roomId: string; peerId: string; transport: TransportRole; state: TransportState }
  /** What `peerId` (the subscriber) now gets of a video; `bandwidth` says the wish was larger than the line. */
  | {
      type: 'layer-changed'
      roomId: string
      peerId: string
      publicationId: string
      layer: VideoLayer | 'off'
      reason: 'wanted' | 'bandwidth' | 'unavailable'
    }
  /**
   * RFC 6464 levels (0 loudest to -127 dBov) of the peers heard in the last interval, at most five times a second and
   * only while somebody is heard or has just stopped; `activePeerId` is who speaks, kept steady over short pauses.
   */
  | {
      type: 'audio-levels'
      roomId: string
      levels: { peerId: string; publicationId: string; level: number }[]
      activePeerId: string | null
    }
  /** Peers whose connections are noticeably better or worse than when they were last told of; at most every three seconds. */
  | { type: 'connection-quality'; roomId: string; peers: PeerConnectionQuality[] }
  /** The thread carrying these rooms ended; they are gone from the engine and can be opened again at once. */
  | { type: 'worker-died'; roomIds: string[] }

/** RTCIceCandidateInit as it comes off the wire; nothing in it is believed. */
export interface IceCandidate {
  candidate?: string
  sdpMid?: string | null
  sdpMLineIndex?: number | null
  usernameFragment?: string | null
}

/**
 * Faults: `media.room-missing`, `media.peer-missing`, `media.publication-missing` (missing), `media.room-exists`,
 * `media.peer-exists` (conflict), `media.bad-sdp`, `media.bad-target` (invalid), `media.limit` (too-large),
 * `media.room-full` (busy), `media.unavailable` (unavailable: the worker died or does not answer within 5 s).
 */
export interface MediaEngine {
  /** Starts the workers; resolves when all of them can take rooms. */
  start(): Promise<void>
  /** Ends every room and worker. */
  stop(): Promise<void>
  /** Tells `listener` of everything that happens, until the returned function is called. */
  subscribe(listener: (event: MediaEvent) => void): () => void

  /** Opens a room on the worker with the least to do, where it stays. */
  openRoom(roomId: string, options?: RoomOptions): Promise<void>
  /** Ends a room with all its peers; one that does not exist is no fault. */
  closeRoom(roomId: string): Promise<void>
  /** The rooms open at present. */
  rooms(): string[]

  /** Adds a peer; it gets an `offer` as soon as there is something to see. */
  addPeer(roomId: string, peerId: string, options: PeerOptions): Promise<void>
  /** Takes a peer and its tracks away; one that does not exist is no fault. */
  removePeer(roomId: string, peerId: string): Promise<void>
  /**
   * For a peer whose client lost its socket (and so perhaps an offer) but kept its page: the outstanding offer, if any,
   * is sent again as an event. With `fresh` the client lost its peer connections too: both transports start anew, its
   * old publications are removed and a first offer is made, where there is something to see. Whether an offer was made:
   * it is the last event of its kind before the answer to this call.
   */
  resumePeer(roomId: string, peerId: string, options?: { fresh?: boolean }): Promise<boolean>

  /** Answers the client's offer; also how tracks are added and stopped, and ICE is restarted by the client. */
  publishOffer(
    roomId: string,
    peerId: string,
    offer: PublishOffer,
  ): Promise<{ sdp: string; publications: Publication[] }>
  /** Takes the client's answer to the outstanding offer; without one outstanding it is ignored. */
  subscribeAnswer(roomId: string, peerId: string, answer: { sdp: string }): Promise<void>
  /** A candidate of the client's; garbage and names that would have to be resolved are ignored. */
  addCandidate(roomId: string, peerId: string, transport: TransportRole, candidate: IceCandidate): Promise<void>
  /**
   * New ICE credentials. For `subscribe` a new `offer` follows; for `publish` the next answer carries them, and the
   * client has to make that offer with `iceRestart`.
   */
  restartIce(roomId: string, peerId: string, transport: TransportRole): Promise<void>

  /** From now on these sources alone are let through; the others are dropped on arrival and shown as `blocked`. */
  setPublishingAllowed(roomId: string, peerId: string, sources: readonly MediaSource[]): Promise<void>
  /** Nobody gets more than this layer of the peer's camera. */
  setPublishQuality(roomId: string, peerId: string, max: VideoLayer): Promise<void>
  /** What one subscriber gets of one video. */
  setLayer(roomId: string, peerId: string, publicationId: string, choice: LayerChoice): Promise<void>
  /** What the subscriber shows; publications that are not named keep what was said of them before. */
  setPreferences(roomId: string, peerId: string, preferences: readonly SubscriptionPreference[]): Promise<void>

  /** Sends a publication as plain RTP with sender reports to loopback until `stopEgress` or its end. */
  startEgress(roomId: string, publicationId: string, target: EgressTarget): Promise<Egress>
  /** Ends an egress; one that is over is no fault. */
  stopEgress(roomId: string, egressId: string): Promise<void>
  /** Asks the publisher for a key frame (throttled). */
  requestKeyFrame(roomId: string, publicationId: string): Promise<void>

  /** What is in the room. */
  publications(roomId: string): Promise<Publication[]>
  /** Measured numbers of one room. */
  stats(roomId: string): Promise<RoomStats>
}
