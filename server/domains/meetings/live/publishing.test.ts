import { expect, test } from 'vitest'
import type { MeetingRow } from '../tables.ts'
import { allowedSources, changedState, startingState } from './publishing.ts'

const all = { audio_enabled: true, video_enabled: true, screen_sharing: true }
const none = { audio_enabled: false, video_enabled: false, screen_sharing: false }
const meeting = { enable_screen_share: true, meeting_type: 'video', mute_on_join: false } as MeetingRow

test('only what is said to be on is let through', () => {
  expect(allowedSources(all, meeting)).toEqual(['microphone', 'camera', 'screen', 'screen-audio'])
  expect(allowedSources(none, meeting)).toEqual([])
  expect(allowedSources(all, { ...meeting, enable_screen_share: false, meeting_type: 'audio' })).toEqual(['microphone'])
})

test('what is left out stays; what the meeting forbids is refused', () => {
  expect(changedState(none, { audio_enabled: true }, meeting)).toEqual({ ...none, audio_enabled: true })
  expect(() => changedState(none, { screen_sharing: true }, { ...meeting, enable_screen_share: false })).toThrow(
    expect.objectContaining({ code: 'meetings.screen-off' }),
  )
  expect(() => changedState(none, { video_enabled: true }, { ...meeting, meeting_type: 'audio' })).toThrow(
    expect.objectContaining({ code: 'meetings.video-off' }),
  )
  expect(changedState(all, { screen_sharing: false }, { ...meeting, enable_screen_share: false }).screen_sharing).toBe(
    false,
  )
})

test('who comes in starts as the meeting wants it', () => {
  expect(startingState(all, {}, meeting)).toEqual({ ...all, screen_sharing: false })
  expect(startingState(all, { audio_enabled: true }, { ...meeting, mute_on_join: true }).audio_enabled).toBe(false)
  expect(startingState(all, all, { ...meeting, meeting_type: 'audio' }).video_enabled).toBe(false)
})
