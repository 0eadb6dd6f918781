/** One load: what is sent, and to how many. */
export interface Scenario {
  name: string
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
}

/** The load asks its parent to signal; `sdp` is what there is to say. */
export interface SignalRequest {
  type: 'signal'
  id: number
  method: 'publish' | 'subscribe' | 'answer'
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
  publish(peer: string, offer: string): Promise<string>
  /** Subscribes to everything but what `peer` itself publishes; the offer. */
  subscribe(peer: string): Promise<string>
  answer(peer: string, answer: string): Promise<void>
  close(): Promise<void>
}
