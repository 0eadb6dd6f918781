import type { TFunction } from 'i18next'
import { toast } from '@/ui/toast.tsx'

/** Where one joins a meeting, as it is sent to others. */
export function meetingLink(meetingId: number): string {
  return new URL(roomPath(meetingId), location.href).href
}

/** The same within the app. */
export function roomPath(meetingId: number): string {
  return `/meetings/${meetingId}/room`
}

/** Puts the link where it can be pasted from, and says so. */
export function copyMeetingLink(meetingId: number, t: TFunction<'meetings'>): void {
  const link = meetingLink(meetingId)
  // Without TLS there is no clipboard: the link itself is shown, to be copied by hand.
  const copied = navigator.clipboard?.writeText(link) ?? Promise.reject(new Error('no clipboard'))
  copied.then(
    () => toast(t('linkCopied'), { tone: 'ok' }),
    () => toast(link),
  )
}

/** The meeting meant by a pasted link or number; null when it is neither. */
export function meetingIdIn(text: string): number | null {
  const trimmed = text.trim()
  const found = /^#?(\d{1,10})$/.exec(trimmed)?.[1] ?? /\/meetings\/(\d{1,10})(?:\/|$|\?|#)/.exec(trimmed)?.[1]
  const id = Number(found)
  return found && id >= 1 && id <= 2_147_483_647 ? id : null
}
