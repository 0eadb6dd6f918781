import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { listDeliveries } from '#contracts/notify.ts'
import { callApi } from '@/lib/api.ts'
import { Card } from '@/ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { keys } from '../api/keys.ts'
import { AlertsPage } from '../components/alerts-page.tsx'
import { DeliveryTable } from '../components/delivery-table.tsx'
import { More } from '../components/more.tsx'

/** What was sent to one through messengers and mail, and how it ended. */
export function Page() {
  const { t } = useTranslation('alerts')
  const query = useInfiniteQuery({
    queryKey: [...keys.deliveries, 'mine'],
    queryFn: ({ pageParam, signal }) =>
      callApi(listDeliveries, { query: pageParam ? { before: pageParam } : {} }, { signal }),
    initialPageParam: 0,
    getNextPageParam: (last) => (last.has_more ? last.deliveries.at(-1)?.id : undefined),
  })
  const rows = query.data?.pages.flatMap((page) => page.deliveries)
  return (
    <AlertsPage title={t('deliveries.title')}>
      {rows !== undefined && rows.length > 0 ? (
        <DeliveryTable deliveries={rows} />
      ) : (
        <Card>
          {query.error ? (
            <ErrorState error={query.error} title={t('deliveries.failed')} onRetry={() => void query.refetch()} />
          ) : rows === undefined ? (
            <SkeletonRows count={8} />
          ) : (
            <EmptyState icon="send" title={t('deliveries.empty')}>
              {t('deliveries.emptyHint')}
            </EmptyState>
          )}
        </Card>
      )}
      <More query={query} />
    </AlertsPage>
  )
}
