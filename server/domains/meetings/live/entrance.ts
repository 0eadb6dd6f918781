import { randomUUID } from 'node:crypto'
import type { MediaState } from '#contracts/schemas/signaling.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Log } from '#kernel/log.ts'
import type { IceServers } from '../ice-servers.ts'
import type { SessionWriter } from '../session-writer.ts'
import type { MemberRow } from '../tables.ts'
import type { Timings } from '../timings.ts'
import type { Media } from './media.ts'
import { sameState, startingState } from './publishing.ts'
import { dismiss } from './room.ts'
import type { Room } from './room.ts'
import { showSeat, showWaiter } from './seat.ts'
import type { Profile, Seat, SignalSocket, Waiter } from './seat.ts'
import { createChain } from './serial.ts'

/** Somebody with a socket who comes into a room. */
export interface Comer {
  readonly member: MemberRow
  readonly profile: Profile
  readonly socket: SignalSocket
  /** The session to be known by; null for a new one. */
  readonly sessionId: string | null
  /** Whether that session had this place before: on a socket that broke, or before the server was started anew. */
  readonly continues: boolean
  readonly wanted: Partial<MediaState>
}

/** Sockets coming into rooms: new ones, returning ones, and those that must wait. Callers hold the meeting's serial. */
export type Entrance = ReturnType<typeof createEntrance>

const MEDIA_BACKLOG = 512

/** Seats people and answers their `join`. */
export function createEntrance(parts: {
  clock: Clock
  log: Log
  media: Media
  iceServers: IceServers
  sessions: SessionWriter
  timings: Timings
}) {
  const { clock, log, media, iceServers, sessions, timings } = parts
  const now = (): Date => new Date(clock.now())

  function newSeat(comer: Comer): Seat {
    const { member } = comer
    return {
      accountId: member.account_id,
      participantId: member.id,
      profile: comer.profile,
      peerId: member.peer_id as string,
      sessionId: comer.sessionId ?? randomUUID(),
      role: member.role,
      mediaState: stateOf(member),
      videoQuality: member.video_quality,
      handRaisedAt: member.hand_raised_at,
      connection: null,
      joinedAt: member.entered_at ?? now(),
      connectedAt: now(),
      lastActivity: now(),
      socket: comer.socket,
      graceTimer: null,
      media: createChain(MEDIA_BACKLOG, (error) => log.error({ err: error }, 'media work failed')),
      hasMediaPeer: false,
      heldOffer: null,
      isDirty: false,
    }
  }

  /** The place is this socket's from now on; the socket that had it is told and closed. */
  function takeOver(room: Room, seat: Seat, comer: Comer): void {
    clearTimeout(seat.graceTimer ?? undefined)
    seat.graceTimer = null
    if (seat.socket !== null && seat.socket !== comer.socket) {
      dismiss(seat.socket, room.meetingId, {
        code: 'REPLACED',
        message: 'Another window of this account took this place',
        close: 'replaced',
      })
    }
    seat.socket = comer.socket
    seat.profile = comer.profile
    seat.lastActivity = now()
  }

  function greet(room: Room, seat: Seat, how: { resumed: boolean; media: 'kept' | 'fresh' }): void {
    const { meeting } = room
    room.greet(seat, {
      session_id: seat.sessionId,
      peer_id: seat.peerId,
      role: seat.role,
      ice_servers: iceServers(seat.accountId),
      settings: settingsOf(meeting),
      ...how,
      media_state: seat.mediaState,
      meeting: {
        title: meeting.title,
        status: meeting.status,
        locked: meeting.locked,
        meeting_type: meeting.meeting_type,
        has_password: meeting.password_hash !== null,
      },
      message_seq: room.messageSeq,
      recording: room.recording,
      streams: room.streams,
      waiting: room.isModerator(seat) ? [...room.waiters.values()].map(showWaiter) : [],
      server_time: now().toISOString(),
    })
  }

  return {
    greet,

    /** Somebody whose row says they have a place comes in. */
    enter(room: Room, comer: Comer): Seat {
      const { member } = comer
      const before = room.seats.get(member.account_id)
      if (before !== undefined && before.peerId === member.peer_id) {
        if (comer.continues && comer.sessionId === before.sessionId) return resume(room, before, comer)
        return replace(room, before, comer)
      }
      const seat = newSeat(comer)
      if (!comer.continues) seat.mediaState = startingState(seat.mediaState, comer.wanted, room.meeting)
      sessions.put(room.meetingId, seat, 'active', timings.seatMs)
      if (before !== undefined) {
        // A place of before this one, which nobody gave up.
        dismiss(before.socket, room.meetingId, { code: 'REPLACED', message: 'Joined anew', close: 'replaced' })
        media.detach(room, before)
      }
      room.seats.set(seat.accountId, seat)
      room.waiters.delete(seat.accountId)
      greet(room, seat, { resumed: comer.continues, media: 'fresh' })
      room.broadcast('user-joined', showSeat(seat), seat.accountId, { except: seat.accountId })
      media.attach(room, seat, false)
      return seat
    },

    /** Somebody before the door. */
    wait(room: Room, comer: Comer): Waiter {
      const { member } = comer
      const before = room.waiters.get(member.account_id)
      if (before !== undefined && before.socket !== comer.socket) {
        dismiss(before.socket, room.meetingId, {
          code: 'REPLACED',
          message: 'Another window of this account took this place',
          close: 'replaced',
        })
      }
      const waiter: Waiter = {
        accountId: member.account_id,
        participantId: member.id,
        profile: comer.profile,
        peerId: member.peer_id as string,
        sessionId: comer.sessionId ?? before?.sessionId ?? randomUUID(),
        since: member.entered_at ?? now(),
        socket: comer.socket,
        waitingFor: member.waiting_for ?? 'lobby',
        // A socket that comes back says nothing anew.
        wanted: { ...before?.wanted, ...comer.wanted },
      }
      room.waiters.set(waiter.accountId, waiter)
      tellWaiter(room, waiter, waiter.waitingFor)
      if (member.waiting_for === 'lobby') room.tellModerators()
      return waiter
    },

    tellWaiter,
  }

  /** The same session on a new socket, its peer connections kept. */
  function resume(room: Room, seat: Seat, comer: Comer): Seat {
    const wasAway = seat.socket === null
    takeOver(room, seat, comer)
    sessions.put(room.meetingId, seat, 'active', timings.seatMs)
    greet(room, seat, { resumed: true, media: seat.hasMediaPeer ? 'kept' : 'fresh' })
    if (wasAway) presence(room, seat)
    if (seat.hasMediaPeer) media.resume(room, seat)
    else media.attach(room, seat, false)
    return seat
  }

  /** The same account in another window, or a page that was loaded again: a new session in the same place. */
  function replace(room: Room, seat: Seat, comer: Comer): Seat {
    sessions.put(room.meetingId, seat, 'closed', null)
    takeOver(room, seat, comer)
    seat.sessionId = randomUUID()
    seat.connectedAt = now()
    const state = startingState(seat.mediaState, comer.wanted, { ...room.meeting, mute_on_join: false })
    const changed = !sameState(state, seat.mediaState)
    seat.mediaState = state
    sessions.put(room.meetingId, seat, 'active', timings.seatMs)
    greet(room, seat, { resumed: false, media: 'fresh' })
    // Peers that speak to each other directly have to begin anew with this one.
    room.broadcast('user-joined', showSeat(seat), seat.accountId, { except: seat.accountId })
    if (changed) announceState(room, seat)
    media.attach(room, seat, true)
    return seat
  }
}

function tellWaiter(room: Room, waiter: Waiter, reason: 'lobby' | 'host'): void {
  waiter.waitingFor = reason
  room.send(waiter, 'waiting', { reason, session_id: waiter.sessionId, title: room.meeting.title })
}

/** Tells everybody else whether a place has its socket. */
export function presence(room: Room, seat: Seat): void {
  const status = seat.socket === null ? 'offline' : 'online'
  room.broadcast('presence', { user_id: seat.accountId, peer_id: seat.peerId, status }, seat.accountId, {
    except: seat.accountId,
    unrecorded: true,
  })
}

/** Tells everybody what somebody sends now; `by` when somebody else turned it off. */
export function announceState(room: Room, seat: Seat, by?: number): void {
  room.broadcast(
    'media-state',
    { ...seat.mediaState, user_id: seat.accountId, peer_id: seat.peerId, ...(by !== undefined && { by }) },
    seat.accountId,
  )
}

function stateOf(member: MemberRow): MediaState {
  return {
    audio_enabled: member.audio_enabled,
    video_enabled: member.video_enabled,
    screen_sharing: member.screen_sharing,
  }
}

/** A meeting's settings as frames and answers show them. */
export function settingsOf(meeting: Room['meeting']): Record<string, boolean> {
  return {
    enable_recording: meeting.enable_recording,
    enable_chat: meeting.enable_chat,
    enable_screen_share: meeting.enable_screen_share,
    enable_waiting_room: meeting.enable_waiting_room,
    mute_on_join: meeting.mute_on_join,
  }
}
