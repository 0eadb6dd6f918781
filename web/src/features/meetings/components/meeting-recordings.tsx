import { useTranslation } from 'react-i18next'
import { formatBytes, formatClock } from '@/lib/time.ts'
import { Badge } from '@/ui/badge.tsx'
import { Icon } from '@/ui/icons.tsx'
import { List, ListRow } from '@/ui/list.tsx'
import { Section } from '@/ui/page.tsx'
import { Time } from '@/ui/time.tsx'
import { useMeetingRecordings } from '../api/capture.ts'

/** The meeting's recordings; nothing where there are none. */
export function MeetingRecordings({ meetingId }: { meetingId: number }) {
  const { t, i18n } = useTranslation('meetings')
  const recordings = useMeetingRecordings(meetingId).data ?? []
  if (recordings.length === 0) return null
  return (
    <Section title={t('recordings.title')} id="meeting-recordings">
      <List label={t('recordings.title')}>
        {recordings.map(({ recording_id: id, status, started_at: at, user_name: name, duration, size }) => (
          <ListRow
            key={id}
            leading={
              <span className="grid size-8 shrink-0 place-items-center rounded-full bg-pressed text-ink-2">
                <Icon name={status === 'completed' ? 'play' : 'film'} />
              </span>
            }
            title={<Time value={at} style="datetime" />}
            subtitle={t('recordings.by', { name })}
            meta={
              duration === null || size === null ? (
                <Badge tone={status === 'processing' ? 'accent' : 'danger'}>{t(`recordings.status.${status}`)}</Badge>
              ) : (
                <span className="tabular-nums">
                  {formatClock(duration)} · {formatBytes(size, i18n.language)}
                </span>
              )
            }
            to={`/library/recordings/${id}`}
          />
        ))}
      </List>
    </Section>
  )
}
