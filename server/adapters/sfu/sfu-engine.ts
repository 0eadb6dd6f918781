import type {
  Egress,
  EgressTarget,
  IceCandidate,
  LayerChoice,
  MediaEngine,
  MediaEvent,
  MediaSource,
  PeerOptions,
  Publication,
  PublishOffer,
  RoomOptions,
  RoomStats,
  SubscriptionPreference,
  TransportRole,
  VideoLayer,
} from '#domains/meetings/media-engine.ts'
import { Fault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import { WorkerThread } from './worker-thread.ts'

/** How the embedded SFU is set up. */
export interface SfuOptions {
  log: Log
  /** Threads; rooms are spread over them. */
  workers: number
  /** Addresses to bind (`0.0.0.0`, `::`); default `0.0.0.0`. */
  addresses?: readonly string[]
  /** One UDP port (and the TCP port of the same number) is taken of this range per worker; default: any free port. */
  portRange?: { min: number; max: number }
  /** Addresses told to clients instead of the machine's own, for a server behind NAT. */
  announced?: readonly string[]
  /** Whether clients may connect by TCP; default true. */
  tcp?: boolean
}

const RESPAWN_MS = 200
const MAX_RESPAWN_MS = 10_000

interface Place {
  thread: WorkerThread
  name: string
  rooms: Set<string>
  failures: number
  timer: NodeJS.Timeout | null
}

/** The embedded SFU: rooms on worker threads of this process. */
export class SfuEngine implements MediaEngine {
  private readonly options: SfuOptions
  private readonly listeners = new Set<(event: MediaEvent) => void>()
  private readonly places: Place[] = []
  private readonly placeOf = new Map<string, Place>()
  private generation = 0
  private stopping = false

  constructor(options: SfuOptions) {
    this.options = options
  }

  /** Starts the threads; a fault where one cannot bind a port. */
  async start(): Promise<void> {
    for (let i = 0; i < this.options.workers; i++) this.places.push(this.spawn(null))
    try {
      await Promise.all(this.places.map((place) => place.thread.whenReady()))
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  private spawn(replaced: Place | null): Place {
    const name = (++this.generation).toString(36)
    const sockets = {
      addresses: this.options.addresses ?? ['0.0.0.0'],
      portRange: this.options.portRange ?? { min: 0, max: 0 },
      announced: this.options.announced ?? [],
      tcp: this.options.tcp ?? true,
    }
    const place: Place = replaced ?? { thread: undefined as never, name, rooms: new Set(), failures: 0, timer: null }
    place.name = name
    place.thread = new WorkerThread(
      { name, sockets },
      (event) => this.emit(event),
      (message, stack) => this.options.log.error({ worker: name, message, stack }, 'media worker survived a bug'),
      (error) => this.exited(place, error),
    )
    void place.thread.whenReady().then(
      () => {
        place.failures = 0
      },
      () => {},
    )
    return place
  }

  private exited(place: Place, error: Error | null): void {
    const roomIds = [...place.rooms]
    place.rooms.clear()
    for (const roomId of roomIds) this.placeOf.delete(roomId)
    if (this.stopping) return
    this.options.log.error({ worker: place.name, rooms: roomIds.length, err: error }, 'media worker ended')
    const delay = Math.min(MAX_RESPAWN_MS, RESPAWN_MS * 2 ** place.failures++)
    place.timer = setTimeout(() => this.spawn(place), place.failures === 1 ? 0 : delay)
    this.emit({ type: 'worker-died', roomIds })
  }

  private emit(event: MediaEvent): void {
    // What was under way when the room was closed is of no interest any more.
    if (event.type !== 'worker-died' && !this.placeOf.has(event.roomId)) return
    for (const listener of this.listeners) listener(event)
  }

  async stop(): Promise<void> {
    this.stopping = true
    for (const place of this.places) if (place.timer) clearTimeout(place.timer)
    await Promise.all(this.places.map((place) => place.thread.stop()))
    this.placeOf.clear()
    this.places.length = 0
  }

  subscribe(listener: (event: MediaEvent) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  async openRoom(roomId: string, options: RoomOptions = {}): Promise<void> {
    if (this.placeOf.has(roomId)) throw new Fault('conflict', 'media.room-exists', 'the room is open already')
    const [place] = [...this.places].sort((a, b) => a.rooms.size - b.rooms.size)
    if (!place || this.stopping) throw new Fault('unavailable', 'media.unavailable', 'the media engine is not running')
    place.rooms.add(roomId)
    this.placeOf.set(roomId, place)
    try {
      await place.thread.whenReady()
      await place.thread.call({ method: 'openRoom', args: [roomId, options] })
    } catch (error) {
      if (this.placeOf.get(roomId) === place) this.placeOf.delete(roomId)
      place.rooms.delete(roomId)
      throw error
    }
  }

  async closeRoom(roomId: string): Promise<void> {
    const place = this.placeOf.get(roomId)
    if (!place) return
    this.placeOf.delete(roomId)
    place.rooms.delete(roomId)
    await place.thread.call({ method: 'closeRoom', args: [roomId] })
  }

  rooms(): string[] {
    return [...this.placeOf.keys()]
  }

  private thread(roomId: string): WorkerThread {
    const place = this.placeOf.get(roomId)
    if (!place) throw new Fault('missing', 'media.room-missing', 'no such room')
    return place.thread
  }

  async addPeer(roomId: string, peerId: string, options: PeerOptions): Promise<void> {
    await this.thread(roomId).call({ method: 'addPeer', args: [roomId, peerId, options] })
  }

  async removePeer(roomId: string, peerId: string): Promise<void> {
    await this.placeOf.get(roomId)?.thread.call({ method: 'removePeer', args: [roomId, peerId] })
  }

  async resumePeer(roomId: string, peerId: string, options: { fresh?: boolean } = {}): Promise<boolean> {
    return await this.thread(roomId).call({ method: 'resumePeer', args: [roomId, peerId, options.fresh ?? false] })
  }

  async publishOffer(
    roomId: string,
    peerId: string,
    offer: PublishOffer,
  ): Promise<{ sdp: string; publications: Publication[] }> {
    return await this.thread(roomId).call({ method: 'publishOffer', args: [roomId, peerId, offer] })
  }

  async subscribeAnswer(roomId: string, peerId: string, answer: { sdp: string }): Promise<void> {
    await this.thread(roomId).call({ method: 'subscribeAnswer', args: [roomId, peerId, answer.sdp] })
  }

  async addCandidate(roomId: string, peerId: string, role: TransportRole, candidate: IceCandidate): Promise<void> {
    await this.thread(roomId).call({ method: 'addCandidate', args: [roomId, peerId, role, candidate] })
  }

  async restartIce(roomId: string, peerId: string, transport: TransportRole): Promise<void> {
    await this.thread(roomId).call({ method: 'restartIce', args: [roomId, peerId, transport] })
  }

  async setPublishingAllowed(roomId: string, peerId: string, sources: readonly MediaSource[]): Promise<void> {
    await this.thread(roomId).call({ method: 'setPublishingAllowed', args: [roomId, peerId, sources] })
  }

  async setPublishQuality(roomId: string, peerId: string, max: VideoLayer): Promise<void> {
    await this.thread(roomId).call({ method: 'setPublishQuality', args: [roomId, peerId, max] })
  }

  async setLayer(roomId: string, peerId: string, publicationId: string, choice: LayerChoice): Promise<void> {
    await this.thread(roomId).call({ method: 'setLayer', args: [roomId, peerId, publicationId, choice] })
  }

  async setPreferences(roomId: string, peerId: string, preferences: readonly SubscriptionPreference[]): Promise<void> {
    await this.thread(roomId).call({ method: 'setPreferences', args: [roomId, peerId, preferences] })
  }

  async startEgress(roomId: string, publicationId: string, target: EgressTarget): Promise<Egress> {
    return await this.thread(roomId).call({ method: 'startEgress', args: [roomId, publicationId, target] })
  }

  async stopEgress(roomId: string, egressId: string): Promise<void> {
    await this.placeOf.get(roomId)?.thread.call({ method: 'stopEgress', args: [roomId, egressId] })
  }

  async requestKeyFrame(roomId: string, publicationId: string): Promise<void> {
    await this.thread(roomId).call({ method: 'requestKeyFrame', args: [roomId, publicationId] })
  }

  async publications(roomId: string): Promise<Publication[]> {
    return await this.thread(roomId).call({ method: 'publications', args: [roomId] })
  }

  async stats(roomId: string): Promise<RoomStats> {
    return await this.thread(roomId).call({ method: 'stats', args: [roomId] })
  }

  /** Ends the thread that carries a room, as a crash would: for tests of what follows. */
  async killWorkerOf(roomId: string): Promise<void> {
    await this.placeOf.get(roomId)?.thread.kill()
  }
}
