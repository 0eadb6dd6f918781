import type { RoomMessage } from '#contracts/schemas/room.ts'
import { dayOf } from '@/lib/time.ts'
import type { Pending, Timeline } from './timeline.ts'

/** One row of a timeline as it is drawn. */
export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly at: string }
  | { readonly kind: 'unread'; readonly key: string }
  /** `joined`: right under another of the same sender, without name and picture. */
  | { readonly kind: 'message'; readonly key: string; readonly message: RoomMessage; readonly joined: boolean }
  | { readonly kind: 'pending'; readonly key: string; readonly pending: Pending }

const TOGETHER_MS = 5 * 60_000

/** A timeline's rows; the line before the first unread message stands after `readSeq`. */
export function rowsOf(
  timeline: Timeline,
  options: { zone: string | undefined; readSeq: number | undefined; me: number | undefined },
): Row[] {
  const { zone, readSeq, me } = options
  const rows: Row[] = []
  let before: RoomMessage | undefined
  let isMarked = readSeq === undefined
  for (const message of timeline.messages) {
    const isNewDay = !before || dayOf(new Date(before.sent_at), zone) !== dayOf(new Date(message.sent_at), zone)
    if (isNewDay) rows.push({ kind: 'day', key: `day-${message.id}`, at: message.sent_at })
    const isFirstUnread = !isMarked && message.seq > (readSeq ?? 0) && message.sender_id !== me && !message.deleted
    if (isFirstUnread) {
      rows.push({ kind: 'unread', key: 'unread' })
      isMarked = true
    }
    const near = before !== undefined && Date.parse(message.sent_at) - Date.parse(before.sent_at) < TOGETHER_MS
    const joined =
      near && !isNewDay && !isFirstUnread && before?.sender_id === message.sender_id && message.reply_to === null
    rows.push({ kind: 'message', key: String(message.id), message, joined })
    before = message
  }
  for (const pending of timeline.pending) rows.push({ kind: 'pending', key: pending.key, pending })
  return rows
}
