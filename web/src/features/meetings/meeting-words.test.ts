import { expect, test } from 'vitest'
import { splitLinks } from '@/lib/split-links.ts'
import { groupLines } from './room/chat-groups.ts'
import type { ChatEntry } from './rtc/chat-log.ts'
import { fromFields, nextHalfHour, toFields } from './zoned-time.ts'

test('a day and a time mean the moment on that zone’s clock, summer time included', () => {
  expect(fromFields('2026-11-21', '09:30', 'Asia/Taipei').toISOString()).toBe('2026-11-21T01:30:00.000Z')
  expect(fromFields('2026-07-01', '09:30', 'America/New_York').toISOString()).toBe('2026-07-01T13:30:00.000Z')
  expect(fromFields('2026-12-01', '09:30', 'America/New_York').toISOString()).toBe('2026-12-01T14:30:00.000Z')
  expect(toFields(new Date('2026-11-20T23:30:00Z'), 'Asia/Taipei')).toEqual({ day: '2026-11-21', time: '07:30' })
})

test('the next half hour', () => {
  expect(nextHalfHour(Date.parse('2026-11-21T01:12:00Z')).toISOString()).toBe('2026-11-21T01:30:00.000Z')
  expect(nextHalfHour(Date.parse('2026-11-21T01:30:00Z')).toISOString()).toBe('2026-11-21T02:00:00.000Z')
})

test('addresses in a line become links, without the sentence’s own marks', () => {
  expect(splitLinks('請看 https://example.com/a?b=1。謝謝')).toEqual([
    { text: '請看 ', href: null },
    { text: 'https://example.com/a?b=1', href: 'https://example.com/a?b=1' },
    { text: '。謝謝', href: null },
  ])
  expect(splitLinks('(https://example.com).').map((part) => part.text)).toEqual(['(', 'https://example.com', ').'])
  expect(splitLinks('javascript:alert(1)')).toEqual([{ text: 'javascript:alert(1)', href: null }])
})

test('lines of one person within three minutes stand together', () => {
  const line = (userId: number, minute: number): ChatEntry => ({
    key: `${userId}-${minute}`,
    seq: minute,
    userId,
    name: '',
    avatarUrl: null,
    content: '',
    at: minute * 60_000,
    state: 'sent',
  })
  const groups = groupLines([line(1, 1), line(1, 2), line(2, 2), line(1, 3), line(1, 9)])
  expect(groups.map((group) => group.lines.length)).toEqual([2, 1, 1, 1])
})
