import { expect, test } from 'vitest'
import { nextCallableTime } from './quiet-hours.ts'

const night = { quietFrom: 21, quietUntil: 9 }
const at = (text: string): number => Date.parse(text)
const next = (now: string, country: string, hours = night): string =>
  new Date(nextCallableTime(at(now), country, hours)).toISOString()

test('by day a call goes out at once', () => {
  expect(next('2026-11-21T04:34:56.789Z', 'TW')).toBe('2026-11-21T04:34:56.789Z')
})

test('at night it waits for the morning of the destination', () => {
  expect(next('2026-11-21T13:00:00Z', 'TW')).toBe('2026-11-22T01:00:00.000Z')
  expect(next('2026-11-21T20:00:00Z', 'TW')).toBe('2026-11-22T01:00:00.000Z')
  expect(next('2026-11-21T12:59:59Z', 'TW')).toBe('2026-11-21T12:59:59.000Z')
})

test('a country of many zones is called when none of them is quiet', () => {
  // Honolulu (UTC-10) wakes at 19:00 UTC, when New York is at 14:00.
  expect(next('2026-11-21T15:00:00Z', 'US')).toBe('2026-11-21T19:00:00.000Z')
})

test('zones with half hours, and quiet hours within a day', () => {
  expect(next('2026-11-21T16:00:00Z', 'IN')).toBe('2026-11-22T03:30:00.000Z')
  expect(next('2026-11-21T05:00:00Z', 'TW', { quietFrom: 12, quietUntil: 14 })).toBe('2026-11-21T06:00:00.000Z')
})

test('the same hour twice is never quiet', () => {
  expect(next('2026-11-21T18:00:00Z', 'TW', { quietFrom: 3, quietUntil: 3 })).toBe('2026-11-21T18:00:00.000Z')
})
