import { endLiveRoom, listLiveRooms } from '#contracts/admin-rooms.ts'
import type { LivePerson } from '#contracts/admin-rooms.ts'
import type { OverseenPerson } from '#domains/meetings/acts/overseeing.ts'
import type { MeetingSurfaceParts } from './meetings.ts'
import { actorOf } from './meetings-views.ts'
import { meetingSpeech } from './meetings-words.ts'
import type { Mount } from './mount.ts'
import { rfc3339 } from './time.ts'

/** Mounts what admins see of live rooms, and how they end one. */
export function mountAdminRooms(mount: Mount, { meetings }: Pick<MeetingSurfaceParts, 'meetings'>): void {
  mount(
    listLiveRooms,
    async () => {
      const rooms = await meetings.overseeing.liveRooms()
      const sum = (value: (room: (typeof rooms)[number]) => number): number =>
        rooms.reduce((total, room) => total + value(room), 0)
      return {
        rooms: rooms.map(({ room, people, ...traffic }) => ({
          meeting_id: room.meetingId,
          title: room.meeting.title,
          creator_id: room.meeting.creator_id,
          opened_at: rfc3339(room.openedAt),
          connections: room.connections,
          waiting: room.waiters.size,
          inbound_bitrate: traffic.inboundBitrate,
          outbound_bitrate: traffic.outboundBitrate,
          packet_loss_rate: traffic.packetLossRate,
          people: people.map(shown),
        })),
        total: rooms.length,
        participants: sum((room) => room.people.length),
        inbound_bitrate: sum((room) => room.inboundBitrate),
        outbound_bitrate: sum((room) => room.outboundBitrate),
      }
    },
    meetingSpeech,
  )

  mount(
    endLiveRoom,
    async ({ account, params, request }) => {
      const meeting = await meetings.attendance.end(actorOf(account), params.id)
      request.log.info({ meetingId: meeting.id, admin: account.accountId }, 'an admin ended a meeting')
      return { meeting_id: meeting.id, status: 'ended' as const, ended_at: rfc3339(meeting.ended_at ?? new Date()) }
    },
    meetingSpeech,
  )
}

function shown({ seat, protocol, inboundBitrate, outboundBitrate, lossRate }: OverseenPerson): LivePerson {
  return {
    session_id: seat.sessionId,
    user_id: seat.accountId,
    username: seat.profile.login,
    nickname: seat.profile.displayName,
    role: seat.role,
    status: seat.socket === null ? 'offline' : 'online',
    connected_at: rfc3339(seat.connectedAt),
    protocol,
    inbound_bitrate: inboundBitrate,
    outbound_bitrate: outboundBitrate,
    loss_rate: lossRate,
  }
}
