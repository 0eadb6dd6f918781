import { LAYERS } from '../forwarding/publication.ts'
import { MediaRequestError } from '../protocol.ts'
import type { WorkerCall } from '../protocol.ts'
import type { RoomContext } from './context.ts'
import { Room } from './room.ts'
import { roomStats } from './stats.ts'

const FAST_MS = 50
const LAYERS_MS = 250
const SLOW_MS = 1000
const MAX_ROOMS = 10_000

/** All rooms of one worker, and the clock that drives them. */
export class Rooms {
  private readonly context: RoomContext
  private readonly rooms = new Map<string, Room>()
  /** Runs while there is a room. */
  private timer: NodeJS.Timeout | undefined
  private layersAt = 0
  private slowAt = 0

  constructor(context: RoomContext) {
    this.context = context
  }

  private tick(): void {
    const now = performance.now()
    this.forEach((room) => room.tickFast(now))
    if (now - this.layersAt >= LAYERS_MS) {
      this.layersAt = now
      this.forEach((room) => room.tickLayers(now))
    }
    if (now - this.slowAt < SLOW_MS) return
    this.slowAt = now
    this.forEach((room) => room.tickSlow(now))
  }

  /** Every room on its own, so that a bug one of them meets does not stop the clock of the others. */
  private forEach(act: (room: Room) => void): void {
    for (const room of this.rooms.values()) {
      try {
        act(room)
      } catch (error) {
        this.context.onFault(error)
      }
    }
  }

  /** Does what the host asked; a `MediaRequestError` refuses. */
  handle(call: WorkerCall): unknown {
    switch (call.method) {
      case 'openRoom':
        return this.open(call.args[0], call.args[1].maxPeers)
      case 'closeRoom':
        return this.close(call.args[0])
      case 'addPeer':
        return this.room(call.args[0]).addPeer(call.args[1], call.args[2])
      case 'removePeer':
        return this.rooms.get(call.args[0])?.removePeer(call.args[1])
      case 'resumePeer':
        return this.resumePeer(...call.args)
      case 'publishOffer': {
        const [roomId, peerId, offer] = call.args
        const peer = this.room(roomId).peer(peerId)
        const sdp = peer.publishOffer(offer)
        return { sdp, publications: peer.publications.map((publication) => publication.describe()) }
      }
      case 'subscribeAnswer':
        return this.room(call.args[0]).peer(call.args[1]).requireSubscriber().answer(call.args[2])
      case 'addCandidate':
        // We are ICE-lite: the client's checks tell its addresses, so nothing it says of them has to be believed.
        return void this.room(call.args[0]).peer(call.args[1])
      case 'restartIce':
        return this.room(call.args[0]).peer(call.args[1]).restartIce(call.args[2])
      case 'setPublishingAllowed': {
        const room = this.room(call.args[0])
        return room.publicationsChanged(room.peer(call.args[1]).setAllowed(call.args[2]))
      }
      case 'setPublishQuality': {
        const room = this.room(call.args[0])
        const peer = room.peer(call.args[1])
        peer.limitCamera(LAYERS.indexOf(call.args[2]))
        for (const publication of peer.publications) room.layersChanged(publication)
        return undefined
      }
      case 'setLayer': {
        const room = this.room(call.args[0])
        const peer = room.peer(call.args[1])
        peer.wishes.choose(room.publication(call.args[2]).id, call.args[3])
        return peer.chooseLayers(performance.now())
      }
      case 'setPreferences': {
        const room = this.room(call.args[0])
        const peer = room.peer(call.args[1])
        for (const each of call.args[2]) if (room.publications.has(each.publicationId)) peer.wishes.prefer(each)
        return peer.chooseLayers(performance.now())
      }
      case 'requestKeyFrame': {
        const publication = this.room(call.args[0]).publication(call.args[1])
        for (const stream of publication.streams) stream?.requestKeyFrame(performance.now())
        return undefined
      }
      case 'publications':
        return this.room(call.args[0]).describePublications()
      case 'stats':
        return roomStats(this.room(call.args[0]), performance.now())
      case 'startEgress':
        return this.room(call.args[0]).startEgress(call.args[1], call.args[2])
      case 'stopEgress':
        return this.rooms.get(call.args[0])?.stopEgress(call.args[1])
    }
  }

  private open(roomId: string, maxPeers: number | undefined): void {
    if (this.rooms.has(roomId)) throw new MediaRequestError('media.room-exists', 'the room is open already')
    if (this.rooms.size >= MAX_ROOMS) throw new MediaRequestError('media.limit', 'too many rooms')
    this.rooms.set(roomId, new Room(this.context, roomId, { maxPeers }))
    this.timer ??= setInterval(() => this.tick(), FAST_MS)
  }

  private close(roomId: string): void {
    const room = this.rooms.get(roomId)
    this.rooms.delete(roomId)
    if (this.rooms.size === 0) this.stopClock()
    room?.close()
  }

  private stopClock(): void {
    clearInterval(this.timer)
    this.timer = undefined
  }

  private resumePeer(roomId: string, peerId: string, fresh: boolean): boolean {
    const room = this.room(roomId)
    const peer = room.peer(peerId)
    if (fresh) peer.startFresh(room.publications.values())
    else peer.subscriber?.repeatOffer()
    return peer.subscriber?.hasOffered ?? false
  }

  private room(roomId: string): Room {
    const room = this.rooms.get(roomId)
    if (!room) throw new MediaRequestError('media.room-missing', 'no such room')
    return room
  }

  /** Ends everything. */
  closeAll(): void {
    this.stopClock()
    for (const room of this.rooms.values()) room.close()
    this.rooms.clear()
  }
}
