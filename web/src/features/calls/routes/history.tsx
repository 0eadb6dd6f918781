import { useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Notice } from '@/ui/badge.tsx'
import { Button } from '@/ui/button.tsx'
import { List, ListRow } from '@/ui/list.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { Time } from '@/ui/time.tsx'
import { useCallSocket } from '../call-socket.ts'
import { CallStatusBadge } from '../components/call-status.tsx'
import { CallsPage } from '../components/calls-page.tsx'
import { PlaceSheet } from '../components/place-sheet.tsx'
import { useHistory, useService } from '../queries.ts'

/** The account's calls, live, and the way to a new one. */
export function Page() {
  const { t } = useTranslation('calls')
  const navigate = useNavigate()
  const asked: { new?: unknown } = useSearch({ strict: false })
  useCallSocket()
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useHistory()
  const { data: service } = useService()
  const calls = data?.pages.flatMap((page) => page.calls)
  const setOpen = (open: boolean) => void navigate({ to: '/calls', search: open ? { new: 1 } : {}, replace: true })
  const place = (
    <Button kind="primary" icon="phone-call" onClick={() => setOpen(true)}>
      {t('place.action')}
    </Button>
  )
  return (
    <CallsPage title={t('title')} actions={place}>
      {service?.carrier === null && (
        <div className="mb-4">
          <Notice tone="warn">{t('service.noCarrier')}</Notice>
        </div>
      )}
      {error && !calls ? (
        <ErrorState error={error} title={t('history.failed')} onRetry={() => void refetch()} />
      ) : !calls ? (
        <SkeletonRows count={6} />
      ) : calls.length === 0 ? (
        <EmptyState icon="phone" title={t('history.empty')}>
          {t('history.emptyText')}
        </EmptyState>
      ) : (
        <>
          <List label={t('history.title')}>
            {calls.map((call) => (
              <ListRow
                key={call.callId}
                to={`/calls/${encodeURIComponent(call.callId)}`}
                title={call.to}
                subtitle={call.message}
                meta={
                  <>
                    <CallStatusBadge status={call.status} />
                    <Time value={call.createdAt} className="max-sm:hidden" />
                  </>
                }
              />
            ))}
          </List>
          {hasNextPage && (
            <div className="mt-4 flex justify-center">
              <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                {t('history.more')}
              </Button>
            </div>
          )}
        </>
      )}
      <PlaceSheet open={Boolean(asked.new)} onOpenChange={setOpen} />
    </CallsPage>
  )
}
