import type { ConnectionReport, MediaState, RoomParticipant, WaitingParticipant } from '#contracts/schemas/signaling.ts'
import type { Role } from '../tables.ts'
import type { Chain } from './serial.ts'

/** A signalling socket as the domain sees it. Sending to one that is gone does nothing. */
export interface SignalSocket {
  /** Text, or the UTF-8 bytes of a text that goes to many. */
  send(text: string | Buffer): void
  close(code: number, reason: string): void
}

/** How somebody is shown. */
export interface Profile {
  readonly login: string
  readonly displayName: string
  readonly avatarUrl: string | null
}

/** Somebody in a room: their place, with its socket or waiting for it to come back. */
export interface Seat {
  readonly accountId: number
  readonly participantId: number
  profile: Profile
  peerId: string
  sessionId: string
  role: Role
  /** Replaced as a whole, never changed within. */
  mediaState: Readonly<MediaState>
  videoQuality: 'low' | 'medium' | 'high'
  handRaisedAt: Date | null
  /** As last measured. */
  connection: ConnectionReport | null
  readonly joinedAt: Date
  connectedAt: Date
  lastActivity: Date
  /** Null while the socket is away. */
  socket: SignalSocket | null
  /** Ends the place when the socket does not come back. */
  graceTimer: NodeJS.Timeout | null
  /** What the media engine is asked for this peer, in order. */
  readonly media: Chain
  /** Whether the engine has this peer at present. */
  hasMediaPeer: boolean
  /**
   * Set while the connections start anew: an offer that comes meanwhile may still be of the old ones, which the client
   * has no more. The last one is kept until the engine says whether it is of the new.
   */
  heldOffer: { send: (() => void) | null } | null
  /** Something of it is not in the database yet. */
  isDirty: boolean
}

/** Somebody before the door with an open socket. */
export interface Waiter {
  readonly accountId: number
  readonly participantId: number
  readonly profile: Profile
  readonly peerId: string
  readonly sessionId: string
  readonly since: Date
  socket: SignalSocket
  waitingFor: 'lobby' | 'host'
  /** What they asked to start with. */
  wanted: Partial<MediaState>
}

/** A seat as frames show it. */
export function showSeat(seat: Seat): RoomParticipant {
  return {
    user_id: seat.accountId,
    participant_id: seat.participantId,
    peer_id: seat.peerId,
    username: seat.profile.login,
    nickname: seat.profile.displayName,
    avatar_url: seat.profile.avatarUrl,
    role: seat.role,
    status: seat.socket === null ? 'offline' : 'online',
    joined_at: seat.joinedAt.toISOString(),
    media_state: seat.mediaState,
    hand_raised_at: seat.handRaisedAt?.toISOString() ?? null,
    connection: seat.connection,
  }
}

/** A waiter as moderators see them. */
export function showWaiter(waiter: Waiter): WaitingParticipant {
  return {
    user_id: waiter.accountId,
    username: waiter.profile.login,
    nickname: waiter.profile.displayName,
    avatar_url: waiter.profile.avatarUrl,
    since: waiter.since.toISOString(),
  }
}

interface Shown {
  readonly values: readonly unknown[]
  readonly text: string
}
const shown = new WeakMap<Seat, Shown>()

/**
 * `showSeat` as JSON, made anew only when something in it changed: of a crowd that comes in at once everybody is shown to
 * everybody.
 */
export function seatText(seat: Seat): string {
  const { profile, peerId, role, socket, mediaState, handRaisedAt, connection } = seat
  const values = [profile, peerId, role, socket === null, mediaState, handRaisedAt, connection]
  const before = shown.get(seat)
  if (before !== undefined && before.values.every((value, at) => value === values[at])) return before.text
  const text = JSON.stringify(showSeat(seat))
  shown.set(seat, { values, text })
  return text
}
