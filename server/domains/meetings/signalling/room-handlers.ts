import { faults } from '../faults.ts'
import { announceState } from '../live/entrance.ts'
import { changedState, sameState } from '../live/publishing.ts'
import { Fault } from '#kernel/fault.ts'
import type { HandlerParts, Handlers, Sender } from './handler.ts'
import { seatOf } from './handler.ts'

type RoomFrames = Pick<
  Handlers,
  | 'leave'
  | 'offer'
  | 'answer'
  | 'ice-candidate'
  | 'ice-restart'
  | 'layer'
  | 'chat'
  | 'media-state'
  | 'hand'
  | 'reaction'
  | 'ping'
>

/** Frames about oneself: media, chat, hand. */
export function roomHandlers({ media, chat, clock, attendance }: HandlerParts): RoomFrames {
  return {
    leave: async ({ actor, room }) => await attendance.leave(actor, room.meetingId),

    offer: ({ room, seat }, data) => {
      if (data.transport === 'subscribe') throw notFor('offer', 'the server offers the subscribe connection')
      room.note('offer', seat.accountId, 0, data)
      media.offer(room, seat, data)
    },

    answer: ({ room, seat }, data) => {
      if (data.transport === 'publish') throw notFor('answer', 'the server answers the publish connection')
      room.note('answer', seat.accountId, 0, data)
      media.answer(room, seat, data)
    },

    'ice-candidate': ({ room, seat }, data) => {
      room.note('ice-candidate', seat.accountId, 0, data)
      media.candidate(room, seat, data)
    },

    'ice-restart': ({ room, seat }, data) => media.restartIce(room, seat, data.transport),

    layer: ({ room, seat }, data) => media.layers(room, seat, data),

    chat: async ({ room, seat }, { content, ref }, to) => {
      if (to !== 0) throw notFor('chat', 'chat goes to everybody')
      if (content.trim() === '') throw notFor('chat', 'there is nothing in it')
      if (!room.meeting.enable_chat) throw faults.chatOff()
      await chat.post(room.meetingId, { accountId: seat.accountId, content, ref })
    },

    'media-state': ({ room, seat }, wanted) => {
      const state = changedState(seat.mediaState, wanted, room.meeting)
      if (!sameState(state, seat.mediaState)) {
        seat.mediaState = state
        seat.isDirty = true
        media.syncPublishing(room, seat)
      }
      // Also when nothing changed: whoever asks is told how it stands.
      announceState(room, seat)
    },

    hand: (sender, data) => {
      const { room, seat } = sender
      const other = data.user_id !== undefined && data.user_id !== seat.accountId
      if (other && (data.raised || !room.isModerator(seat))) {
        throw faults.forbidden('Hands are raised by their owners, and lowered by them or a moderator')
      }
      setHand(sender, data.user_id ?? seat.accountId, data.raised ? new Date(clock.now()) : null)
    },

    reaction: ({ room, seat }, { emoji }) => {
      room.broadcast('reaction', { user_id: seat.accountId, emoji }, seat.accountId)
    },

    ping: ({ room, seat }, data) => room.send(seat, 'pong', data as Record<string, unknown>),
  }
}

function setHand({ room, seat: sender }: Sender, accountId: number, raisedAt: Date | null): void {
  const seat = seatOf(room, accountId)
  // The first time counts: hands are called on in the order they went up.
  seat.handRaisedAt = raisedAt === null ? null : (seat.handRaisedAt ?? raisedAt)
  seat.isDirty = true
  const data = {
    user_id: accountId,
    raised: raisedAt !== null,
    raised_at: seat.handRaisedAt?.toISOString() ?? null,
    by: sender.accountId,
  }
  room.broadcast('hand', data, accountId)
}

function notFor(type: string, why: string): Fault {
  return new Fault('invalid', 'meetings.bad-frame', `This ${type} is not right: ${why}`)
}
