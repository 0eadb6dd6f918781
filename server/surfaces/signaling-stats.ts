import { getSession, listRoomSessions, signalingHistory, statsOverview, statsRooms } from '#contracts/signaling.ts'
import type { RoomNumbers } from '#domains/meetings/live/rooms.ts'
import type { SessionRow } from '#domains/meetings/sessions-store.ts'
import type { MeetingSurfaceParts } from './meetings.ts'
import { actorOf } from './meetings-views.ts'
import { meetingSpeech } from './meetings-words.ts'
import type { Mount } from './mount.ts'
import { rfc3339 } from './time.ts'

/** Signalling sessions, the history of frames, and live numbers. */
export function mountSignalingStats(mount: Mount, { meetings }: MeetingSurfaceParts): void {
  const { watching } = meetings

  async function shown(rows: readonly SessionRow[]) {
    const accounts = await meetings.accountsById(rows.map((row) => row.account_id))
    const logins = new Map(accounts.map((account) => [account.id, account.login]))
    return rows.map((row) => ({
      session_id: row.id,
      user_id: row.account_id,
      username: logins.get(row.account_id) ?? '',
      meeting_id: row.meeting_id,
      peer_id: row.peer_id,
      connected_at: rfc3339(row.connected_at),
      last_activity: rfc3339(row.last_activity),
      status: row.status,
      media_state: {
        audio_enabled: row.audio_enabled,
        video_enabled: row.video_enabled,
        screen_sharing: row.screen_sharing,
      },
    }))
  }
  type Session = Awaited<ReturnType<typeof shown>>[number]

  mount(
    getSession,
    async ({ account, params }) =>
      (await shown([await watching.session(actorOf(account), params.session_id)]))[0] as Session,
    meetingSpeech,
  )

  mount(
    listRoomSessions,
    async ({ account, params }) => {
      const sessions = await shown(await watching.roomSessions(actorOf(account), params.meeting_id))
      return { sessions, total: sessions.length }
    },
    meetingSpeech,
  )

  mount(
    signalingHistory,
    async ({ account, params, query }) => {
      const frames = await watching.frames(actorOf(account), params.meeting_id, query.limit ?? 100)
      return {
        messages: frames.map((frame) => ({
          id: frame.id,
          type: frame.type,
          from: frame.from_id,
          to: frame.to_id,
          meeting_id: frame.meeting_id,
          data: frame.data,
          timestamp: frame.created_at.toISOString(),
        })),
        total: frames.length,
      }
    },
    meetingSpeech,
  )

  mount(
    statsOverview,
    async ({ account }) => {
      const rooms = await watching.liveRooms(actorOf(account))
      return {
        active_sessions: rooms.reduce((sum, room) => sum + room.seats, 0),
        connected_clients: rooms.reduce((sum, room) => sum + room.connections, 0),
        active_rooms: rooms.length,
        room_details: rooms.map(details),
      }
    },
    meetingSpeech,
  )

  mount(
    statsRooms,
    async ({ account }) => {
      const rooms = (await watching.liveRooms(actorOf(account))).map(details)
      return { rooms, total: rooms.length }
    },
    meetingSpeech,
  )
}

function details(room: RoomNumbers) {
  return {
    room_id: room.meetingId,
    participant_count: room.seats,
    created_at: rfc3339(room.openedAt),
    duration: Math.max(0, Math.floor((Date.now() - room.openedAt.getTime()) / 1000)),
    total_messages: room.frames,
    active_connections: room.connections,
  }
}
