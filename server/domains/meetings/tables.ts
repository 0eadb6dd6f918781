import type { ColumnType, Generated, Selectable } from 'kysely'

type WithDefault<T> = ColumnType<T, T | undefined, T>

interface MeetingsTable {
  id: Generated<number>
  creator_id: number
  title: string
  description: string
  start_time: Date
  end_time: Date
  max_participants: number
  meeting_type: 'video' | 'audio'
  status: WithDefault<'scheduled' | 'ongoing' | 'ended' | 'cancelled'>
  password_hash: string | null
  enable_recording: boolean
  enable_chat: boolean
  enable_screen_share: boolean
  enable_waiting_room: boolean
  mute_on_join: boolean
  locked: WithDefault<boolean>
  started_at: WithDefault<Date | null>
  ended_at: WithDefault<Date | null>
  created_at: Date
  updated_at: Date
}

interface MembersTable {
  id: Generated<number>
  meeting_id: number
  account_id: number
  role: Role
  standing_role: Role
  status: WithDefault<'online' | 'offline' | 'waiting'>
  waiting_for: WithDefault<'lobby' | 'host' | null>
  invited: WithDefault<boolean>
  peer_id: WithDefault<string | null>
  seat_until: WithDefault<Date | null>
  first_joined_at: WithDefault<Date | null>
  entered_at: WithDefault<Date | null>
  left_at: WithDefault<Date | null>
  barred_until: WithDefault<Date | null>
  removed: WithDefault<boolean>
  audio_enabled: WithDefault<boolean>
  video_enabled: WithDefault<boolean>
  screen_sharing: WithDefault<boolean>
  video_quality: WithDefault<'low' | 'medium' | 'high'>
  hand_raised_at: WithDefault<Date | null>
  created_at: Date
}

/** The tables of this domain, for the query builder. */
export interface Tables {
  meetings: MeetingsTable
  meeting_participants: MembersTable
}

/** What somebody may do in a meeting. */
export type Role = 'host' | 'moderator' | 'participant'

/** A meeting as it is kept. */
export type MeetingRow = Selectable<MeetingsTable>

/** Somebody's place in a meeting as it is kept: one row for each account that ever came or was named. */
export type MemberRow = Selectable<MembersTable>
