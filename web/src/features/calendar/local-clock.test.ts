import { expect, test } from 'vitest'
import { laterBy, nudge } from './local-clock.ts'

test('the clock goes on over midnight, months and leap days', () => {
  expect(laterBy('2026-11-30T23:50', 15)).toBe('2026-12-01T00:05')
  expect(laterBy('2028-02-28T09:00:00', 24 * 60)).toBe('2028-02-29T09:00')
})

test('arrows move by quarters and days, or by days and weeks; the end stays behind the start', () => {
  const times = { start: '2026-11-20T09:00', end: '2026-11-20T09:30' }
  const clock = { resize: false, byDays: false }
  expect(nudge(times, 'ArrowDown', clock)).toEqual({ start: '2026-11-20T09:15', end: '2026-11-20T09:45' })
  expect(nudge(times, 'ArrowLeft', clock)).toEqual({ start: '2026-11-19T09:00', end: '2026-11-19T09:30' })
  expect(nudge(times, 'ArrowUp', { resize: false, byDays: true }).start).toBe('2026-11-13T09:00')
  expect(nudge(times, 'ArrowDown', { ...clock, resize: true })).toEqual({ ...times, end: '2026-11-20T09:45' })
  const short = { ...times, end: '2026-11-20T09:15' }
  expect(nudge(short, 'ArrowUp', { ...clock, resize: true })).toEqual(short)
})
