import type { FastifyRequest } from 'fastify'
import type { ChatMessage, Meeting, Participant } from '#contracts/schemas/meeting.ts'
import type { Principal } from '#domains/identity/principal.ts'
import type { ListedMeeting } from '#domains/meetings/meetings-store.ts'
import type { Actor } from '#domains/meetings/policy.ts'
import type { Account, ChatLine } from '#domains/meetings/ports.ts'
import type { MeetingRow, MemberRow } from '#domains/meetings/tables.ts'
import { rfc3339 } from './time.ts'

/** What the meeting views need of the request and of accounts. */
export interface MeetingViews {
  meeting(row: ListedMeeting, request: FastifyRequest): Meeting
  roomUrl(meetingId: number, request: FastifyRequest): string
}

/** The caller as meetings know it. */
export function actorOf(account: Principal): Actor {
  return { accountId: account.accountId, isAdmin: account.role === 'admin' }
}

/** Meetings as document 5 shows them; `publicUrl` is where people reach the web app, else the host they asked. */
export function createMeetingViews(publicUrl: string | undefined): MeetingViews {
  const roomUrl = (meetingId: number, request: FastifyRequest): string =>
    `${publicUrl ?? `${request.protocol}://${request.host}`}/meetings/${meetingId}/room`
  return {
    roomUrl,
    meeting: (row, request) => ({
      meeting_id: row.id,
      title: row.title,
      description: row.description,
      start_time: rfc3339(row.start_time),
      end_time: rfc3339(row.end_time),
      max_participants: row.max_participants,
      meeting_type: row.meeting_type,
      status: row.status,
      creator_id: row.creator_id,
      settings: settingsView(row),
      created_at: rfc3339(row.created_at),
      updated_at: rfc3339(row.updated_at),
      started_at: row.started_at === null ? null : rfc3339(row.started_at),
      ended_at: row.ended_at === null ? null : rfc3339(row.ended_at),
      has_password: row.password_hash !== null,
      locked: row.locked,
      participant_count: row.participant_count,
      online_count: row.online_count,
      my_role: row.my_role,
      room_url: roomUrl(row.id, request),
    }),
  }
}

function settingsView(row: MeetingRow): Meeting['settings'] {
  return {
    enable_recording: row.enable_recording,
    enable_chat: row.enable_chat,
    enable_screen_share: row.enable_screen_share,
    enable_waiting_room: row.enable_waiting_room,
    mute_on_join: row.mute_on_join,
  }
}

/** A member as document 5's Participant. */
export function participantView(row: MemberRow, account: Account | undefined): Participant {
  return {
    participant_id: row.id,
    meeting_id: row.meeting_id,
    user_id: row.account_id,
    username: account?.login ?? '',
    nickname: account?.displayName ?? '',
    avatar_url: account?.avatarUrl ?? null,
    role: row.role,
    status: row.status,
    joined_at: rfc3339(row.first_joined_at ?? row.created_at),
    invited: row.invited,
    peer_id: row.peer_id,
  }
}

/** A chat line as document 5 shows it. */
export function messageView(line: ChatLine, account: Account | undefined): ChatMessage {
  return {
    message_id: line.id,
    seq: line.seq,
    user_id: line.accountId ?? 0,
    username: account?.login ?? '',
    nickname: account?.displayName ?? '',
    avatar_url: account?.avatarUrl ?? null,
    content: line.content,
    // With milliseconds: lines of one second stay in order.
    timestamp: line.at.toISOString(),
    ...(line.isEdited && { edited: true }),
    ...(line.isDeleted && { deleted: true }),
  }
}
