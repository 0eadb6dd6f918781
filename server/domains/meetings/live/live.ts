import type { Events } from '#contracts/events.ts'
import type { MediaState, ServerData, ServerFrameType } from '#contracts/schemas/signaling.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import type { RoleChange } from '../succession.ts'
import type { MeetingRow } from '../tables.ts'
import type { Outcome } from '../transitions.ts'
import type { Said } from '../chat.ts'
import type { Departure, Reason } from './departure.ts'
import type { Entrance } from './entrance.ts'
import { announceState, settingsOf } from './entrance.ts'
import type { Media } from './media.ts'
import { changedState, sameState } from './publishing.ts'
import type { Room } from './room.ts'
import type { Rooms } from './rooms.ts'
import { showWaiter } from './seat.ts'
import type { Seat } from './seat.ts'
import type { KeyedSerial } from './serial.ts'

/** What somebody is to send from now on; what is left out stays. */
export type WantedMedia = Partial<MediaState> & { readonly videoQuality?: Seat['videoQuality'] | undefined }

/** The live rooms as the acts on meetings see them: after each change in the database, what the people inside learn. */
export type Live = ReturnType<typeof createLive>

/**
 * Brings live rooms in line with what was committed. Callers hold the meeting's serial. Where this process does not hold
 * the room, another one may: it is told to look.
 */
export function createLive(parts: {
  bus: Bus<Events>
  rooms: Rooms
  entrance: Entrance
  departure: Departure
  media: Media
  serial: KeyedSerial<number>
}) {
  const { bus, rooms, entrance, departure, media, serial } = parts

  function applyRoles(room: Room, changes: readonly RoleChange[], by: number): void {
    for (const { accountId, role } of changes) {
      const seat = room.seats.get(accountId)
      if (seat === undefined || seat.role === role) continue
      seat.role = role
      room.broadcast('role', { user_id: accountId, role, by })
      if (room.isModerator(seat)) {
        room.send(seat, 'waiting', { participants: [...room.waiters.values()].map(showWaiter) })
      }
    }
  }

  /** The room is not here; perhaps it is elsewhere. */
  function tellElsewhere(meetingId: number, by: number | null): void {
    bus.publish('meetings.room.outdated', { meetingId, by: by ?? 0 })
  }

  return {
    /** Runs `work` while nobody else changes who is in this meeting. */
    exclusively: <T>(meetingId: number, work: () => Promise<T>): Promise<T> =>
      serial.run(meetingId, async () => {
        try {
          return await work()
        } finally {
          rooms.touched(meetingId)
        }
      }),

    room: (meetingId: number): Room | undefined => rooms.get(meetingId),

    /** Follows a change of people: roles, and those who were let in. */
    async follow(outcome: Outcome, by: number): Promise<void> {
      const { meeting, roleChanges, admitted, stillWaiting, started } = outcome
      const room = rooms.get(meeting.id)
      if (room === undefined) {
        const isNews = started || roleChanges.length + admitted.length + stillWaiting.length > 0
        return isNews ? tellElsewhere(meeting.id, by) : undefined
      }
      room.meeting = meeting
      applyRoles(room, roleChanges, by)
      for (const member of stillWaiting) {
        const waiter = room.waiters.get(member.account_id)
        if (waiter !== undefined) entrance.tellWaiter(room, waiter, 'lobby')
      }
      let cameIn = 0
      for (const member of admitted) {
        const waiter = room.waiters.get(member.account_id)
        if (waiter === undefined) continue
        room.send(waiter, 'admit', { by })
        cameIn++
        const { profile, socket, sessionId, wanted } = waiter
        entrance.enter(room, { member, profile, socket, sessionId, wanted, continues: false })
      }
      if (cameIn > 0 || stillWaiting.length > 0) room.tellModerators()
    },

    /** Somebody gave their place up, or it was taken. */
    async left(outcome: Outcome, accountId: number, reason: Reason, by: number): Promise<void> {
      const room = rooms.get(outcome.meeting.id)
      if (room === undefined) return tellElsewhere(outcome.meeting.id, by)
      if (reason === 'removed') {
        room.broadcast('kick', { user_id: accountId, by }, by)
      }
      await departure.vacate(room, accountId, reason)
      await departure.sendAway(room, accountId, { by, close: reason === 'removed' ? 4003 : 4002 })
      applyRoles(room, outcome.roleChanges, 0)
    },

    async denied(meetingId: number, accountId: number, by: number): Promise<void> {
      const room = rooms.get(meetingId)
      if (room === undefined) return tellElsewhere(meetingId, by)
      await departure.sendAway(room, accountId, { by, close: 4003 })
    },

    async over(meetingId: number, end: ServerData['end']): Promise<void> {
      const room = rooms.get(meetingId)
      if (room === undefined) return tellElsewhere(meetingId, end.by)
      await departure.closeRoom(room, end)
    },

    /** Settings, title or lock changed: what is not allowed any more stops. */
    changed(meeting: MeetingRow, by: number): void {
      const room = rooms.get(meeting.id)
      if (room === undefined) return tellElsewhere(meeting.id, by)
      const lockChanged = room.meeting.locked !== meeting.locked
      const termsChanged =
        room.meeting.enable_screen_share !== meeting.enable_screen_share ||
        room.meeting.meeting_type !== meeting.meeting_type
      room.meeting = meeting
      room.broadcast('settings', {
        settings: settingsOf(meeting),
        title: meeting.title,
        locked: meeting.locked,
        max_participants: meeting.max_participants,
      })
      if (lockChanged) room.broadcast('lock', { locked: meeting.locked, by }, by)
      if (!termsChanged) return
      for (const seat of room.seats.values()) {
        const { screen_sharing, video_enabled } = seat.mediaState
        const mediaState = {
          ...seat.mediaState,
          screen_sharing: screen_sharing && meeting.enable_screen_share,
          video_enabled: video_enabled && meeting.meeting_type === 'video',
        }
        const isSame = mediaState.screen_sharing === screen_sharing && mediaState.video_enabled === video_enabled
        seat.mediaState = mediaState
        seat.isDirty = true
        if (!isSame) {
          const data = { ...mediaState, user_id: seat.accountId, peer_id: seat.peerId, by }
          room.broadcast('media-state', data, seat.accountId)
        }
        media.syncPublishing(room, seat)
      }
    },

    /**
     * Changes what somebody inside sends; `by` when somebody else turned it off.
     * @throws Fault `meetings.screen-off`, `meetings.video-off`
     */
    setMedia(room: Room, seat: Seat, wanted: WantedMedia, by?: number): void {
      const mediaState = changedState(seat.mediaState, wanted, room.meeting)
      const isChanged = !sameState(mediaState, seat.mediaState)
      seat.mediaState = mediaState
      seat.isDirty = true
      if (isChanged) {
        announceState(room, seat, by)
        media.syncPublishing(room, seat)
      }
      if (wanted.videoQuality === undefined) return
      seat.videoQuality = wanted.videoQuality
      media.syncQuality(room, seat)
    },

    /** A chat line was kept: everybody inside gets it, its author with the `ref` they gave. */
    said(said: Said): void {
      const { meetingId, line, ref } = said
      const room = rooms.get(meetingId)
      if (room === undefined) return
      room.messageSeq = Math.max(room.messageSeq, line.seq)
      const from = line.accountId ?? 0
      const data = frameOf(said)
      // The words are the room's, where they may change: the history names the line.
      const { content: _content, ...named } = data
      room.note('chat', from, null, named)
      room.broadcast('chat', data, from, { unrecorded: true, except: ref === undefined ? undefined : from })
      if (ref === undefined) return
      const own = { type: 'chat', from, meeting_id: meetingId, data: { ...data, ref } }
      room.seats.get(from)?.socket?.send(JSON.stringify(own))
    },

    /** A chat line was edited or deleted, or was reacted to in the room. */
    lineChanged(said: Said): void {
      const { meetingId, line } = said
      if (!line.isEdited && !line.isDeleted) return
      rooms.get(meetingId)?.broadcast('chat-changed', frameOf(said), line.accountId ?? 0, { unrecorded: true })
    },

    /** Tells everybody in a meeting's room something: recordings, captions. False when nobody is there. */
    announce<T extends ServerFrameType>(meetingId: number, type: T, data: ServerData[T]): boolean {
      const room = rooms.get(meetingId)
      if (room === undefined) return false
      if (type === 'recording-state') {
        const state = data as ServerData['recording-state']
        room.recording = { recording: state.recording, recording_id: state.recording_id }
      }
      if (type === 'streaming-state') {
        const { stream_id, stream_type, status } = data as ServerData['streaming-state']
        const others = room.streams.filter((one) => one.stream_id !== stream_id)
        const isOver = status === 'ended' || status === 'failed'
        room.streams = isOver ? others : [...others, { stream_id, stream_type, status }]
      }
      room.broadcast(type, data, 0, { unrecorded: type === 'caption' })
      return true
    },
  }
}

function frameOf({ line, author }: Said): ServerData['chat'] {
  return {
    message_id: line.id,
    seq: line.seq,
    user_id: line.accountId ?? 0,
    username: author.login,
    nickname: author.displayName,
    avatar_url: author.avatarUrl,
    content: line.content,
    timestamp: line.at.toISOString(),
    ...(line.isEdited && { edited: true }),
    ...(line.isDeleted && { deleted: true }),
  }
}
