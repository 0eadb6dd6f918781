import { useTranslation } from 'react-i18next'
import { LinkButton } from '@/ui/button.tsx'
import { Icon } from '@/ui/icons.tsx'
import { Progress } from '@/ui/progress.tsx'
import { EmptyState } from '@/ui/states.tsx'
import type { RecordingDetails } from '../api/recordings.ts'

/** A recording whose film is not there: it still goes on, the film is being made, or it cannot be made. */
export function RecordingPending({ recording }: { recording: RecordingDetails }) {
  const { t } = useTranslation('library')
  if (recording.status === 'recording') {
    return (
      <EmptyState
        icon="record"
        title={t('pending.recording')}
        action={
          <LinkButton kind="primary" icon="video" to={`/meetings/${recording.meeting_id}/room`}>
            {t('pending.enter')}
          </LinkButton>
        }
      >
        {t('pending.recordingWhat')}
      </EmptyState>
    )
  }
  if (recording.status === 'failed') {
    return (
      <div className="flex min-h-72 flex-col items-center justify-center gap-1 text-center" role="alert">
        <span className="mb-3 grid size-12 place-items-center rounded-10 bg-danger-soft text-danger-ink">
          <Icon name="triangle-alert" size={24} />
        </span>
        <p className="text-16 font-semibold">{t('pending.failed')}</p>
        <Why error={recording.error} />
      </div>
    )
  }
  return (
    <div className="flex min-h-72 flex-col items-center justify-center gap-1 text-center">
      <p className="text-16 font-semibold">{t('pending.processing')}</p>
      <p className="max-w-96 text-balance text-ink-2">{t('pending.processingWhat')}</p>
      <div className="mt-5 flex w-full max-w-80 items-center gap-3">
        <Progress label={t('pending.progress')} value={recording.progress} />
        <span className="w-10 text-right tabular-nums text-ink-3">{recording.progress}%</span>
      </div>
    </div>
  )
}

/** What the server says of a meeting in which there was nothing to record. */
const NOTHING = 'Nobody sent sound or picture while it was recorded'

function Why({ error }: { error: string | null }) {
  const { t } = useTranslation('library')
  if (error === null) return <p className="text-ink-2">{t('pending.failedWhat')}</p>
  if (error === NOTHING) return <p className="max-w-[36rem] text-ink-2">{t('pending.nothing')}</p>
  return (
    <>
      <p className="text-ink-2">{t('pending.itsWords')}</p>
      <p lang="en" className="max-w-[36rem] whitespace-pre-wrap font-mono text-12 text-ink-2 wrap-anywhere">
        {error}
      </p>
    </>
  )
}
