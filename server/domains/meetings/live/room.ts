import type { LiveStreamFrame, ServerData, ServerFrameType } from '#contracts/schemas/signaling.ts'
import { CLOSE } from '#contracts/schemas/signaling.ts'
import type { SignalingError } from '#contracts/schemas/signaling.ts'
import type { MeetingRow } from '../tables.ts'
import { seatText, showWaiter } from './seat.ts'
import type { Seat, SignalSocket, Waiter } from './seat.ts'

/** Remembers frames for the history, without ever waiting. */
export type Recorder = (frame: {
  meetingId: number
  type: string
  from: number
  to: number | null
  data: unknown
}) => void

/** Who gets a frame: everybody, or all but one. */
export interface Audience {
  readonly except?: number | undefined
  /** Frames that are many and say nothing later (levels, track states) stay out of the history. */
  readonly unrecorded?: boolean
}

/** Frames to one person that are many and say nothing later. */
const UNRECORDED: ReadonlySet<string> = new Set(['pong', 'layer', 'waiting'])

/** A meeting's room on this machine: who is in it and before its door. It knows no database and no media. */
export class Room {
  readonly meetingId: number
  readonly openedAt: Date
  readonly seats = new Map<number, Seat>()
  readonly waiters = new Map<number, Waiter>()
  /** The meeting as last read. */
  meeting: MeetingRow
  recording: { recording: boolean; recording_id: string | null } = { recording: false, recording_id: null }
  /** The live streams under way. */
  streams: readonly LiveStreamFrame[] = []
  /** The number of the chat's last line. */
  messageSeq = 0
  /** Frames in and out since it was opened. */
  frames = 0
  readonly #record: Recorder

  constructor(meeting: MeetingRow, openedAt: Date, record: Recorder) {
    this.meetingId = meeting.id
    this.meeting = meeting
    this.openedAt = openedAt
    this.#record = record
  }

  /** How many seats have an open socket. */
  get connections(): number {
    let count = this.waiters.size
    for (const seat of this.seats.values()) if (seat.socket !== null) count++
    return count
  }

  /** The seat of a peer id. */
  byPeer(peerId: string): Seat | undefined {
    for (const seat of this.seats.values()) if (seat.peerId === peerId) return seat
    return undefined
  }

  /** Sends one frame to one socket. */
  send<T extends Exclude<ServerFrameType, 'join'>>(
    to: { readonly socket: SignalSocket | null; readonly accountId: number },
    type: T,
    data: ServerData[T],
    from = 0,
  ): void {
    this.frames++
    if (!UNRECORDED.has(type)) this.note(type, from, to.accountId, data)
    to.socket?.send(JSON.stringify({ type, from, to: to.accountId, meeting_id: this.meetingId, data }))
  }

  /** Answers a `join`: everybody inside, and what else there is to know. */
  greet(to: Seat, rest: Omit<ServerData['join'], 'participants'>): void {
    this.frames++
    const { session_id, peer_id, role, resumed } = rest
    // Of who is inside the history keeps nothing: it would grow with the square of the room.
    this.note('join', 0, to.accountId, { session_id, peer_id, role, resumed })
    if (to.socket === null) return
    const participants = Array.from(this.seats.values(), seatText).join(',')
    const text = JSON.stringify({ type: 'join', from: 0, to: to.accountId, meeting_id: this.meetingId, data: rest })
    // Two braces end the text; what goes in front of them belongs to `data`.
    to.socket.send(`${text.slice(0, -2)},"participants":[${participants}]}}`)
  }

  /** Passes what one person sent to another on, as it is. */
  relay(to: Seat, type: string, data: unknown, from: number): void {
    this.frames++
    this.note(type, from, to.accountId, data)
    to.socket?.send(JSON.stringify({ type, from, to: to.accountId, meeting_id: this.meetingId, data }))
  }

  /** Sends one frame to everybody inside. */
  broadcast<T extends ServerFrameType>(type: T, data: ServerData[T], from = 0, audience: Audience = {}): void {
    this.frames++
    if (audience.unrecorded !== true) this.note(type, from, null, data)
    const text = Buffer.from(JSON.stringify({ type, from, meeting_id: this.meetingId, data }))
    for (const seat of this.seats.values()) {
      if (seat.accountId !== audience.except) seat.socket?.send(text)
    }
  }

  /** Tells those who may let people in who waits. */
  tellModerators(): void {
    const participants = [...this.waiters.values()].map(showWaiter)
    for (const seat of this.seats.values()) if (this.isModerator(seat)) this.send(seat, 'waiting', { participants })
  }

  /** Whether a seat's holder may let people in, mute and take out. */
  isModerator(seat: Seat): boolean {
    return seat.role !== 'participant' || seat.accountId === this.meeting.creator_id
  }

  /** Remembers a frame in the history. */
  note(type: string, from: number, to: number | null, data: unknown): void {
    this.#record({ meetingId: this.meetingId, type, from, to, data })
  }
}

/** Sends an `error` frame to a socket that may not even be in a room. */
export function sendError(
  socket: SignalSocket | null,
  meetingId: number,
  error: { code: SignalingError; message: string; type?: string },
): void {
  socket?.send(JSON.stringify({ type: 'error', from: 0, meeting_id: meetingId, data: error }))
}

/** Tells a socket why it is let go, and closes it. */
export function dismiss(
  socket: SignalSocket | null,
  meetingId: number,
  why: { code: SignalingError; message: string; close: keyof typeof CLOSE },
): void {
  sendError(socket, meetingId, { code: why.code, message: why.message })
  socket?.close(CLOSE[why.close], why.message)
}
