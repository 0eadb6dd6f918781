import { isFault } from '#kernel/fault.ts'
import type { Room } from '../live/room.ts'
import type { Rooms } from '../live/rooms.ts'
import type { Seat } from '../live/seat.ts'
import type { MediaEngine, PeerStats, RoomStats } from '../media-engine.ts'

/** Somebody in a live room, as operators see them. */
export interface OverseenPerson {
  readonly seat: Seat
  readonly protocol: 'udp' | 'tcp' | null
  readonly inboundBitrate: number
  readonly outboundBitrate: number
  /** 0 to 1, of the worst track. */
  readonly lossRate: number
}

/** A live room, as operators see it. */
export interface OverseenRoom {
  readonly room: Room
  readonly people: readonly OverseenPerson[]
  readonly inboundBitrate: number
  readonly outboundBitrate: number
  readonly packetLossRate: number
}

/** What operators look at. Who may look is the surface's to check: it is nothing of any one meeting's. */
export function createOverseeing({ rooms, engine }: { rooms: Rooms; engine: Pick<MediaEngine, 'stats'> }) {
  async function statsOf(room: Room): Promise<RoomStats | undefined> {
    try {
      return await engine.stats(String(room.meetingId))
    } catch (error) {
      // No media yet, or its worker is being replaced: the room is there all the same.
      if (isFault(error, 'media.room-missing') || isFault(error, 'media.unavailable')) return undefined
      throw error
    }
  }

  return {
    /** The rooms of this process with who is in them and what they send and get, the largest first. */
    async liveRooms(): Promise<OverseenRoom[]> {
      const seen = await Promise.all(
        [...rooms.all()].map(async (room): Promise<OverseenRoom> => {
          const stats = await statsOf(room)
          const peers = new Map(stats?.peers.map((peer) => [peer.peerId, peer]))
          return {
            room,
            people: [...room.seats.values()].map((seat) => personOf(seat, peers.get(seat.peerId))),
            inboundBitrate: stats?.inboundBitrate ?? 0,
            outboundBitrate: stats?.outboundBitrate ?? 0,
            packetLossRate: stats?.packetLossRate ?? 0,
          }
        }),
      )
      return seen.toSorted((a, b) => b.people.length - a.people.length || a.room.meetingId - b.room.meetingId)
    },
  }
}

function personOf(seat: Seat, peer: PeerStats | undefined): OverseenPerson {
  const tracks = peer?.tracks ?? []
  const sum = (direction: 'inbound' | 'outbound'): number =>
    tracks.reduce((total, track) => total + (track.direction === direction ? track.bitrate : 0), 0)
  return {
    seat,
    protocol: peer?.transports.find((one) => one.protocol !== null)?.protocol ?? null,
    inboundBitrate: sum('inbound'),
    outboundBitrate: sum('outbound'),
    lossRate: tracks.reduce((worst, track) => Math.max(worst, track.lossRate), 0),
  }
}
