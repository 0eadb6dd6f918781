import { expect, test } from 'vitest'
import { groupsOf } from './groups.ts'

const conversation = (id: number, updatedAt: string, pinned = false) => ({
  id,
  title: `c${id}`,
  updatedAt,
  createdAt: updatedAt,
  pinned,
  model: null,
  systemPrompt: null,
})

test('pinned first, then by the days of the account’s own zone', () => {
  const now = new Date('2026-11-20T01:00:00+08:00')
  const entries = groupsOf(
    [
      conversation(1, '2026-01-01T00:00:00Z', true),
      conversation(2, '2026-11-19T16:30:00Z'),
      conversation(3, '2026-11-19T15:30:00Z'),
      conversation(4, '2026-11-13T00:00:00Z'),
      conversation(5, '2026-11-01T00:00:00Z'),
      conversation(6, '2025-11-01T00:00:00Z'),
    ],
    now,
    'Asia/Taipei',
  )
  expect(entries.map((one) => (one.kind === 'group' ? one.group : one.conversation.id))).toEqual([
    'pinned',
    1,
    'today',
    2,
    'yesterday',
    3,
    'week',
    4,
    'month',
    5,
    'older',
    6,
  ])
})
