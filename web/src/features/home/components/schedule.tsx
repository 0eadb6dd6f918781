import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Meeting } from '#contracts/schemas/meeting.ts'
import { useZone } from '@/lib/account.ts'
import { dayOf, formatTime } from '@/lib/time.ts'
import { Badge } from '@/ui/badge.tsx'
import { Icon } from '@/ui/icons.tsx'
import { Section as Frame } from '@/ui/page.tsx'
import { Time, useMinute } from '@/ui/time.tsx'
import { useUpcoming } from './upcoming.ts'

const most = 8

/** What is left of today, and the days after it. */
export function Section() {
  const { t, i18n } = useTranslation('home')
  const zone = useZone()
  const now = new Date(useMinute())
  const { data } = useUpcoming()
  if (!data || data.length === 0) return null
  const today = dayOf(now, zone)
  const days = Map.groupBy(data.slice(0, 40), (meeting) => {
    const day = dayOf(new Date(meeting.start_time), zone)
    return day < today ? today : day
  })
  const later = [...days].filter(([day]) => day !== today)
  return (
    <>
      <Frame title={t('today')} id="home-today">
        {days.has(today) ? (
          <Rows meetings={days.get(today) ?? []} />
        ) : (
          <p className="rounded-10 border border-dashed border-line px-4 py-5 text-ink-2">{t('todayFree')}</p>
        )}
      </Frame>
      {later.length > 0 && (
        <Frame title={t('later')} id="home-later">
          <div className="space-y-4">
            {later.slice(0, 4).map(([day, meetings]) => (
              <div key={day}>
                <h3 className="mb-1 text-12 font-medium text-ink-3">
                  {formatTime(new Date(meetings[0]?.start_time ?? day), 'day', { language: i18n.language, zone }, now)}
                </h3>
                <Rows meetings={meetings.slice(0, most)} />
              </div>
            ))}
          </div>
        </Frame>
      )}
    </>
  )
}

function Rows({ meetings }: { meetings: readonly Meeting[] }) {
  const { t } = useTranslation('home')
  return (
    <ol className="rounded-10 border border-line bg-canvas dark:bg-raised">
      {meetings.map((meeting) => (
        <li key={meeting.meeting_id} className="border-line not-last:border-b">
          <Link
            to={`/meetings/${meeting.meeting_id}`}
            className="flex min-h-13 items-center gap-4 px-4 py-2 transition-colors hover:bg-hover"
          >
            <span className="w-12 shrink-0 tabular-nums leading-5">
              <Time value={meeting.start_time} style="time" className="block font-medium" />
              <Time value={meeting.end_time} style="time" className="block text-12 text-ink-3" />
            </span>
            <span
              aria-hidden="true"
              className={`h-9 w-1 shrink-0 rounded-full ${meeting.status === 'ongoing' ? 'bg-ok' : 'bg-pressed'}`}
            />
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">{meeting.title}</span>
              <span className="flex items-center gap-1.5 text-12 text-ink-3">
                <Icon name="users" size={14} />
                {t('people', { count: meeting.participant_count })}
              </span>
            </span>
            {meeting.status === 'ongoing' && <Badge tone="ok">{t('ongoing')}</Badge>}
            {meeting.my_role === 'host' && <Badge>{t('host')}</Badge>}
          </Link>
        </li>
      ))}
    </ol>
  )
}
