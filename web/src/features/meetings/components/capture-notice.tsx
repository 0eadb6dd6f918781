import { useTranslation } from 'react-i18next'
import { Notice } from '@/ui/badge.tsx'
import { usePreview } from '../api/queries.ts'

/** That whoever comes in is recorded or shown outside, said before they do. */
export function CaptureNotice({ meetingId }: { meetingId: number }) {
  const { t } = useTranslation('meetings')
  const { data } = usePreview(meetingId)
  if (!data?.recording && !data?.streaming) return null
  return (
    <Notice tone="warn" icon="record">
      {t(`capture.${data.recording ? (data.streaming ? 'both' : 'recording') : 'streaming'}`)}
    </Notice>
  )
}
