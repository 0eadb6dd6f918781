import { expect, test } from 'vitest'
import type { RoomMessage } from '#contracts/schemas/room.ts'
import { fits, fromPage, reaches, withChange, withNewer, withOlder } from './timeline.ts'

const message = (seq: number, change = seq, more: Partial<RoomMessage> = {}): RoomMessage => ({
  id: seq * 10,
  chat_room_id: 1,
  seq,
  change,
  sender_id: 1,
  sender: null,
  content: `${seq}`,
  reply_to: null,
  files: [],
  mentions: [],
  reactions: [],
  sent_at: '2026-11-21T01:00:00.000Z',
  edited_at: null,
  deleted: false,
  client_key: null,
  ...more,
})
const page = (from: number, to: number, older = from > 1, newer = false) => ({
  messages: Array.from({ length: to - from + 1 }, (_, i) => message(from + i)),
  has_older: older,
  has_newer: newer,
  last_change: 20,
})
const seqs = (timeline: { messages: readonly RoomMessage[] }) => timeline.messages.map((one) => one.seq)

test('pages before and after join without doubles', () => {
  const timeline = withNewer(withOlder(fromPage(page(6, 10, true, true)), page(1, 7, false)), page(9, 12))
  expect(seqs(timeline)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  expect(timeline).toMatchObject({ hasOlder: false, hasNewer: false })
})

test('whether a place is there: in the stretch, or at an end after which nothing is missing', () => {
  const middle = fromPage(page(6, 10, true, true))
  expect([5, 6, 10, 11, undefined].map((seq) => reaches(middle, seq))).toEqual([false, true, true, false, false])
  const all = fromPage(page(3, 10, false, false))
  expect([1, 3, 10, 11, undefined].map((seq) => reaches(all, seq))).toEqual([true, true, true, true, true])
  expect(reaches(fromPage({ messages: [], has_older: false, has_newer: false, last_change: 0 }), 1)).toBe(true)
})

test('a new message goes to the end, a changed one stays where it is, old news of it is ignored', () => {
  let timeline = withChange(fromPage(page(6, 10)), message(11, 21))
  timeline = withChange(timeline, message(8, 22, { content: 'edited' }))
  timeline = withChange(timeline, message(8, 8, { content: 'late' }))
  expect(seqs(timeline)).toEqual([6, 7, 8, 9, 10, 11])
  expect(timeline.messages[2]?.content).toBe('edited')
  expect(timeline.change).toBe(22)
})

test('while one looks at the past, what is new does not join it', () => {
  const past = fromPage(page(1, 5, false, true))
  expect(seqs(withChange(past, message(30, 30)))).toEqual([1, 2, 3, 4, 5])
  expect(fits(past, message(30))).toBe(true)
  expect(fits(fromPage(page(1, 5, false, false)), message(30))).toBe(false)
})

test('changes of what is not loaded only move the cursor', () => {
  const timeline = withChange(fromPage(page(6, 10)), message(2, 25, { deleted: true }))
  expect(seqs(timeline)).toEqual([6, 7, 8, 9, 10])
  expect(timeline.change).toBe(25)
})

test('what was on its way goes once it is there', () => {
  const pending = { key: 'k', content: 'x', files: [], replyTo: null, at: '', failed: false }
  const timeline = withChange(fromPage(page(1, 3), [pending]), message(4, 21, { client_key: 'k' }))
  expect(timeline.pending).toEqual([])
})
