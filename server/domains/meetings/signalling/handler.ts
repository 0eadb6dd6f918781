import type { ClientFrameType, ClientData } from '#contracts/schemas/signaling.ts'
import type { Clock } from '#kernel/clock.ts'
import type { createAttendance } from '../acts/attendance.ts'
import type { createModeration } from '../acts/moderation.ts'
import type { createPlanning } from '../acts/planning.ts'
import type { Chat } from '../chat.ts'
import { faults } from '../faults.ts'
import type { Media } from '../live/media.ts'
import type { Room } from '../live/room.ts'
import type { Seat } from '../live/seat.ts'
import type { Actor } from '../policy.ts'

/** What handlers of frames work with. */
export interface HandlerParts {
  readonly media: Media
  readonly chat: Chat
  readonly clock: Clock
  readonly attendance: ReturnType<typeof createAttendance>
  readonly moderation: ReturnType<typeof createModeration>
  readonly planning: ReturnType<typeof createPlanning>
}

/** Who sent a frame, and where they are. */
export interface Sender {
  readonly actor: Actor
  readonly room: Room
  readonly seat: Seat
}

/** Handles one type of frame from somebody inside. Faults become `error` frames. */
export type Handler<T extends ClientFrameType> = (
  sender: Sender,
  data: ClientData[T],
  to: number,
) => void | Promise<void>

/** A handler for each type, but `join`, which is how somebody gets inside. */
export type Handlers = { readonly [T in Exclude<ClientFrameType, 'join'>]: Handler<T> }

/** The seat of somebody inside. @throws Fault `meetings.member-missing` */
export function seatOf(room: Room, accountId: number): Seat {
  const seat = room.seats.get(accountId)
  if (seat === undefined) throw faults.memberMissing()
  return seat
}
