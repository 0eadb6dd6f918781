import { randomUUID } from 'node:crypto'
import type { Events } from '#contracts/events.ts'
import { Fault, isFault } from '#kernel/fault.ts'
import { faults } from './faults.ts'
import type { Profile } from './live/seat.ts'
import type { ChatLine, ChatRoom } from './ports.ts'

/** A line that was kept or changed, with who wrote it and the mark its sender gave it. */
export interface Said {
  readonly meetingId: number
  readonly line: ChatLine
  readonly author: Profile
  readonly ref: string | undefined
}

/** A meeting's chat: kept in the meeting's room first, then told. */
export type Chat = ReturnType<typeof createChat>

/**
 * The chat over the meetings' rooms. `onSaid` is called once for each new line wherever it was written, in the order of
 * `seq`, after its commit; `onChanged` for each that was edited or deleted.
 */
export function createChat(parts: { room: ChatRoom; onSaid: (said: Said) => void; onChanged: (said: Said) => void }) {
  const { room, onSaid, onChanged } = parts
  /** The marks of lines on their way, by the key they are kept under. */
  const refs = new Map<string, string>()

  return {
    /**
     * Keeps a line and tells the room. Whether the author may was checked before.
     * @throws Fault `meetings.missing`, `meetings.chat-busy`
     */
    async post(
      meetingId: number,
      said: { accountId: number; content: string; ref?: string | undefined },
    ): Promise<ChatLine> {
      const { accountId, content, ref } = said
      const key = ref === undefined ? null : randomUUID()
      if (key !== null && ref !== undefined) refs.set(key, ref)
      try {
        return await room.post(meetingId, { accountId, content, key })
      } catch (error) {
        if (isFault(error, 'rooms.missing')) throw faults.missing()
        if (!isFault(error, 'rooms.busy')) throw error
        throw new Fault('busy', 'meetings.chat-busy', 'The chat cannot keep up', { data: { retryAfterSeconds: 1 } })
      } finally {
        if (key !== null) refs.delete(key)
      }
    },

    /** Hears what happens in rooms, of meetings and others. */
    heard({ meetingId, isNew, message }: Events['rooms.message.changed']): void {
      if (meetingId === null) return
      const { sender, client_key: key } = message
      const said: Said = {
        meetingId,
        line: room.read(message),
        author: {
          login: sender?.username ?? '',
          displayName: sender?.name ?? '',
          avatarUrl: sender?.avatar_url ?? null,
        },
        ref: key === null ? undefined : refs.get(key),
      }
      if (isNew) onSaid(said)
      else onChanged(said)
    },

    /** A page of a meeting's chat, oldest first; page 1 is the newest. `before` and `after` are `seq` numbers, exclusive. */
    async list(
      meetingId: number,
      range: { page: number; pageSize: number; before?: number | undefined; after?: number | undefined },
    ): Promise<{ lines: ChatLine[]; total: number }> {
      const { page, pageSize, after } = range
      const above = after ?? 0
      const below = Math.min(range.before ?? Infinity, (await room.lastSeq(meetingId)) + 1)
      // The numbers have no gaps, so they count the lines, and a page is a stretch of them.
      const total = Math.max(0, below - above - 1)
      const skipped = (page - 1) * pageSize
      // Catching up goes forward from what is known; everything else goes back from the newest.
      const from = after === undefined ? Math.max(above + 1, below - skipped - pageSize) : above + 1 + skipped
      const to = after === undefined ? below - skipped - 1 : Math.min(below - 1, from + pageSize - 1)
      return { lines: to < from ? [] : await room.list(meetingId, from, to), total }
    },

    /** The number of a meeting's last line. */
    lastSeq: (meetingId: number): Promise<number> => room.lastSeq(meetingId),

    /** Lines by their ids, as they stand. */
    lines: (ids: readonly number[]): Promise<ChatLine[]> => room.lines(ids),
  }
}
