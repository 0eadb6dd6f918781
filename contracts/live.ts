import { Type } from 'typebox'
import type { Static } from 'typebox'
import type { RoomMessage, RoomState } from './schemas/room.ts'

const Id = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })
const Count = Type.Integer({ minimum: 0, maximum: 2_147_483_647 })

/** What a client says over `/ws/events`. */
export const LiveRequest = Type.Union([
  /** First. `cursors`: of rooms whose messages the client holds, the last change it has; it is told what came after. */
  Type.Object({
    type: Type.Literal('hello'),
    cursors: Type.Optional(Type.Record(Type.String({ pattern: '^[1-9]\\d{0,9}$' }), Count)),
  }),
  /** Looks at a room from now on (null: at none): is told who is there, who writes and who has read. */
  Type.Object({ type: Type.Literal('watch'), room_id: Type.Union([Id, Type.Null()]) }),
  /** Is writing; counts for a few seconds. */
  Type.Object({ type: Type.Literal('typing'), room_id: Id }),
  /** Has read up to a message. */
  Type.Object({ type: Type.Literal('read'), room_id: Id, seq: Count }),
  /** Answered by `pong`: whether the connection still lives. */
  Type.Object({ type: Type.Literal('ping') }),
])
export type LiveRequest = Static<typeof LiveRequest>

/** What the server says over `/ws/events`. */
export type LiveFrame =
  /** Answers `hello`: where every room stands. What was missed in rooms with a cursor follows, then everything new. */
  | { type: 'ready'; user_id: number; rooms: RoomState[] }
  /** A message was posted, edited, deleted or reacted to: as it stands after `change`. */
  | { type: 'message'; room_id: number; change: number; message: RoomMessage }
  /** Too much was missed: read the room's history anew. */
  | { type: 'reset'; room_id: number }
  /** Where a room stands: one came in, or read on another device. */
  | { type: 'room'; room: RoomState }
  /** Name, roles or members changed. */
  | { type: 'room.changed'; room_id: number }
  | { type: 'room.left'; room_id: number }
  | { type: 'typing'; room_id: number; user_id: number }
  | { type: 'read'; room_id: number; user_id: number; seq: number }
  /** Who of the watched room is here: all of them once, then each who comes and goes. */
  | { type: 'presence'; room_id: number; online: number[] }
  | { type: 'presence.changed'; room_id: number; user_id: number; online: boolean }
  /** Something of another part: an alert, a call's status, a job's progress. `topic` is that of `contracts/events`. */
  | { type: 'event'; topic: string; data: unknown }
  /** Events may have been lost between processes: what is not numbered is read anew. */
  | { type: 'resync' }
  | { type: 'pong' }
  | { type: 'error'; code: 'invalid' | 'too-fast' | 'missing'; message: string }

/** Why the server ends a socket. */
export const LiveClose = {
  /** The session ended: sign in again. */
  signedOut: 4401,
  /** No `hello` came. */
  silent: 4408,
} as const
