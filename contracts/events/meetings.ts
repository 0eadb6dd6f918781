import type { MediaState, VideoQuality } from '../schemas/signaling.ts'
import type { Static } from 'typebox'

/** What happens to meetings, as calendars, rooms and recordings learn it. Ids are meeting and account ids. */
export interface MeetingEvents {
  'meetings.meeting.created': { meetingId: number; creatorId: number }
  /** Title, times, settings, lock. */
  'meetings.meeting.changed': { meetingId: number }
  'meetings.meeting.started': { meetingId: number }
  'meetings.meeting.ended': { meetingId: number }
  'meetings.meeting.cancelled': { meetingId: number }
  /** `memberIds`: who belonged to it, since nobody can look that up afterwards. */
  'meetings.meeting.deleted': { meetingId: number; memberIds: number[] }
  /** Somebody belongs to it from now on; `invited` when a host named them (`by`), false when they came by themselves. */
  'meetings.participant.added': { meetingId: number; accountId: number; invited: boolean; by: number }
  'meetings.participant.removed': { meetingId: number; accountId: number }
  /** Somebody came in, or left for good. */
  'meetings.participant.entered': { meetingId: number; accountId: number }
  'meetings.participant.left': { meetingId: number; accountId: number }
  /** An act of `by` changed who is in a meeting, or what goes there, in a process that does not hold its room: whoever does looks. */
  'meetings.room.outdated': { meetingId: number; by: number }
  /** The same for what somebody sends. */
  'meetings.peer.outdated': {
    peerId: string
    wanted: Partial<MediaState> & { videoQuality?: Static<typeof VideoQuality> | undefined }
    /** Who turned it off for them; null: they did. */
    by: number | null
  }
}
