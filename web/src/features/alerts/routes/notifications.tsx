import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { listNotifications, readNotifications } from '#contracts/notify.ts'
import { useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { Button } from '@/ui/button.tsx'
import { Card } from '@/ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { notificationsKey } from '../api/unread.ts'
import { AlertsPage } from '../components/alerts-page.tsx'
import { More } from '../components/more.tsx'
import { NotificationRow } from '../components/notification-row.tsx'

/** Everything one was told, from every part of the product. */
export function Page() {
  const { t } = useTranslation('alerts')
  const query = useInfiniteQuery({
    queryKey: [...notificationsKey, 'list'],
    queryFn: ({ pageParam, signal }) =>
      callApi(listNotifications, { query: pageParam ? { before: pageParam } : {} }, { signal }),
    initialPageParam: 0,
    getNextPageParam: (last) => (last.has_more ? last.notifications.at(-1)?.id : undefined),
  })
  const read = useAct({
    act: (which: { ids: number[] } | { up_to: number }) => callApi(readNotifications, { body: which }),
    invalidates: [notificationsKey],
  })
  const list = query.data?.pages.flatMap((page) => page.notifications)
  const unread = query.data?.pages[0]?.unread ?? 0
  const newest = list?.[0]?.id
  return (
    <AlertsPage
      title={t('notifications.title')}
      actions={
        unread > 0 &&
        newest !== undefined && (
          <Button icon="check" busy={read.isPending} onClick={() => read.mutate({ up_to: newest })}>
            {t('notifications.readAll')}
          </Button>
        )
      }
    >
      <Card>
        {query.error && !list ? (
          <ErrorState error={query.error} title={t('notifications.failed')} onRetry={() => void query.refetch()} />
        ) : !list ? (
          <SkeletonRows count={8} />
        ) : list.length === 0 ? (
          <EmptyState icon="inbox" title={t('notifications.empty')}>
            {t('notifications.emptyHint')}
          </EmptyState>
        ) : (
          <ul aria-label={t('notifications.title')}>
            {list.map((one) => (
              <NotificationRow key={one.id} notification={one} onRead={() => read.mutate({ ids: [one.id] })} />
            ))}
          </ul>
        )}
      </Card>
      <More query={query} />
    </AlertsPage>
  )
}
