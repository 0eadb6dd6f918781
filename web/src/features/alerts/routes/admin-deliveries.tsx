import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { adminDeliveries, deliveryLanes, resumeLane, retryDelivery } from '#contracts/notify.ts'
import type { DeliveryState, OutgoingService } from '#contracts/schemas/notify.ts'
import { useAct } from '@/app/query.ts'
import { callApi } from '@/lib/api.ts'
import { IconButton } from '@/ui/button.tsx'
import { Field, Select } from '@/ui/field.tsx'
import { Card, Section } from '@/ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { keys } from '../api/keys.ts'
import { AlertsAdminPage } from '../components/alerts-page.tsx'
import { DeliveryTable } from '../components/delivery-table.tsx'
import { LaneTable } from '../components/lane-table.tsx'
import { Loaded } from '../components/loaded.tsx'
import { More } from '../components/more.tsx'

const FOLLOW_MS = 5_000
const states = ['dead', 'queued', 'delivered', 'cancelled'] as const

/** The services messages go out through, and every message. */
export function Page() {
  const { t } = useTranslation('alerts')
  const [state, setState] = useState<DeliveryState | ''>('')
  const lanes = useQuery({
    queryKey: keys.lanes,
    queryFn: ({ signal }) => callApi(deliveryLanes, {}, { signal }),
    refetchInterval: FOLLOW_MS,
  })
  const query = useInfiniteQuery({
    queryKey: [...keys.deliveries, 'all', state],
    queryFn: ({ pageParam, signal }) => {
      const filter = { ...(state ? { state } : {}), ...(pageParam ? { before: pageParam } : {}) }
      return callApi(adminDeliveries, { query: filter }, { signal })
    },
    initialPageParam: 0,
    getNextPageParam: (last) => (last.has_more ? last.deliveries.at(-1)?.id : undefined),
  })
  const resume = useAct({
    act: (service: OutgoingService) => callApi(resumeLane, { params: { service } }),
    invalidates: [keys.lanes],
  })
  const retry = useAct({
    act: (id: number) => callApi(retryDelivery, { params: { id } }),
    invalidates: [keys.deliveries, keys.lanes],
  })
  const rows = query.data?.pages.flatMap((page) => page.deliveries)
  return (
    <AlertsAdminPage title={t('admin.deliveries.title')}>
      <Section title={t('admin.lanes.title')}>
        <Loaded query={lanes} failed={t('admin.lanes.failed')}>
          {(data) => <LaneTable lanes={data.lanes} onResume={(service) => resume.mutate(service)} />}
        </Loaded>
      </Section>
      <Section
        title={t('admin.deliveries.all')}
        actions={
          <Field label={t('deliveries.state')} hideLabel>
            <Select
              value={state}
              onValue={(value) => setState(value as DeliveryState | '')}
              options={[
                { value: '', label: t('admin.deliveries.any') },
                ...states.map((one) => ({ value: one, label: t(`deliveries.states.${one}`) })),
              ]}
            />
          </Field>
        }
      >
        {rows !== undefined && rows.length > 0 ? (
          <DeliveryTable
            deliveries={rows}
            action={(one) =>
              one.state === 'dead' && (
                <IconButton
                  icon="refresh-cw"
                  size="sm"
                  label={t('admin.deliveries.retry')}
                  onClick={() => retry.mutate(one.id)}
                />
              )
            }
          />
        ) : (
          <Card>
            {query.error ? (
              <ErrorState error={query.error} onRetry={() => void query.refetch()} compact />
            ) : rows === undefined ? (
              <SkeletonRows count={8} />
            ) : (
              <EmptyState icon="send" title={t('deliveries.empty')} compact />
            )}
          </Card>
        )}
        <More query={query} />
      </Section>
    </AlertsAdminPage>
  )
}
