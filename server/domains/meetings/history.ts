import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import type { Log } from '#kernel/log.ts'
import type { Recorder } from './live/room.ts'
import type { ChatLine } from './ports.ts'

/** A signalling frame as it is kept. `to` null: everybody in the room. */
export interface HistoryFrame {
  readonly id: number
  readonly meeting_id: number
  readonly type: string
  readonly from_id: number
  readonly to_id: number | null
  readonly data: unknown
  readonly created_at: Date
}

const FLUSH_MS = 250
const FLUSH_FRAMES = 500
const MOST_UNWRITTEN = 20_000
const MOST_PER_MEETING = 5_000
const KEEP_MS = 7 * 24 * 3_600_000
const MOST_BYTES = 128 * 1024

interface Unwritten {
  readonly meetingId: number
  readonly type: string
  readonly from: number
  readonly to: number | null
  readonly data: string
  readonly at: Date
}

/** What went over the signalling sockets: written in batches behind the frames, bounded per meeting and by age. */
export type History = ReturnType<typeof createHistory>

/** The history of signalling frames. `stop` writes what is left. */
export function createHistory(parts: {
  db: Database
  clock: Clock
  log: Log
  /** Lines of chats as they stand: the history names them and keeps no words of theirs. */
  lines: (ids: readonly number[]) => Promise<ChatLine[]>
}) {
  const { db, clock, log } = parts
  let unwritten: Unwritten[] = []
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()
  let dropped = 0

  const record: Recorder = ({ meetingId, type, from, to, data }) => {
    if (unwritten.length >= MOST_UNWRITTEN) {
      dropped++
      return
    }
    const text = JSON.stringify(data ?? {})
    if (text.length > MOST_BYTES) return
    unwritten.push({ meetingId, type, from, to, data: text, at: new Date(clock.now()) })
    if (unwritten.length >= FLUSH_FRAMES) void flush()
    else timer ??= setTimeout(() => void flush(), FLUSH_MS)
  }

  /** Writes what is not written yet; never rejects. */
  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const batch = unwritten
    unwritten = []
    if (batch.length > 0) writing = writing.then(() => write(batch))
    return writing
  }

  async function write(batch: readonly Unwritten[]): Promise<void> {
    try {
      await db.query(
        `INSERT INTO signalling_messages (meeting_id, type, from_id, to_id, data, created_at)
         SELECT t.meeting, t.type, t.sender, t.receiver, t.data, t.at
         FROM unnest($1::int[], $2::text[], $3::int[], $4::int[], $5::text[], $6::timestamptz[])
           WITH ORDINALITY AS t(meeting, type, sender, receiver, data, at, n)
         -- A meeting that was deleted meanwhile takes its frames with it.
         WHERE EXISTS (SELECT 1 FROM meetings m WHERE m.id = t.meeting) ORDER BY t.n`,
        [
          batch.map((one) => one.meetingId),
          batch.map((one) => one.type),
          batch.map((one) => one.from),
          batch.map((one) => one.to),
          batch.map((one) => one.data),
          batch.map((one) => one.at),
        ],
      )
    } catch (error) {
      dropped += batch.length
      log.warn({ err: error, frames: batch.length }, 'signalling history could not be written')
    }
  }

  return {
    record,
    flush,

    /** The last frames that `accountId` may see: those to everybody, and those from and to them. Newest last. */
    async list(meetingId: number, accountId: number, limit: number): Promise<HistoryFrame[]> {
      await flush()
      const rows = await db.query<HistoryFrame & { data: string }>(
        `SELECT * FROM signalling_messages
         WHERE meeting_id = $1 AND (to_id IS NULL OR to_id = $2 OR from_id = $2) ORDER BY id DESC LIMIT $3`,
        [meetingId, accountId, limit],
      )
      return withWords(
        rows.toReversed().map((row) => ({ ...row, data: JSON.parse(row.data) as unknown })),
        parts.lines,
      )
    },

    /** Forgets what is too old, and all but the last frames of these meetings. */
    async prune(meetingIds: readonly number[]): Promise<void> {
      await db.query('DELETE FROM signalling_messages WHERE created_at < $1', [new Date(clock.now() - KEEP_MS)])
      for (const meetingId of meetingIds) {
        await db.query(
          `DELETE FROM signalling_messages WHERE meeting_id = $1 AND id < (
             SELECT id FROM signalling_messages WHERE meeting_id = $1 ORDER BY id DESC OFFSET $2 LIMIT 1)`,
          [meetingId, MOST_PER_MEETING - 1],
        )
      }
    },

    /** Frames that were never written because the database could not keep up. */
    dropped: () => dropped,

    async stop(): Promise<void> {
      await flush()
    },
  }
}

/** Puts what was said into the frames of chats, as it stands now. */
async function withWords(
  frames: readonly HistoryFrame[],
  read: (ids: readonly number[]) => Promise<ChatLine[]>,
): Promise<HistoryFrame[]> {
  const idOf = ({ type, data }: HistoryFrame): number | undefined =>
    type === 'chat' ? (data as { message_id?: number }).message_id : undefined
  const ids = frames.flatMap((frame) => idOf(frame) ?? [])
  if (ids.length === 0) return [...frames]
  const lines = new Map((await read(ids)).map((line) => [line.id, line]))
  return frames.map((frame) => {
    const line = lines.get(idOf(frame) ?? 0)
    if (line === undefined) return frame
    const now = {
      content: line.content,
      ...(line.isEdited && { edited: true }),
      ...(line.isDeleted && { deleted: true }),
    }
    return { ...frame, data: { ...(frame.data as object), ...now } }
  })
}
