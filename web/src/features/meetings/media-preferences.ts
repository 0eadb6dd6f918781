import type { MediaPreferences } from './rtc/local-media.ts'

const key = 'confab.meetings.media'
const fallback: MediaPreferences = {
  microphone: true,
  camera: true,
  microphoneId: '',
  cameraId: '',
  speakerId: '',
  cameraQuality: 'standard',
}

/** How the person went into the last meeting. */
export function mediaPreferences(): MediaPreferences {
  try {
    return { ...fallback, ...(JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<MediaPreferences>) }
  } catch {
    return fallback
  }
}

/** Keeps what changed for the next one. */
export function rememberMedia(changed: Partial<MediaPreferences>): void {
  localStorage.setItem(key, JSON.stringify({ ...mediaPreferences(), ...changed }))
}
