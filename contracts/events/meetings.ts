/** What happens to meetings, as calendars, rooms and recordings learn it. Ids are meeting and account ids. */
export interface MeetingEvents {
  'meetings.meeting.created': { meetingId: number; creatorId: number }
  'meetings.meeting.changed': { meetingId: number }
  'meetings.meeting.started': { meetingId: number }
  'meetings.meeting.ended': { meetingId: number }
  'meetings.meeting.deleted': { meetingId: number }
  'meetings.participant.added': { meetingId: number; accountId: number }
  'meetings.participant.removed': { meetingId: number; accountId: number }
  'meetings.message.posted': { meetingId: number; messageId: number; accountId: number }
}
