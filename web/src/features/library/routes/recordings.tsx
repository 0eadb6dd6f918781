import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatBytes, formatClock } from '@/lib/time.ts'
import { LinkButton } from '@/ui/button.tsx'
import { Icon } from '@/ui/icons.tsx'
import { List, ListRow } from '@/ui/list.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { Pager } from '@/ui/table.tsx'
import { Time } from '@/ui/time.tsx'
import { RECORDINGS_PAGE, type Recording, useRecordings } from '../api/recordings.ts'
import { LibraryFrame } from '../components/library-frame.tsx'
import { RecordingStatus } from '../components/recording-status.tsx'

/** Recordings of the meetings one took part in, the newest first. */
export function Page() {
  const { t } = useTranslation('library')
  const [page, setPage] = useState(1)
  const { data, error, refetch, isPlaceholderData } = useRecordings(page)
  return (
    <LibraryFrame>
      {error && !data ? (
        <ErrorState error={error} title={t('recordings.failed')} onRetry={() => void refetch()} />
      ) : !data ? (
        <SkeletonRows />
      ) : data.recordings.length === 0 ? (
        <EmptyState
          icon="record"
          title={t('recordings.empty')}
          action={
            <LinkButton to="/meetings" kind="primary" icon="video">
              {t('recordings.toMeetings')}
            </LinkButton>
          }
        >
          {t('recordings.emptyWhat')}
        </EmptyState>
      ) : (
        <div className={isPlaceholderData ? 'opacity-60 transition-opacity' : undefined}>
          <List label={t('tabs.recordings')}>
            {data.recordings.map((recording) => (
              <Row key={recording.recording_id} recording={recording} />
            ))}
          </List>
          <Pager page={page} pageSize={RECORDINGS_PAGE} total={data.total} onPage={setPage} />
        </div>
      )}
    </LibraryFrame>
  )
}

function Row({ recording }: { recording: Recording }) {
  const { t, i18n } = useTranslation('library')
  const { duration, size, status } = recording
  return (
    <ListRow
      leading={
        <span className="grid size-9 shrink-0 place-items-center rounded-6 bg-pressed text-ink-2">
          <Icon name={status === 'completed' ? 'play' : 'film'} size={18} />
        </span>
      }
      title={<span title={recording.meeting_title}>{recording.meeting_title}</span>}
      subtitle={
        <>
          <Time value={recording.started_at} style="datetime" /> · {t('recordings.by', { name: recording.user_name })}
        </>
      }
      meta={
        <>
          {size !== null && <span className="tabular-nums max-md:hidden">{formatBytes(size, i18n.language)}</span>}
          {duration !== null ? (
            <span className="tabular-nums">{formatClock(duration)}</span>
          ) : (
            <RecordingStatus status={status} />
          )}
        </>
      }
      to={`/library/recordings/${recording.recording_id}`}
    />
  )
}
