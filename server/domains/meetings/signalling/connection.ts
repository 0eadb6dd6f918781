import { CLOSE } from '#contracts/schemas/signaling.ts'
import type { ClientData, MediaState, SignalingError } from '#contracts/schemas/signaling.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import { Fault, isFault } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import { holdsPlace } from '../admission.ts'
import type { Captured } from '../ports.ts'
import type { Chat } from '../chat.ts'
import { faults } from '../faults.ts'
import type { Departure } from '../live/departure.ts'
import type { Entrance } from '../live/entrance.ts'
import { sendError } from '../live/room.ts'
import type { Room } from '../live/room.ts'
import type { Rooms } from '../live/rooms.ts'
import type { Profile, Seat, SignalSocket } from '../live/seat.ts'
import { createChain } from '../live/serial.ts'
import type { KeyedSerial } from '../live/serial.ts'
import type { Actor } from '../policy.ts'
import { roomsStore } from '../rooms-store.ts'
import { sessionsStore } from '../sessions-store.ts'
import type { MeetingRow, MemberRow } from '../tables.ts'
import type { Timings } from '../timings.ts'
import { parseFrame } from './frames.ts'
import type { Frame, RelayFrame } from './frames.ts'
import type { Handler, Handlers } from './handler.ts'
import { createPlaceReader } from './place-reader.ts'
import { createTokenBucket } from './token-bucket.ts'
import type { FrameBudget } from './token-bucket.ts'

/** Who opened a socket. */
export interface Caller {
  readonly actor: Actor
  readonly profile: Profile
}

/** What the socket's address asked for. */
export interface Target {
  readonly meetingId: number
  /** What the client says it is, checked against who it is. */
  readonly userId: number | null
  readonly sessionId: string | null
}

/** The domain's end of a socket. */
export interface Link {
  /** A text frame came. Never throws. */
  receive(text: string): void
  /** The socket is gone. */
  closed(): void
}

const MOST_WAITING_FRAMES = 256
/** What was read so long ago is read again: another process may have acted on the meeting. */
const FRESH_MS = 1_000

/** A meeting and somebody's place in it, as read at some moment. */
interface Sight {
  readonly meeting: MeetingRow
  readonly member: MemberRow
  readonly generation: number
  readonly at: number
}

/** Numbers of the signalling sockets since the process began. */
export interface SignallingCounters {
  framesIn: number
  framesDropped: number
  framesBad: number
}

/** The protocol of `/ws/signaling`: who is who, joining, and every frame handed to its handler, in order per socket. */
export function createSignalling(parts: {
  db: Database
  clock: Clock
  log: Log
  rooms: Rooms
  entrance: Entrance
  departure: Departure
  handlers: Handlers
  chat: Pick<Chat, 'lastSeq'>
  captured: (meetingId: number) => Promise<Captured>
  serial: KeyedSerial<number>
  node: string
  timings: Timings
  /** Undefined: no limit, for load tests. */
  budget: FrameBudget | undefined
}) {
  const { db, clock, log, rooms, entrance, departure, handlers, chat, captured, serial, node, timings, budget } = parts
  const readPlace = createPlaceReader(db)
  const counters: SignallingCounters = { framesIn: 0, framesDropped: 0, framesBad: 0 }

  /**
   * The meeting and the caller's place, good for coming in now.
   * @throws Fault `meetings.missing` (or not theirs to know of), `.ended`, `.not-joined`
   */
  async function place({ actor }: Caller, meetingId: number): Promise<{ meeting: MeetingRow; member: MemberRow }> {
    const { meeting, member } = await readPlace(meetingId, actor.accountId)
    if (meeting === undefined || member === undefined || member.removed) throw faults.missing()
    if (meeting.status === 'ended' || meeting.status === 'cancelled') throw faults.ended()
    if (!holdsPlace(member, new Date(clock.now()))) throw notJoined()
    return { meeting, member }
  }

  /** The same with when it was read. */
  async function look(caller: Caller, meetingId: number): Promise<Sight> {
    const generation = rooms.generation(meetingId)
    const at = clock.now()
    return { ...(await place(caller, meetingId)), generation, at }
  }

  /** Whether nobody acted on the meeting since it was seen. */
  function isFresh(sight: Sight): boolean {
    return sight.generation === rooms.generation(sight.meeting.id) && clock.now() - sight.at < FRESH_MS
  }

  async function openRoom(meeting: MeetingRow): Promise<Room> {
    if (rooms.get(meeting.id) !== undefined) return rooms.open(meeting)
    const now = new Date(clock.now())
    const until = new Date(clock.now() + timings.seatMs)
    if (!(await roomsStore.claim(db, meeting.id, node, { now, until }))) throw faults.elsewhere()
    const lastSeq = await chat.lastSeq(meeting.id)
    const room = rooms.open(meeting)
    room.messageSeq = Math.max(room.messageSeq, lastSeq)
    return room
  }

  /**
   * A recording goes on for a while in a room that everybody has left; whoever opens it again has to see that. What is
   * announced meanwhile is newer than what was read.
   */
  async function recallCaptured(room: Room): Promise<void> {
    const { recording, streams } = room
    const found = await captured(room.meetingId)
    if (room.recording === recording) {
      room.recording = { recording: found.recordingId !== null, recording_id: found.recordingId }
    }
    if (room.streams === streams) room.streams = found.streams
  }

  /** Whether the session named is the one this place belongs to. */
  async function isContinued(meetingId: number, member: MemberRow, sessionId: string): Promise<boolean> {
    const seat = rooms.get(meetingId)?.seats.get(member.account_id)
    if (seat !== undefined) return seat.sessionId === sessionId
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(sessionId)) return false
    const row = await sessionsStore.find(db, sessionId)
    return row?.account_id === member.account_id && row.meeting_id === meetingId && row.peer_id === member.peer_id
  }

  async function enter(
    caller: Caller,
    target: Target,
    socket: SignalSocket,
    wanted: Partial<MediaState>,
    sessionId: string | null,
    seen: Sight,
  ): Promise<void> {
    // Read outside the meeting's turn, so that a crowd that comes in at once does not wait for each other's reads; read
    // again inside where somebody acted on the meeting meanwhile.
    const early = isFresh(seen) ? seen : await look(caller, target.meetingId)
    await serial.run(target.meetingId, async () => {
      const { meeting, member } = isFresh(early) ? early : await place(caller, target.meetingId)
      const isNew = rooms.get(meeting.id) === undefined
      const room = await openRoom(meeting)
      try {
        if (isNew) await recallCaptured(room)
        const here = room.seats.get(member.account_id)
        if (here?.socket === socket) return entrance.greet(room, here, { resumed: true, media: 'kept' })
        const continues = sessionId !== null && (await isContinued(meeting.id, member, sessionId))
        const comer = {
          member,
          profile: caller.profile,
          socket,
          wanted,
          continues,
          sessionId: continues ? sessionId : null,
        }
        if (member.status === 'waiting') entrance.wait(room, comer)
        else entrance.enter(room, comer)
      } catch (error) {
        await departure.dropIfEmpty(room)
        throw error
      }
    })
  }

  return {
    counters: (): Readonly<SignallingCounters> => counters,

    /**
     * A socket was opened by somebody whose token is good. Undefined when it was refused: then it is told why, and closed.
     */
    async open(caller: Caller, target: Target, socket: SignalSocket): Promise<Link | undefined> {
      const { meetingId } = target
      const { accountId } = caller.actor
      if (target.userId !== null && target.userId !== accountId) {
        refuse(socket, meetingId, 'UNAUTHORIZED', 'user_id is not yours', CLOSE.unauthorized)
        return undefined
      }
      let seen: Sight
      try {
        seen = await look(caller, meetingId)
        if (target.sessionId !== null) await enter(caller, target, socket, {}, target.sessionId, seen)
      } catch (error) {
        turnAway(socket, meetingId, error)
        return undefined
      }
      const bucket = budget === undefined ? undefined : createTokenBucket(budget, () => clock.now())
      const work = createChain(MOST_WAITING_FRAMES, (error) => log.error({ err: error, meetingId }, 'a frame failed'))
      let isClosed = false
      let joinTimer: NodeJS.Timeout | undefined
      if (target.sessionId === null) {
        joinTimer = setTimeout(() => {
          refuse(socket, meetingId, 'INVALID_ROOM', 'No join frame came', CLOSE.idle)
        }, timings.joinMs)
      }

      const join = async (data: ClientData['join']): Promise<void> => {
        clearTimeout(joinTimer)
        if (isClosed) return
        try {
          await enter(caller, target, socket, data.media_state ?? {}, null, seen)
        } catch (error) {
          turnAway(socket, meetingId, error)
        }
      }
      const handle = async (frame: Frame | RelayFrame, isRelay: boolean): Promise<void> => {
        if (!isRelay && frame.type === 'join') return await join(frame.data as ClientData['join'])
        const room = rooms.get(meetingId)
        const seat = room?.seats.get(accountId)
        if (room === undefined || seat?.socket !== socket) return await handleOutside(frame, room)
        room.frames++
        seat.lastActivity = new Date(clock.now())
        try {
          if (isRelay) return relay(room, seat, frame)
          const handler = handlers[frame.type as keyof Handlers] as Handler<never>
          await handler({ actor: caller.actor, room, seat }, frame.data as never, frame.to)
        } catch (error) {
          explain(socket, meetingId, frame.type, error)
        }
      }
      /** Before `join`, and before the door. */
      const handleOutside = async (frame: Frame | RelayFrame, room: Room | undefined): Promise<void> => {
        const waiter = room?.waiters.get(accountId)
        if (room !== undefined && waiter?.socket === socket) {
          if (frame.type === 'ping') return room.send(waiter, 'pong', frame.data as Record<string, unknown>)
          if (frame.type === 'leave')
            return await handlers.leave({ actor: caller.actor, room, seat: waiter as never }, {}, 0)
          return sendError(socket, meetingId, { code: 'FORBIDDEN', message: 'Not let in yet', type: frame.type })
        }
        sendError(socket, meetingId, { code: 'INVALID_ROOM', message: 'Send join first', type: frame.type })
      }

      return {
        receive(text) {
          if (isClosed) return
          counters.framesIn++
          const verdict = bucket?.take() ?? 'take'
          if (verdict !== 'take') return tooMany(socket, meetingId, verdict === 'close', counters)
          const parsed = parseFrame(text, meetingId)
          if (parsed.kind === 'bad') {
            counters.framesBad++
            const { code, message, type } = parsed
            return sendError(socket, meetingId, { code, message, ...(type !== undefined && { type }) })
          }
          const isAdded = work.add(() => handle(parsed.frame, parsed.kind === 'relay'))
          if (!isAdded) tooMany(socket, meetingId, true, counters)
        },
        closed() {
          if (isClosed) return
          isClosed = true
          clearTimeout(joinTimer)
          // What was said last still counts: a page that leaves says so and closes in one breath.
          void work
            .idle()
            .then(() =>
              serial.run(meetingId, async () => {
                const room = rooms.get(meetingId)
                if (room !== undefined) await departure.socketLost(room, accountId, socket)
              }),
            )
            .catch((error: unknown) => log.error({ err: error, meetingId }, 'a lost socket could not be recorded'))
        },
      }
    },
  }

  function turnAway(socket: SignalSocket, meetingId: number, error: unknown): void {
    if (isFault(error, 'meetings.ended')) {
      return refuse(socket, meetingId, 'INVALID_ROOM', error.message, CLOSE.ended)
    }
    if (isFault(error, 'meetings.elsewhere')) {
      return refuse(socket, meetingId, 'INVALID_ROOM', error.message, CLOSE.restart)
    }
    if (isFault(error)) return refuse(socket, meetingId, 'INVALID_ROOM', error.message, CLOSE.notJoined)
    log.error({ err: error, meetingId }, 'a socket could not join')
    refuse(socket, meetingId, 'SERVER_ERROR', 'Something went wrong; it has been logged', 1011)
  }

  function explain(socket: SignalSocket, meetingId: number, type: string, error: unknown): void {
    if (!isFault(error)) {
      log.error({ err: error, meetingId, type }, 'a frame failed')
      return sendError(socket, meetingId, {
        code: 'SERVER_ERROR',
        message: 'Something went wrong; it has been logged',
        type,
      })
    }
    sendError(socket, meetingId, { code: codeOf(error), message: error.message, type })
  }
}

function relay(room: Room, seat: Seat, frame: RelayFrame | Frame): void {
  const target = room.seats.get(frame.to)
  if (target === undefined || target === seat) throw faults.memberMissing()
  room.relay(target, frame.type, frame.data, seat.accountId)
}

function refuse(socket: SignalSocket, meetingId: number, code: SignalingError, message: string, close: number): void {
  sendError(socket, meetingId, { code, message })
  socket.close(close, message)
}

function tooMany(socket: SignalSocket, meetingId: number, isEnd: boolean, counters: SignallingCounters): void {
  counters.framesDropped++
  // Said now and then, not for each: the answer to a flood is not a flood.
  if (isEnd || counters.framesDropped % 50 === 1) {
    sendError(socket, meetingId, { code: 'TOO_MANY_FRAMES', message: 'Slower, please: frames were dropped' })
  }
  if (isEnd) socket.close(CLOSE.abusive, 'too many frames')
}

function codeOf(fault: Fault): SignalingError {
  if (fault.code === 'meetings.full') return 'ROOM_FULL'
  if (fault.code === 'meetings.chat-busy') return 'TOO_MANY_FRAMES'
  if (fault.code === 'meetings.missing' || fault.code === 'meetings.ended') return 'INVALID_ROOM'
  if (fault.kind === 'missing') return 'TARGET_NOT_FOUND'
  if (fault.kind === 'forbidden') return 'FORBIDDEN'
  return fault.kind === 'invalid' ? 'INVALID_MESSAGE' : 'SERVER_ERROR'
}

function notJoined(): Fault {
  return new Fault('forbidden', 'meetings.not-joined', 'Join by POST /api/v1/meetings/:id/join first')
}
