import type { RoomFile } from '#contracts/schemas/room.ts'

/** The notification service. */
export interface Notifier {
  send(notification: {
    accountId: number
    kind: string
    /** Two with the same key are one. */
    dedupeKey: string
    title: string
    text: string
    url: string
  }): Promise<unknown>
}

/** The media library, as far as messages look into it. */
export interface FilesPort {
  /** A file that an account keeps; undefined where there is none, or it is somebody else's. */
  own(accountId: number, fileId: string): Promise<RoomFile | undefined>
}

/** The words of a notification about a mention, in the reader's language. */
export type MentionWords = (
  locale: string | null,
  values: { sender: string; room: string; content: string },
) => { title: string; text: string }
