import type { RoomMessage } from '#contracts/schemas/room.ts'
import type { LiveStreamFrame } from '#contracts/schemas/signaling.ts'

/** The languages we speak. */
export type Locale = 'zh-TW' | 'zh-CN' | 'en'

/** An account, as far as meetings look. */
export interface Account {
  readonly id: number
  readonly login: string
  readonly displayName: string
  readonly avatarUrl: string | null
  readonly email: string
  readonly status: 'active' | 'banned' | 'deleted'
}

/** Where accounts are looked up. Deleted accounts are found too, so that old chats keep their names. */
export interface Accounts {
  byId(id: number): Promise<Account | undefined>
  byIds(ids: readonly number[]): Promise<Account[]>
  byEmail(email: string): Promise<Account | undefined>
}

/** Hashes meeting passwords, slowly. */
export interface PasswordHasher {
  hash(password: string): Promise<string>
  verify(hash: string, password: string): Promise<boolean>
}

/** A recording, as a meeting lists it. */
export interface RecordingSummary {
  readonly recordingId: string
  readonly meetingId: number
  readonly status: string
  readonly fileUrl: string | null
  readonly durationSeconds: number | null
  readonly size: number | null
  readonly createdAt: Date
}

/** How a recording is to come out; what is left out is the recorder's to choose. */
export interface RecordingWishes {
  readonly format?: 'mp4' | 'webm' | 'mkv' | undefined
  readonly layout?: 'grid' | 'speaker' | undefined
  readonly quality?: 'low' | 'medium' | 'high' | undefined
}

/** What is being kept of a meeting, or shown outside of it, at present. */
export interface Captured {
  /** The recording under way. */
  readonly recordingId: string | null
  /** The live streams under way. */
  readonly streams: readonly LiveStreamFrame[]
}

/** Who records meetings. Permission was checked before it is called. */
export interface Recordings {
  start(options: { meetingId: number; accountId: number; wishes?: RecordingWishes }): Promise<{ recordingId: string }>
  /** Stops what is being recorded; with a `recordingId` only if it is that. */
  stop(options: {
    meetingId: number
    accountId: number
    recordingId?: string | undefined
  }): Promise<{ recordingId: string }>
  list(meetingId: number): Promise<RecordingSummary[]>
  captured(meetingId: number): Promise<Captured>
}

/** A line of a meeting's chat. */
export interface ChatLine {
  readonly id: number
  /** 1, 2, 3 … within the meeting. */
  readonly seq: number
  /** Null once the account is gone. */
  readonly accountId: number | null
  /** Empty once deleted. */
  readonly content: string
  readonly at: Date
  readonly isEdited: boolean
  readonly isDeleted: boolean
}

/** The rooms of meetings, where their chats are kept. Changes are told by `rooms.message.changed`. */
export interface ChatRoom {
  /**
   * Keeps a line under the sender's own key, or none; it was told on the bus when this resolves.
   * @throws Fault `rooms.missing`, `rooms.busy`
   */
  post(meetingId: number, said: { accountId: number; content: string; key: string | null }): Promise<ChatLine>
  /** Lines by their numbers, both ends included, in order. */
  list(meetingId: number, from: number, to: number): Promise<ChatLine[]>
  /** The number of the last line; 0 before the first. */
  lastSeq(meetingId: number): Promise<number>
  /** Lines by their ids. */
  lines(ids: readonly number[]): Promise<ChatLine[]>
  /** A message of a room as a line. */
  read(message: RoomMessage): ChatLine
}
