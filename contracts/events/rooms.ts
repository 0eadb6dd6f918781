import type { RoomMessage } from '../schemas/room.ts'

/** What happens in chat rooms. */
export interface RoomEvents {
  /**
   * Posted (`isNew`), edited, deleted, reacted to. `message.change` counts up by one within the room. `meetingId`: the
   * meeting whose chat the room is.
   */
  'rooms.message.changed': { roomId: number; meetingId: number | null; isNew: boolean; message: RoomMessage }
  /** Name or roles. */
  'rooms.room.changed': { roomId: number }
  'rooms.room.deleted': { roomId: number; memberIds: number[] }
  'rooms.member.added': { roomId: number; accountId: number }
  'rooms.member.removed': { roomId: number; accountId: number }
  /** Somebody has read up to a message. */
  'rooms.read.moved': { roomId: number; accountId: number; seq: number }
  /** Somebody is writing; counts for a few seconds. */
  'rooms.member.typing': { roomId: number; accountId: number }
}
