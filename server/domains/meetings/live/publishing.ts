import type { MediaState } from '#contracts/schemas/signaling.ts'
import { faults } from '../faults.ts'
import type { MediaSource } from '../media-engine.ts'
import type { MeetingRow } from '../tables.ts'

type Terms = Pick<MeetingRow, 'enable_screen_share' | 'meeting_type'>

/**
 * What the media engine may let through from somebody in this state: what they say is off stays off even if their page
 * sends it on.
 */
export function allowedSources(state: MediaState, meeting: Terms): MediaSource[] {
  const allowed: MediaSource[] = []
  if (state.audio_enabled) allowed.push('microphone')
  if (state.video_enabled && meeting.meeting_type === 'video') allowed.push('camera')
  if (state.screen_sharing && meeting.enable_screen_share) allowed.push('screen', 'screen-audio')
  return allowed
}

/**
 * The state somebody is in after asking for `wanted`.
 * @throws Fault `meetings.screen-off`, `meetings.video-off`
 */
export function changedState(state: MediaState, wanted: Partial<MediaState>, meeting: Terms): MediaState {
  if (wanted.screen_sharing === true && !meeting.enable_screen_share) throw faults.screenOff()
  if (wanted.video_enabled === true && meeting.meeting_type === 'audio') throw faults.videoOff()
  return {
    audio_enabled: wanted.audio_enabled ?? state.audio_enabled,
    video_enabled: wanted.video_enabled ?? state.video_enabled,
    screen_sharing: wanted.screen_sharing ?? state.screen_sharing,
  }
}

/** The nearest to `wanted` that the meeting allows, for somebody who comes in. */
export function startingState(state: MediaState, wanted: Partial<MediaState>, meeting: MeetingRow): MediaState {
  return {
    audio_enabled: (wanted.audio_enabled ?? state.audio_enabled) && !meeting.mute_on_join,
    video_enabled: (wanted.video_enabled ?? state.video_enabled) && meeting.meeting_type === 'video',
    screen_sharing: (wanted.screen_sharing ?? false) && meeting.enable_screen_share,
  }
}

/** Whether two states are the same. */
export function sameState(a: MediaState, b: MediaState): boolean {
  return (
    a.audio_enabled === b.audio_enabled && a.video_enabled === b.video_enabled && a.screen_sharing === b.screen_sharing
  )
}
