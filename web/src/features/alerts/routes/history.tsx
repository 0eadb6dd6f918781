import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listAlerts } from '#contracts/board-alerts.ts'
import { callApi } from '@/lib/api.ts'
import { LinkButton } from '@/ui/button.tsx'
import { Field, Input } from '@/ui/field.tsx'
import { Card } from '@/ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '@/ui/states.tsx'
import { useRested } from '@/ui/use-rested.ts'
import { keys } from '../api/keys.ts'
import { AlertRow } from '../components/alert-row.tsx'
import { AlertsPage } from '../components/alerts-page.tsx'
import { More } from '../components/more.tsx'

/** Every article that matched, newest first and live, also with no messenger bound. */
export function Page() {
  const { t } = useTranslation('alerts')
  const [words, setWords] = useState('')
  const keyword = useRested(words.trim())
  const query = useInfiniteQuery({
    queryKey: [...keys.alerts, keyword],
    queryFn: ({ pageParam, signal }) => {
      const page = { ...(keyword ? { keyword } : {}), ...(pageParam ? { before: pageParam } : {}) }
      return callApi(listAlerts, { query: page }, { signal })
    },
    initialPageParam: 0,
    getNextPageParam: (last) => (last.has_more ? last.alerts.at(-1)?.id : undefined),
  })
  const alerts = query.data?.pages.flatMap((page) => page.alerts)
  return (
    <AlertsPage title={t('history.title')}>
      <Field label={t('history.search')} hideLabel className="mb-4">
        <Input
          icon="search"
          type="search"
          value={words}
          maxLength={100}
          placeholder={t('history.search')}
          onChange={(event) => setWords(event.target.value)}
        />
      </Field>
      <Card>
        {query.error && !alerts ? (
          <ErrorState error={query.error} title={t('history.failed')} onRetry={() => void query.refetch()} />
        ) : !alerts ? (
          <SkeletonRows count={8} />
        ) : alerts.length === 0 ? (
          <EmptyState
            icon="bell"
            title={t(keyword ? 'history.nothing' : 'history.empty')}
            action={
              !keyword && (
                <LinkButton to="/alerts/subscriptions" kind="primary" icon="plus">
                  {t('subscriptions.add')}
                </LinkButton>
              )
            }
          >
            {!keyword && t('history.emptyHint')}
          </EmptyState>
        ) : (
          <ul aria-label={t('history.title')}>
            {alerts.map((alert) => (
              <AlertRow key={alert.id} alert={alert} />
            ))}
          </ul>
        )}
      </Card>
      <More query={query} />
    </AlertsPage>
  )
}
