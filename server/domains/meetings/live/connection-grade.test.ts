import { expect, test } from 'vitest'
import { connectionReport } from './connection-grade.ts'

const good = {
  peerId: 'p',
  uplinkLoss: 0,
  downlinkLoss: 0.01,
  rttMs: 40,
  availableBitrate: 2_500_000,
  heldBack: false,
}

test('a line is as good as the worse of its directions', () => {
  const qualityOf = (fields: Partial<typeof good> | { rttMs: null }) => connectionReport({ ...good, ...fields }).quality
  expect(qualityOf({})).toBe('good')
  expect(qualityOf({ rttMs: null })).toBe('good')
  expect(qualityOf({ uplinkLoss: 0.04 })).toBe('fair')
  expect(qualityOf({ rttMs: 400 })).toBe('fair')
  expect(qualityOf({ heldBack: true })).toBe('fair')
  expect(qualityOf({ downlinkLoss: 0.1 })).toBe('poor')
  expect(qualityOf({ rttMs: 900 })).toBe('poor')
  expect(qualityOf({ heldBack: true, availableBitrate: 60_000 })).toBe('poor')
  // A voice-only line is not poor because nobody tried to send more.
  expect(qualityOf({ availableBitrate: 60_000 })).toBe('good')
})

test('what the line bears is told where it is what holds pictures back', () => {
  expect(connectionReport(good).available_bitrate).toBeNull()
  expect(connectionReport({ ...good, heldBack: true }).available_bitrate).toBe(2_500_000)
})
