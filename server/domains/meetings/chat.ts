import type { Events } from '#contracts/events.ts'
import type { Bus } from '#kernel/bus/bus.ts'
import type { Clock } from '#kernel/clock.ts'
import type { Database } from '#kernel/db/database.ts'
import { Fault } from '#kernel/fault.ts'
import { faults } from './faults.ts'
import type { Profile } from './live/seat.ts'
import { meetingsStore } from './meetings-store.ts'

/** One line of a meeting's chat as it is kept. */
export interface MessageRow {
  readonly id: number
  readonly meeting_id: number
  /** 1, 2, 3 … within the meeting. */
  readonly seq: number
  readonly account_id: number
  readonly content: string
  readonly created_at: Date
}

/** A line that was kept, with who wrote it and the mark its sender gave it. */
export interface Posted {
  readonly row: MessageRow
  readonly author: Profile
  readonly ref: string | undefined
}

interface Pending {
  readonly accountId: number
  readonly author: Profile
  readonly ref: string | undefined
  readonly content: string
  readonly done: (row: MessageRow) => void
  readonly failed: (error: unknown) => void
}

const MOST_WAITING = 1_000
const MOST_PER_WRITE = 200

/** A meeting's chat: kept first, then told. */
export type Chat = ReturnType<typeof createChat>

/**
 * Keeps chat lines. Lines that come while a write is under way go together in the next one, so that a room where
 * everybody talks costs a commit for many. `onPosted` is called once for each, in the order of `seq`, after the commit.
 */
export function createChat(parts: {
  db: Database
  bus: Bus<Events>
  clock: Clock
  onPosted: (posted: Posted) => void
}) {
  const { db, bus, clock, onPosted } = parts
  const queues = new Map<number, Pending[]>()

  async function drain(meetingId: number, queue: Pending[]): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.splice(0, MOST_PER_WRITE)
      try {
        const rows = await write(meetingId, batch)
        for (const [at, row] of rows.entries()) {
          const { author, ref, done } = batch[at] as Pending
          onPosted({ row, author, ref })
          bus.publish('meetings.message.posted', { meetingId, messageId: row.id, accountId: row.account_id })
          done(row)
        }
      } catch (error) {
        for (const one of batch) one.failed(error)
      }
    }
    queues.delete(meetingId)
  }

  async function write(meetingId: number, batch: readonly Pending[]): Promise<MessageRow[]> {
    const rows = await db.prepared<MessageRow>(
      `WITH bumped AS (
         UPDATE meetings SET message_seq = message_seq + $2
         WHERE id = $1 AND status IN ('scheduled', 'ongoing') AND enable_chat RETURNING message_seq)
       INSERT INTO meeting_messages (meeting_id, seq, account_id, content, created_at)
       SELECT $1, bumped.message_seq - $2 + t.n, t.account, t.content, $5
       FROM bumped, unnest($3::int[], $4::text[]) WITH ORDINALITY AS t(account, content, n)
       RETURNING id, meeting_id, seq, account_id, content, created_at`,
      [
        meetingId,
        batch.length,
        batch.map((one) => one.accountId),
        batch.map((one) => one.content),
        new Date(clock.now()),
      ],
    )
    if (rows.length > 0) return rows.toSorted((a, b) => a.seq - b.seq)
    const meeting = await meetingsStore.find(db, meetingId)
    if (meeting === undefined) throw faults.missing()
    throw meeting.enable_chat ? faults.ended() : faults.chatOff()
  }

  return {
    /**
     * Keeps a line and tells the room. Whether the author may was checked before.
     * @throws Fault `meetings.missing`, `meetings.ended`, `meetings.chat-off`, `meetings.chat-busy`
     */
    async post(
      meetingId: number,
      line: { accountId: number; author: Profile; content: string; ref?: string | undefined },
    ): Promise<MessageRow> {
      return await new Promise((done, failed) => {
        const pending: Pending = { ...line, ref: line.ref, done, failed }
        const queue = queues.get(meetingId)
        if (queue === undefined) {
          const fresh = [pending]
          queues.set(meetingId, fresh)
          void drain(meetingId, fresh)
        } else if (queue.length >= MOST_WAITING) {
          failed(new Fault('busy', 'meetings.chat-busy', 'The chat cannot keep up', { data: { retryAfterSeconds: 1 } }))
        } else {
          queue.push(pending)
        }
      })
    },

    /** A page of a meeting's chat, oldest first; page 1 is the newest. `before` and `after` are `seq` numbers, exclusive. */
    async list(
      meetingId: number,
      range: { page: number; pageSize: number; before?: number | undefined; after?: number | undefined },
    ): Promise<{ messages: MessageRow[]; total: number }> {
      const { page, pageSize, before, after } = range
      const values = [meetingId, before ?? 2_147_483_647, after ?? 0]
      const where = 'meeting_id = $1 AND seq < $2 AND seq > $3'
      const [counted] = await db.query<{ total: number }>(
        `SELECT count(*) AS total FROM meeting_messages WHERE ${where}`,
        values,
      )
      // Catching up goes forward from what is known; everything else goes back from the newest.
      const order = after === undefined ? 'DESC' : 'ASC'
      const rows = await db.query<MessageRow>(
        `SELECT id, meeting_id, seq, account_id, content, created_at FROM meeting_messages
         WHERE ${where} ORDER BY seq ${order} LIMIT $4 OFFSET $5`,
        [...values, pageSize, (page - 1) * pageSize],
      )
      return { messages: after === undefined ? rows.toReversed() : rows, total: counted?.total ?? 0 }
    },
  }
}
