import { expect, test } from 'vitest'
import { dayOf, daysBetween, formatBytes, formatClock, formatRelative, formatTime } from './time.ts'

const now = new Date('2026-11-20T09:42:00+08:00')
const taipei = { language: 'zh-TW', zone: 'Asia/Taipei' }
const english = { language: 'en', zone: 'America/New_York' }

test('a day is the zone’s own', () => {
  expect(dayOf(now, 'Asia/Taipei')).toBe('2026-11-20')
  expect(dayOf(now, 'America/New_York')).toBe('2026-11-19')
  const late = new Date('2026-11-20T23:30:00+08:00')
  expect(daysBetween(now, late, 'Asia/Taipei')).toBe(0)
  expect(daysBetween(now, late, 'America/New_York')).toBe(1)
})

test('days across a change of the clock are whole', () => {
  const before = new Date('2026-10-31T12:00:00-04:00')
  const after = new Date('2026-11-01T12:00:00-05:00')
  expect(daysBetween(before, after, 'America/New_York')).toBe(1)
})

test('the styles, in words of the language', () => {
  const soon = new Date('2026-11-20T13:30:00+08:00')
  expect(formatTime(soon, 'time', taipei, now)).toBe('13:30')
  expect(formatTime(soon, 'datetime', taipei, now)).toBe('今天 13:30')
  expect(formatTime(new Date('2026-11-23T09:30:00+08:00'), 'day', taipei, now)).toBe('星期一')
  expect(formatTime(new Date('2026-11-21T00:30:00+08:00'), 'day', { ...taipei, language: 'en' }, now)).toBe('Tomorrow')
  expect(formatTime(new Date('2025-02-03T09:30:00+08:00'), 'day', { ...taipei, language: 'en' }, now)).toBe(
    'February 3, 2025',
  )
  expect(formatTime(new Date('2026-11-20T00:00:00+08:00'), 'time', taipei, now)).toBe('00:00')
})

test('how long ago, and how long until', () => {
  const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000)
  expect(formatRelative(at(0.2), { ...taipei, language: 'en' }, now)).toBe('now')
  expect(formatRelative(at(18), taipei, now)).toBe('18 分鐘後')
  expect(formatRelative(at(-3), english, now)).toBe('3 minutes ago')
  expect(formatRelative(at(-60 * 24), { ...taipei, language: 'en' }, now)).toBe('yesterday')
  expect(formatRelative(at(-60 * 24 * 30), english, now)).toBe('Oct 20, 2026')
})

test('clocks and sizes', () => {
  expect([0, 65, 3723, -4].map(formatClock)).toEqual(['0:00', '1:05', '1:02:03', '0:00'])
  expect(formatBytes(999, 'en')).toBe('999 bytes')
  expect(formatBytes(1_240_000, 'en')).toBe('1.2 MB')
})
