import { expect, test } from 'vitest'
import { localTime, readLocalTime } from './local-time.ts'

const iso = (text: string, zone = 'Asia/Taipei') => readLocalTime(text, zone).toISOString()

test('a time without a zone is on the account’s clock', () => {
  expect(iso('2025-05-08T09:00:00')).toBe('2025-05-08T01:00:00.000Z')
  expect(iso('2025-05-08 09:00:00')).toBe('2025-05-08T01:00:00.000Z')
  expect(iso('2025-05-08T09:00')).toBe('2025-05-08T01:00:00.000Z')
  expect(localTime(new Date('2025-05-08T01:00:00Z'), 'Asia/Taipei')).toBe('2025-05-08T09:00:00')
  expect(localTime(new Date('2025-05-08T01:00:00.999Z'), 'America/New_York')).toBe('2025-05-07T21:00:00')
})

test('an offset makes it absolute', () => {
  expect(iso('2025-05-08T09:00:00Z')).toBe('2025-05-08T09:00:00.000Z')
  expect(iso('2025-05-08T09:00:00+02:00')).toBe('2025-05-08T07:00:00.000Z')
  expect(iso('2025-05-08T09:00:00.123+0200')).toBe('2025-05-08T07:00:00.000Z')
})

test('an hour that the clock skips counts from before the jump', () => {
  expect(iso('2025-03-30T02:30:00', 'Europe/Berlin')).toBe('2025-03-30T01:30:00.000Z')
  expect(localTime(new Date('2025-03-30T01:30:00Z'), 'Europe/Berlin')).toBe('2025-03-30T03:30:00')
})

test('of an hour that comes twice the first is meant', () => {
  expect(iso('2025-10-26T02:30:00', 'Europe/Berlin')).toBe('2025-10-26T00:30:00.000Z')
})

test.each([
  '',
  'tomorrow',
  '2025-02-30T09:00:00',
  '2025-13-01T09:00:00',
  '2025-05-08',
  '2025-05-08T25:00:00',
  '2025-05-08T09:00:00+99:00',
])('%j is no time', (text) => {
  expect(() => readLocalTime(text, 'Asia/Taipei')).toThrow(expect.objectContaining({ code: 'time.malformed' }))
})
