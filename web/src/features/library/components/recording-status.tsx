import { useTranslation } from 'react-i18next'
import { Badge, type Tone } from '@/ui/badge.tsx'
import type { Recording } from '../api/recordings.ts'

const TONES: Record<Recording['status'], Tone> = {
  recording: 'danger',
  processing: 'accent',
  completed: 'ok',
  failed: 'danger',
}

/** How a recording stands, in a word. */
export function RecordingStatus({ status }: { status: Recording['status'] }) {
  const { t } = useTranslation('library')
  return (
    <Badge tone={TONES[status]} {...(status === 'recording' && { icon: 'record' as const })}>
      {t(`recordings.status.${status}`)}
    </Badge>
  )
}
