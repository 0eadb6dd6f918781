import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ChatMessage } from '#contracts/schemas/meeting.ts'
import { ChatLog } from './chat-log.ts'

function message(seq: number, content = `line ${seq}`, user_id = 1): ChatMessage {
  return {
    message_id: seq,
    seq,
    user_id,
    username: 'u',
    nickname: 'U',
    avatar_url: null,
    content,
    timestamp: new Date(seq * 1000).toISOString(),
  }
}

function chatOf(kept: ChatMessage[], connected = true) {
  const sent: { content: string; ref: string }[] = []
  const read = vi.fn(async ({ before, after }: { before?: number; after?: number }) => {
    const found = kept.filter(
      ({ seq }) => (before === undefined || seq < before) && (after === undefined || seq > after),
    )
    return { messages: after === undefined ? found.slice(-3) : found.slice(0, 50), total: kept.length }
  })
  const line = { up: connected }
  const chat = new ChatLog({
    send: (content, ref) => {
      if (line.up) sent.push({ content, ref })
      return line.up
    },
    read,
    self: () => ({ userId: 2, name: 'Me', avatarUrl: null }),
  })
  const lines = () => chat.state.get().entries.map((entry) => `${entry.seq ?? '-'} ${entry.content} ${entry.state}`)
  return { chat, sent, read, line, lines }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('a line shows at once, and becomes the server’s when it comes back with its mark', () => {
  const { chat, sent, lines } = chatOf([])
  chat.post('hello')
  expect(lines()).toEqual(['- hello sending'])
  const [{ ref } = { ref: '' }] = sent
  chat.receive({ ...message(1, 'hello', 2), ref })
  expect(lines()).toEqual(['1 hello sent'])
  vi.advanceTimersByTime(60_000)
  expect(lines()).toEqual(['1 hello sent'])
})

test('a line that nobody takes says so, and goes when it is tried again', () => {
  const { chat, sent, line, lines } = chatOf([], false)
  chat.post('hello')
  expect(lines()).toEqual(['- hello failed'])
  line.up = true
  chat.resend()
  expect(lines()).toEqual(['- hello sending'])
  vi.advanceTimersByTime(8_000)
  expect(lines()).toEqual(['- hello failed'])
  expect(sent).toHaveLength(1)
})

test('a line that was edited or deleted in the room stands as it is now', () => {
  const { chat, lines } = chatOf([])
  chat.receive(message(1))
  chat.receive(message(2))
  chat.change({ ...message(1, 'better'), edited: true })
  chat.change({ ...message(2, ''), deleted: true })
  chat.change(message(9, 'older than what is here'))
  expect(lines()).toEqual(['1 better sent', '2  sent'])
  expect(chat.state.get().entries.map(({ change }) => change)).toEqual(['edited', 'deleted'])
})

test('a gap in the numbers is filled from the server', async () => {
  const kept = [message(1), message(2)]
  const { chat, read, lines } = chatOf(kept)
  await chat.catchUp(2)
  // The third one was lost on the way.
  kept.push(message(3), message(4))
  chat.receive(message(4))
  await vi.waitFor(() => expect(lines()).toEqual([1, 2, 3, 4].map((seq) => `${seq} line ${seq} sent`)))
  expect(read.mock.calls.length).toBeLessThanOrEqual(2)
})

test('the first look reads the newest page, older ones on asking', async () => {
  const kept = Array.from({ length: 7 }, (_, index) => message(index + 1))
  const { chat, lines } = chatOf(kept)
  await chat.catchUp(7)
  expect(lines()).toEqual(['5 line 5 sent', '6 line 6 sent', '7 line 7 sent'])
  expect(chat.state.get().hasEarlier).toBe(true)
  await chat.loadEarlier()
  await chat.loadEarlier()
  expect(lines()).toHaveLength(7)
  expect(chat.state.get().hasEarlier).toBe(false)
})
