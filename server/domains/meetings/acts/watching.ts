import type { MediaState } from '#contracts/schemas/signaling.ts'
import { isFault } from '#kernel/fault.ts'
import { faults } from '../faults.ts'
import type { History, HistoryFrame } from '../history.ts'
import type { WantedMedia } from '../live/live.ts'
import { changedState } from '../live/publishing.ts'
import type { Rooms, RoomNumbers } from '../live/rooms.ts'
import type { MediaEngine, RoomStats } from '../media-engine.ts'
import { meetingsStore } from '../meetings-store.ts'
import { membersStore } from '../members-store.ts'
import { reaches, rules } from '../policy.ts'
import type { Actor, View } from '../policy.ts'
import type { SessionWriter } from '../session-writer.ts'
import { sessionsStore } from '../sessions-store.ts'
import type { SessionRow } from '../sessions-store.ts'
import type { MemberRow } from '../tables.ts'
import { viewOf } from './context.ts'
import type { ActParts } from './context.ts'

/** What a peer sends and in which size, after a change. */
export interface PeerMedia extends MediaState {
  readonly peerId: string
  readonly accountId: number
  readonly meetingId: number
  readonly videoQuality: 'low' | 'medium' | 'high'
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const NO_STATS = {
  peers: [],
  inboundBitrate: 0,
  outboundBitrate: 0,
  packetLossRate: 0,
  averageJitterMs: 0,
  averageRttMs: 0,
}

/** Sessions, live numbers and media of rooms. */
export function createWatching(
  parts: ActParts & {
    readonly engine: MediaEngine
    readonly rooms: Rooms
    readonly history: History
    readonly sessions: SessionWriter
  },
) {
  const { db, bus, engine, rooms, history, live, sessions } = parts

  /** Those inside, and admins: everybody else learns nothing, not even that there is a meeting. */
  async function watch(actor: Actor, meetingId: number): Promise<View> {
    const view = await viewOf(db, actor, meetingId)
    if (!actor.isAdmin && !rules.beInside(view)) throw faults.missing()
    return view
  }

  /** What the database has of a session, with what only this process knows yet. */
  function upToDate(row: SessionRow): SessionRow {
    const seat = rooms.get(row.meeting_id)?.seats.get(row.account_id)
    if (seat === undefined || seat.sessionId !== row.id) return row
    return { ...row, ...seat.mediaState, last_activity: seat.lastActivity }
  }

  return {
    /** One's own session, or one in a meeting that one moderates. @throws Fault `meetings.session-missing` */
    async session(actor: Actor, sessionId: string): Promise<SessionRow> {
      await sessions.flush()
      const row = UUID.test(sessionId) ? await sessionsStore.find(db, sessionId) : undefined
      if (row === undefined) throw faults.sessionMissing()
      if (row.account_id !== actor.accountId && !actor.isAdmin) {
        const view = await viewOf(db, actor, row.meeting_id)
        if (!rules.moderate(view)) throw faults.sessionMissing()
      }
      return upToDate(row)
    },

    /** The sessions of a meeting that are open or may come back. */
    async roomSessions(actor: Actor, meetingId: number): Promise<SessionRow[]> {
      await watch(actor, meetingId)
      await sessions.flush()
      return (await sessionsStore.listOpen(db, meetingId)).map(upToDate)
    },

    /** The signalling frames the actor may see. */
    async frames(actor: Actor, meetingId: number, limit: number): Promise<HistoryFrame[]> {
      await watch(actor, meetingId)
      return await history.list(meetingId, actor.accountId, limit)
    },

    /** The live rooms the actor may know of: all for an admin, else those of meetings it belongs to. */
    async liveRooms(actor: Actor): Promise<RoomNumbers[]> {
      const numbers = rooms.numbers()
      if (actor.isAdmin || numbers.length === 0) return numbers
      const mine = await db.query<{ id: number }>(
        `SELECT meeting_id AS id FROM meeting_participants
         WHERE account_id = $1 AND NOT removed AND (invited OR first_joined_at IS NOT NULL OR role <> 'participant')
           AND meeting_id = ANY($2::int[])`,
        [actor.accountId, numbers.map((one) => one.meetingId)],
      )
      const visible = new Set(mine.map((row) => row.id))
      return numbers.filter((one) => visible.has(one.meetingId))
    },

    /** Measured numbers of a meeting's media; zeros when nobody is inside. */
    async roomStats(actor: Actor, meetingId: number): Promise<RoomStats> {
      await watch(actor, meetingId)
      try {
        return await engine.stats(String(meetingId))
      } catch (error) {
        if (isFault(error, 'media.room-missing')) return { roomId: String(meetingId), ...NO_STATS }
        throw error
      }
    },

    /**
     * Changes what a peer sends. Of somebody else only a moderator may, and only turn off: nobody is unmuted by others.
     * @throws Fault `meetings.peer-missing`, `meetings.forbidden`, `meetings.screen-off`, `meetings.video-off`
     */
    async setPeerMedia(actor: Actor, peerId: string, wanted: WantedMedia): Promise<PeerMedia> {
      const member = UUID.test(peerId) ? await membersStore.findByPeer(db, peerId) : undefined
      if (member === undefined) throw faults.peerMissing()
      const view = await viewOf(db, actor, member.meeting_id)
      const isSelf = member.account_id === actor.accountId
      if (!isSelf) {
        if (!rules.beInside(view)) throw faults.peerMissing()
        if (!rules.moderate(view) || !reaches(view, member)) throw faults.forbidden('This is not your peer')
        if (wanted.audio_enabled === true || wanted.video_enabled === true || wanted.screen_sharing === true) {
          throw faults.forbidden('Others can be asked to turn something on, not made to')
        }
      }
      return await live.exclusively(member.meeting_id, async () => {
        const { room, seat } = rooms.findPeer(peerId) ?? {}
        if (room === undefined || seat === undefined) {
          const changed = await changeStored(member, wanted)
          bus.publish('meetings.peer.outdated', { peerId, wanted, by: isSelf ? null : actor.accountId })
          return changed
        }
        live.setMedia(room, seat, wanted, isSelf ? undefined : actor.accountId)
        const { accountId, videoQuality } = seat
        return { ...seat.mediaState, peerId, accountId, meetingId: room.meetingId, videoQuality }
      })
    },
  }

  /** For a place that has no socket yet. */
  async function changeStored(member: MemberRow, wanted: WantedMedia): Promise<PeerMedia> {
    const meeting = await meetingsStore.find(db, member.meeting_id)
    if (meeting === undefined) throw faults.peerMissing()
    const { audio_enabled, video_enabled, screen_sharing } = member
    const state = changedState({ audio_enabled, video_enabled, screen_sharing }, wanted, meeting)
    const videoQuality = wanted.videoQuality ?? member.video_quality
    await membersStore.update(db, member.id, { ...state, video_quality: videoQuality })
    return {
      ...state,
      videoQuality,
      peerId: member.peer_id as string,
      accountId: member.account_id,
      meetingId: member.meeting_id,
    }
  }
}
