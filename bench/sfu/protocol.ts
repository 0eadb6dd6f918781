/** One load: what is sent, and to how many. */
export interface Scenario {
  name: string
  /** Rooms of the same kind, side by side. */
  rooms: number
  /** In each room. */
  publishers: number
  subscribers: number
  /** The subscribers are the publishers, who do not get their own; else they are others. */
  everybodySubscribes: boolean
  packetsPerSecond: number
  packetBytes: number
  warmUpMs: number
  measureMs: number
}

/** What the load saw. */
export interface LoadResult {
  received: number
  expected: number
  streams: number
  delayP50: number
  delayP99: number
  loadCpuMs: number
  /** How late the load's own timers were, 99th percentile, ms: a delay no larger than this is the load's, not the server's. */
  lateP99: number
  /** Peer connections that were open. */
  connections: number
}

/** The load asks its parent to signal; `sdp` is what there is to say. */
export interface SignalRequest {
  type: 'signal'
  id: number
  method: 'publish' | 'subscribe' | 'answer'
  room: string
  peer: string
  sdp: string
}

export type ToLoad =
  { type: 'run'; scenario: Scenario } | { type: 'signalled'; id: number; sdp: string; error?: string }

export type FromLoad =
  | SignalRequest
  | { type: 'measuring' }
  | { type: 'measured' }
  | { type: 'result'; result: LoadResult }
  | { type: 'failed'; message: string }

/** A server under load: its process, and the three steps of signalling. */
export interface ServerUnderLoad {
  name: string
  pid: number
  /** Publishes as `peer`; the answer. */
  publish(room: string, peer: string, offer: string): Promise<string>
  /** Subscribes to everything of the room but what `peer` itself publishes; the offer. */
  subscribe(room: string, peer: string): Promise<string>
  answer(room: string, peer: string, answer: string): Promise<void>
  close(): Promise<void>
}
