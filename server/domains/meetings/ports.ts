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

/** Who records meetings. Permission was checked before it is called. */
export interface Recordings {
  start(options: { meetingId: number; accountId: number; wishes?: RecordingWishes }): Promise<{ recordingId: string }>
  stop(options: { meetingId: number; accountId: number }): Promise<{ recordingId: string }>
  list(meetingId: number): Promise<RecordingSummary[]>
}
