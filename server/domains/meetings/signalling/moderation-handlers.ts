import type { ClientData, MediaState } from '#contracts/schemas/signaling.ts'
import { faults } from '../faults.ts'
import { announceState } from '../live/entrance.ts'
import type { Seat } from '../live/seat.ts'
import type { HandlerParts, Handlers, Sender } from './handler.ts'
import { seatOf } from './handler.ts'

type ModerationFrames = Pick<Handlers, 'admit' | 'deny' | 'kick' | 'mute-request' | 'role' | 'lock' | 'end'>

const OFF: Readonly<Record<ClientData['mute-request']['kind'], Partial<MediaState>>> = {
  audio: { audio_enabled: false },
  video: { video_enabled: false },
  screen: { screen_sharing: false },
}

/** Frames about others: letting in, muting, roles, taking out, ending. */
export function moderationHandlers({ media, attendance, moderation, planning }: HandlerParts): ModerationFrames {
  function turnOff({ room, actor }: Sender, seat: Seat, kind: ClientData['mute-request']['kind']): void {
    seat.mediaState = { ...seat.mediaState, ...OFF[kind] }
    seat.isDirty = true
    room.send(seat, 'mute-request', { kind, action: 'mute', by: actor.accountId }, actor.accountId)
    announceState(room, seat, actor.accountId)
    media.syncPublishing(room, seat)
  }

  return {
    admit: async ({ actor, room }, { user_id, all }) => {
      if (user_id === undefined && all !== true) throw faults.memberMissing()
      await moderation.admit(actor, room.meetingId, user_id === undefined ? 'all' : [user_id])
    },

    deny: async ({ actor, room }, { user_id }) => await moderation.deny(actor, room.meetingId, user_id),

    kick: async ({ actor, room }, { user_id }) => {
      if (user_id === actor.accountId) throw faults.forbidden('Nobody takes themselves out: leave')
      await moderation.remove(actor, room.meetingId, user_id)
    },

    'mute-request': async (sender, { user_id, kind, action = 'mute' }) => {
      const { actor, room } = sender
      if (user_id === undefined) {
        if (action === 'ask') throw faults.memberMissing()
        await moderation.demandModerator(actor, room.meetingId)
        for (const seat of room.seats.values()) {
          if (seat.accountId !== actor.accountId && !room.isModerator(seat)) turnOff(sender, seat, kind)
        }
        return
      }
      await moderation.demandReach(actor, room.meetingId, user_id)
      const seat = seatOf(room, user_id)
      if (action === 'mute') turnOff(sender, seat, kind)
      else room.send(seat, 'mute-request', { kind, action, by: actor.accountId }, actor.accountId)
    },

    role: async ({ actor, room }, { user_id, role }) => {
      await moderation.setRole(actor, room.meetingId, user_id, role)
    },

    lock: async ({ actor, room }, { locked }) => {
      await moderation.demandModerator(actor, room.meetingId)
      await planning.setLock(actor, room.meetingId, locked)
    },

    end: async ({ actor, room }) => {
      await attendance.end(actor, room.meetingId)
    },
  }
}
