import { describe, expect, test } from 'vitest'
import type { ChatMessage } from '#contracts/schemas/assistant.ts'
import { blank, unknown, withAnswer, withBeginning, withNewest, withOlder, withQuestion, withText } from './thread.ts'

const at = '2026-11-20T01:00:00.000Z'
const message = (id: number, role: ChatMessage['role'], more: Partial<ChatMessage> = {}): ChatMessage => ({
  id,
  conversationId: 1,
  role,
  content: `m${id}`,
  createdAt: at,
  updatedAt: at,
  status: 'complete',
  error: null,
  model: null,
  tokens: 1,
  branches: [id],
  ...more,
})
const ids = (thread: { messages: readonly ChatMessage[] }) => thread.messages.map((one) => one.id)

describe('a conversation on the page', () => {
  test('a question is there at once, then as the server has it, then answered', () => {
    const asked = withQuestion(blank, '你好')
    expect(asked).toMatchObject({ pending: { text: '你好' }, isWriting: true })
    const begun = withBeginning(asked, { question: message(1, 'user'), answerId: 2, conversationId: 1 })
    expect(begun.pending).toBeNull()
    expect(ids(begun)).toEqual([1, 2])
    expect(begun.messages[1]).toMatchObject({ status: 'streaming', content: '' })
    const ended = withAnswer(withText(begun, 2, '嗨'), message(2, 'assistant', { content: '嗨！' }))
    expect(ended.isWriting).toBe(false)
    expect(ended.messages[1]).toMatchObject({ content: '嗨！', status: 'complete' })
  })

  test('a message said otherwise takes the place of the first wording and all that followed, as its second branch', () => {
    const loaded = withNewest(unknown, {
      messages: [1, 2, 3, 4].map((id) => message(id, id % 2 ? 'user' : 'assistant')),
      nextCursor: null,
    })
    const asked = withQuestion(loaded, 'better', 3)
    expect(ids(asked)).toEqual([1, 2])
    const begun = withBeginning(
      asked,
      { question: message(5, 'user'), answerId: 6, conversationId: 1 },
      { question: [3] },
    )
    expect(begun.messages[2]?.branches).toEqual([3, 5])
  })

  test('joining an answer again adds nothing twice', () => {
    const begun = { question: message(1, 'user'), answerId: 2, conversationId: 1 }
    expect(ids(withBeginning(withBeginning(blank, begun), begun))).toEqual([1, 2])
  })

  test('a fresh read keeps older pages of the same branch, and the objects that did not change', () => {
    const newest = { messages: [message(3, 'user'), message(4, 'assistant')], nextCursor: '2' }
    const first = withNewest(unknown, newest)
    const older = withOlder(first, { messages: [message(1, 'user'), message(2, 'assistant')], nextCursor: null })
    const changed = message(4, 'assistant', { updatedAt: '2026-11-20T02:00:00.000Z' })
    const again = withNewest(older, { messages: [message(3, 'user'), changed], nextCursor: '2' })
    expect(ids(again)).toEqual([1, 2, 3, 4])
    expect(again.nextCursor).toBeNull()
    expect(again.messages[2]).toBe(first.messages[0])
    expect(again.messages[3]).toBe(changed)
  })

  test('a read of another branch replaces everything', () => {
    const loaded = withNewest(unknown, { messages: [message(3, 'user'), message(4, 'assistant')], nextCursor: null })
    const other = withNewest(loaded, { messages: [message(5, 'user'), message(6, 'assistant')], nextCursor: null })
    expect(ids(other)).toEqual([5, 6])
  })
})
