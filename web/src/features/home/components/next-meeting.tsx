import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { features } from '@/app/features.ts'
import { Badge } from '@/ui/badge.tsx'
import { LinkButton } from '@/ui/button.tsx'
import { Icon } from '@/ui/icons.tsx'
import { Card } from '@/ui/page.tsx'
import { EmptyState, ErrorState, Loading, Skeleton, SkeletonRows } from '@/ui/states.tsx'
import { Time, useMinute } from '@/ui/time.tsx'
import { isNow, roomPath, useUpcoming } from './upcoming.ts'

/** The meeting that goes on or comes next, and the way in. */
export function Section() {
  const { t } = useTranslation('home')
  const now = useMinute()
  const { data, error, refetch } = useUpcoming()
  if (error && !data) {
    return (
      <Card className="mb-8">
        <ErrorState compact error={error} title={t('failed')} onRetry={() => void refetch()} />
      </Card>
    )
  }
  if (!data) {
    return (
      <Loading>
        <Card className="mb-8 space-y-3 p-5 md:p-6">
          <Skeleton className="h-4 w-32" />
          <Skeleton className="h-6 w-3/5" />
          <Skeleton className="h-4 w-48" />
        </Card>
        <Skeleton className="mb-3 h-5 w-16" />
        <Card>
          <SkeletonRows count={3} />
        </Card>
      </Loading>
    )
  }
  const next = data.find((meeting) => meeting.status === 'ongoing') ?? data[0]
  if (!next) {
    return (
      <Card className="mb-8">
        <EmptyState
          compact
          icon="calendar"
          title={t('empty.title')}
          action={
            features.some((feature) => feature.id === 'meetings') && (
              <LinkButton kind="primary" icon="plus" to="/meetings">
                {t('empty.action')}
              </LinkButton>
            )
          }
        >
          {t('empty.text')}
        </EmptyState>
      </Card>
    )
  }
  const ongoing = next.status === 'ongoing'
  return (
    <Card className="mb-8 p-5 md:p-6">
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-5">
        <div className="min-w-0 flex-1 basis-64">
          <p className="mb-2 flex items-center gap-2 text-ink-2">
            {ongoing ? (
              <Badge tone="ok" icon="radio">
                {t('ongoing')}
              </Badge>
            ) : (
              <>
                <span className="font-medium">{t('next')}</span>
                <span aria-hidden="true">·</span>
                <Time value={next.start_time} />
              </>
            )}
          </p>
          <h2 className="line-clamp-2 text-20 font-semibold">
            <Link to={`/meetings/${next.meeting_id}`} className="hover:underline">
              {next.title}
            </Link>
          </h2>
          <p className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-ink-2">
            <span className="inline-flex items-center gap-1.5">
              <Icon name="clock" />
              <span>
                <Time value={next.start_time} style="datetime" /> – <Time value={next.end_time} style="time" />
              </span>
            </span>
            <span className="inline-flex items-center gap-1.5">
              <Icon name="users" />
              {ongoing && next.online_count > 0
                ? t('inside', { count: next.online_count })
                : t('people', { count: next.participant_count })}
            </span>
          </p>
        </div>
        <LinkButton
          kind="primary"
          size="lg"
          icon={next.meeting_type === 'audio' ? 'mic' : 'video'}
          to={roomPath(next)}
          className="max-sm:w-full"
        >
          {t(isNow(next, now) ? 'join' : 'joinEarly')}
        </LinkButton>
      </div>
    </Card>
  )
}
