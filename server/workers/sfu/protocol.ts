import type {
  IceCandidate,
  LayerChoice,
  MediaEvent,
  MediaSource,
  PeerOptions,
  PublishOffer,
  RoomOptions,
  SubscriptionPreference,
  TransportRole,
  VideoLayer,
  EgressTarget,
} from '#domains/meetings/media-engine.ts'
import type { SocketOptions } from './ice/sockets.ts'

/** What a worker is started with. */
export interface WorkerOptions {
  /** Unique among the workers of an engine and over their restarts; ids begin with it. */
  name: string
  sockets: SocketOptions
}

/** A call into the worker: a method of `Rooms` and its arguments. */
export type WorkerCall =
  | { method: 'openRoom'; args: [roomId: string, options: RoomOptions] }
  | { method: 'closeRoom'; args: [roomId: string] }
  | { method: 'addPeer'; args: [roomId: string, peerId: string, options: PeerOptions] }
  | { method: 'removePeer'; args: [roomId: string, peerId: string] }
  | { method: 'resumePeer'; args: [roomId: string, peerId: string, fresh: boolean] }
  | { method: 'publishOffer'; args: [roomId: string, peerId: string, offer: PublishOffer] }
  | { method: 'subscribeAnswer'; args: [roomId: string, peerId: string, sdp: string] }
  | {
      method: 'addCandidate'
      args: [roomId: string, peerId: string, transport: TransportRole, candidate: IceCandidate]
    }
  | { method: 'restartIce'; args: [roomId: string, peerId: string, transport: TransportRole] }
  | { method: 'setPublishingAllowed'; args: [roomId: string, peerId: string, sources: readonly MediaSource[]] }
  | { method: 'setPublishQuality'; args: [roomId: string, peerId: string, max: VideoLayer] }
  | { method: 'setLayer'; args: [roomId: string, peerId: string, publicationId: string, choice: LayerChoice] }
  | { method: 'setPreferences'; args: [roomId: string, peerId: string, preferences: readonly SubscriptionPreference[]] }
  | { method: 'startEgress'; args: [roomId: string, publicationId: string, target: EgressTarget] }
  | { method: 'stopEgress'; args: [roomId: string, egressId: string] }
  | { method: 'requestKeyFrame'; args: [roomId: string, publicationId: string] }
  | { method: 'publications'; args: [roomId: string] }
  | { method: 'stats'; args: [roomId: string] }

/** From the host to the worker. */
export type ToWorker = { type: 'call'; id: number; call: WorkerCall } | { type: 'stop' }

/** From the worker to the host. */
export type FromWorker =
  | { type: 'ready' }
  | { type: 'result'; id: number; value: unknown }
  | { type: 'refused'; id: number; code: MediaRequestCode; message: string }
  | { type: 'event'; event: MediaEvent }
  | { type: 'fault'; message: string; stack: string }

export type MediaRequestCode =
  | 'media.room-missing'
  | 'media.peer-missing'
  | 'media.publication-missing'
  | 'media.room-exists'
  | 'media.peer-exists'
  | 'media.bad-sdp'
  | 'media.bad-target'
  | 'media.limit'
  | 'media.room-full'
  | 'media.internal'

/** A call the worker refuses; the host makes it the fault of the same code. */
export class MediaRequestError extends Error {
  readonly code: MediaRequestCode

  constructor(code: MediaRequestCode, message: string) {
    super(message)
    this.code = code
  }
}
