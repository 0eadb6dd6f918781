import { useTranslation } from 'react-i18next'
import type { Meeting } from '#contracts/schemas/meeting.ts'
import { useZone } from '@/lib/account.ts'
import { dayOf, formatTime } from '@/lib/time.ts'
import { Badge } from '@/ui/badge.tsx'
import { LinkButton } from '@/ui/button.tsx'
import { Icon } from '@/ui/icons.tsx'
import { List, ListRow } from '@/ui/list.tsx'
import { Time, useMinute } from '@/ui/time.tsx'
import { roomPath } from '../meeting-link.ts'

const SOON = 10 * 60_000

/** Whether one may go in now: it goes on, or begins within ten minutes. */
export function isOpen(meeting: Meeting, now: number): boolean {
  if (meeting.status === 'ongoing') return true
  return meeting.status === 'scheduled' && Date.parse(meeting.start_time) - now < SOON
}

/** Meetings under the days they are on. */
export function MeetingRows({ meetings }: { meetings: readonly Meeting[] }) {
  const { i18n } = useTranslation('meetings')
  const zone = useZone()
  useMinute()
  const days = Map.groupBy(meetings, (meeting) => dayOf(new Date(meeting.start_time), zone))
  return [...days].map(([day, some]) => (
    <section key={day} aria-label={day} className="mb-5">
      <h2 className="mb-1.5 px-1 font-medium text-ink-2">
        {formatTime(new Date(some[0]?.start_time ?? day), 'day', { language: i18n.language, zone })}
      </h2>
      <List>
        {some.map((meeting) => (
          <MeetingRow key={meeting.meeting_id} meeting={meeting} />
        ))}
      </List>
    </section>
  ))
}

function MeetingRow({ meeting }: { meeting: Meeting }) {
  const { t } = useTranslation('meetings')
  const now = useMinute()
  const open = isOpen(meeting, now)
  const over = meeting.status === 'ended' || meeting.status === 'cancelled'
  return (
    <ListRow
      to={`/meetings/${meeting.meeting_id}`}
      leading={
        <span className="flex w-13 shrink-0 flex-col text-right leading-tight tabular-nums">
          <Time value={meeting.start_time} style="time" className={over ? 'text-ink-3' : 'font-medium'} />
          <Time value={meeting.end_time} style="time" className="text-12 text-ink-3" />
        </span>
      }
      title={
        <span className="flex items-center gap-2">
          <span className={meeting.status === 'cancelled' ? 'truncate text-ink-3 line-through' : 'truncate'}>
            {meeting.title}
          </span>
          {meeting.meeting_type === 'audio' && (
            <Icon name="mic" size={14} label={t('type.audio')} className="shrink-0 text-ink-3" />
          )}
          {meeting.has_password && (
            <Icon name="lock" size={14} label={t('detail.locked')} className="shrink-0 text-ink-3" />
          )}
        </span>
      }
      subtitle={
        meeting.status === 'ongoing'
          ? t('list.inside', { count: meeting.online_count })
          : t('list.people', { count: meeting.participant_count })
      }
      meta={
        meeting.status === 'ongoing' ? (
          <Badge tone="ok" icon="radio">
            {t('status.ongoing')}
          </Badge>
        ) : meeting.status === 'cancelled' ? (
          <Badge>{t('status.cancelled')}</Badge>
        ) : null
      }
      actions={
        open && (
          <LinkButton
            size="sm"
            kind={meeting.status === 'ongoing' ? 'primary' : 'secondary'}
            to={roomPath(meeting.meeting_id)}
          >
            {t(meeting.my_role === 'host' && meeting.status === 'scheduled' ? 'list.start' : 'list.enter')}
          </LinkButton>
        )
      }
    />
  )
}
