const key = 'confab.meetings.place'

/** Remembers for this tab that one is inside, so that a reload leads straight back in. */
export function rememberPlace(meetingId: number): void {
  sessionStorage.setItem(key, String(meetingId))
}

/** One left. */
export function forgetPlace(meetingId: number): void {
  if (wasInside(meetingId)) sessionStorage.removeItem(key)
}

/** Whether this tab was inside the meeting when it was reloaded. */
export function wasInside(meetingId: number): boolean {
  return sessionStorage.getItem(key) === String(meetingId)
}
