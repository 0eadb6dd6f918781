import {
  createMeeting,
  deleteMeeting,
  endMeeting,
  getMeeting,
  joinMeeting,
  leaveMeeting,
  listMeetings,
  previewMeeting,
  startMeeting,
  updateMeeting,
} from '#contracts/meetings.ts'
import type { Meetings } from '#domains/meetings/meetings.ts'
import { mountAdminRooms } from './admin-rooms.ts'
import { mountMeetingPeople } from './meetings-people.ts'
import { mountMeetingTalk } from './meetings-talk.ts'
import { actorOf, createMeetingViews } from './meetings-views.ts'
import { meetingSpeech, parseTime } from './meetings-words.ts'
import type { Mount } from './mount.ts'
import { mountMyMeetings } from './my-meetings.ts'
import { mountSignalingStats } from './signaling-stats.ts'
import { rfc3339 } from './time.ts'
import { mountWebrtc } from './webrtc.ts'

/** What the routes of meetings need. */
export interface MeetingSurfaceParts {
  readonly meetings: Meetings
  /** `CONFAB_PUBLIC_URL`; undefined: links name the host the caller asked. */
  readonly publicUrl: string | undefined
}

/** Mounts every route of meetings: `/api/v1/{meetings,my,sessions,messages,stats,webrtc,admin/rooms}`. */
export function mountMeetings(mount: Mount, parts: MeetingSurfaceParts): void {
  mountMeetingRoutes(mount, parts)
  mountMeetingPeople(mount, parts)
  mountMeetingTalk(mount, parts)
  mountMyMeetings(mount, parts)
  mountSignalingStats(mount, parts)
  mountWebrtc(mount, parts)
  mountAdminRooms(mount, parts)
}

function mountMeetingRoutes(mount: Mount, { meetings, publicUrl }: MeetingSurfaceParts): void {
  const { planning, attendance } = meetings
  const views = createMeetingViews(publicUrl)

  mount(
    createMeeting,
    async ({ account, body, request }) =>
      views.meeting(
        await planning.create(actorOf(account), {
          title: body.title,
          description: body.description,
          startTime: parseTime(body.start_time, 'start_time'),
          endTime: parseTime(body.end_time, 'end_time'),
          maxParticipants: body.max_participants,
          meetingType: body.meeting_type,
          password: body.password,
          settings: body.settings,
        }),
        request,
      ),
    meetingSpeech,
  )

  mount(
    listMeetings,
    async ({ account, query, request }) => {
      const { page = 1, page_size: pageSize = 20, status, keyword } = query
      const filter = { scope: 'all' as const, status, keyword, page, pageSize }
      const found = await planning.list(actorOf(account), filter)
      return {
        meetings: found.meetings.map((row) => views.meeting(row, request)),
        total: found.total,
        page,
        page_size: pageSize,
      }
    },
    meetingSpeech,
  )

  mount(
    getMeeting,
    async ({ account, params, request }) => views.meeting(await planning.get(actorOf(account), params.id), request),
    meetingSpeech,
  )

  mount(
    previewMeeting,
    async ({ account, params }) => {
      const preview = await planning.preview(actorOf(account), params.id)
      const { meeting, shown, passwordRequired, hostName, captured } = preview
      return {
        meeting_id: meeting.id,
        title: shown ? meeting.title : null,
        host_name: hostName,
        start_time: shown ? rfc3339(meeting.start_time) : null,
        end_time: shown ? rfc3339(meeting.end_time) : null,
        meeting_type: meeting.meeting_type,
        status: meeting.status,
        password_required: passwordRequired,
        waiting_room: meeting.enable_waiting_room,
        mute_on_join: meeting.mute_on_join,
        locked: meeting.locked,
        recording: captured.recordingId !== null,
        streaming: captured.streams.length > 0,
      }
    },
    meetingSpeech,
  )

  mount(
    updateMeeting,
    async ({ account, params, body, request }) =>
      views.meeting(
        await planning.update(actorOf(account), params.id, {
          ...(body.title !== undefined && { title: body.title }),
          ...(body.start_time !== undefined && { startTime: parseTime(body.start_time, 'start_time') }),
          ...(body.end_time !== undefined && { endTime: parseTime(body.end_time, 'end_time') }),
          description: body.description,
          maxParticipants: body.max_participants,
          meetingType: body.meeting_type,
          password: body.password,
          settings: body.settings,
          status: body.status,
          locked: body.locked,
        }),
        request,
      ),
    meetingSpeech,
  )

  mount(
    deleteMeeting,
    async ({ account, params }) => {
      await planning.delete(actorOf(account), params.id)
      return null
    },
    meetingSpeech,
  )

  mount(
    startMeeting,
    async ({ account, params, request }) => {
      const { id, status } = await attendance.start(actorOf(account), params.id)
      return { meeting_id: id, status, room_url: views.roomUrl(id, request) }
    },
    meetingSpeech,
  )

  mount(
    endMeeting,
    async ({ account, params, request }) => {
      const { id, status } = await attendance.end(actorOf(account), params.id)
      return { meeting_id: id, status, room_url: views.roomUrl(id, request) }
    },
    meetingSpeech,
  )

  mount(
    joinMeeting,
    async ({ account, params, body, request }) => {
      const { member, iceServers } = await attendance.join(actorOf(account), params.id, body.password ?? '')
      return {
        meeting_id: member.meeting_id,
        participant_id: member.id,
        peer_id: member.peer_id ?? '',
        role: member.role,
        status: member.status,
        waiting_for: member.waiting_for,
        room_url: views.roomUrl(member.meeting_id, request),
        ice_servers: iceServers,
      }
    },
    meetingSpeech,
  )

  mount(
    leaveMeeting,
    async ({ account, params }) => {
      await attendance.leave(actorOf(account), params.id)
      return null
    },
    meetingSpeech,
  )
}
