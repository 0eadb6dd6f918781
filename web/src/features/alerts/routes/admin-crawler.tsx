import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { crawlerStatus } from '#contracts/board-alerts.ts'
import { callApi } from '@/lib/api.ts'
import { Notice } from '@/ui/badge.tsx'
import { Card, Section } from '@/ui/page.tsx'
import { EmptyState } from '@/ui/states.tsx'
import { Time } from '@/ui/time.tsx'
import { keys } from '../api/keys.ts'
import { AlertsAdminPage } from '../components/alerts-page.tsx'
import { BoardTable } from '../components/board-table.tsx'
import { Loaded } from '../components/loaded.tsx'

const FOLLOW_MS = 10_000

/** The crawler: whether the site answers, and every watched board. */
export function Page() {
  const { t } = useTranslation('alerts')
  const query = useQuery({
    queryKey: keys.crawler,
    queryFn: ({ signal }) => callApi(crawlerStatus, {}, { signal }),
    refetchInterval: FOLLOW_MS,
  })
  return (
    <AlertsAdminPage title={t('admin.crawler.title')}>
      <Loaded query={query} failed={t('admin.crawler.failed')}>
        {({ url, interval, site, boards, subscriptions, alerts_today }) => (
          <>
            <div className="mb-6">
              <Notice tone={site.state === 'down' ? 'warn' : site.state === 'ok' ? 'ok' : 'neutral'}>
                {t(`admin.crawler.${site.state}`, { url })}
                {site.reason && <span className="block text-12">{site.reason}</span>}
                {site.resumes_at && (
                  <span className="block text-12">
                    {t('admin.crawler.resumes')} <Time value={site.resumes_at} style="datetime" />
                  </span>
                )}
              </Notice>
            </div>
            <Section
              title={t('admin.crawler.boards', { count: boards.length })}
              description={t('admin.crawler.numbers', { interval, subscriptions, alerts: alerts_today })}
            >
              {boards.length === 0 ? (
                <Card>
                  <EmptyState icon="list" title={t('admin.crawler.none')} compact />
                </Card>
              ) : (
                <BoardTable boards={boards} />
              )}
            </Section>
          </>
        )}
      </Loaded>
    </AlertsAdminPage>
  )
}
