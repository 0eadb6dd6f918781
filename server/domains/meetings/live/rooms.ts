import type { Clock } from '#kernel/clock.ts'
import type { MeetingRow } from '../tables.ts'
import { Room } from './room.ts'
import type { Recorder } from './room.ts'
import type { Seat } from './seat.ts'

/** The live numbers of one room. */
export interface RoomNumbers {
  readonly meetingId: number
  readonly seats: number
  readonly connections: number
  readonly frames: number
  readonly openedAt: Date
}

/** The rooms that live in this process. */
export type Rooms = ReturnType<typeof createRooms>

/** Meetings share these counters by their number: one that moved for another's sake costs a second look. */
const COUNTERS = 1024

/** A registry of rooms; a room is there from the first person to the last. */
export function createRooms({ clock, record }: { clock: Clock; record: Recorder }) {
  const rooms = new Map<number, Room>()
  const generations = new Uint32Array(COUNTERS)
  return {
    /** Moves with every act on the meeting, whether it has a room or not: what was read before may be wrong. */
    generation: (meetingId: number): number => generations[meetingId % COUNTERS] as number,

    /** Something of the meeting was changed. */
    touched(meetingId: number): void {
      generations[meetingId % COUNTERS]!++
    },

    get: (meetingId: number): Room | undefined => rooms.get(meetingId),

    all: (): IterableIterator<Room> => rooms.values(),

    /** The room of a meeting, opened if need be; the meeting as just read is taken over. */
    open(meeting: MeetingRow): Room {
      let room = rooms.get(meeting.id)
      if (room === undefined) {
        room = new Room(meeting, new Date(clock.now()), record)
        rooms.set(meeting.id, room)
      } else room.meeting = meeting
      return room
    },

    /** Takes a room away; the caller has emptied it. */
    drop(room: Room): void {
      if (rooms.get(room.meetingId) === room) rooms.delete(room.meetingId)
    },

    /** The seat of a peer, in whichever room. */
    findPeer(peerId: string): { room: Room; seat: Seat } | undefined {
      for (const room of rooms.values()) {
        const seat = room.byPeer(peerId)
        if (seat !== undefined) return { room, seat }
      }
      return undefined
    },

    numbers: (): RoomNumbers[] =>
      [...rooms.values()].map((room) => ({
        meetingId: room.meetingId,
        seats: room.seats.size,
        connections: room.connections,
        frames: room.frames,
        openedAt: room.openedAt,
      })),
  }
}
